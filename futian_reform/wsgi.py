"""The WSGI application that the production server loads: the page cache in front of Django."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_reform.settings")
django_application = get_wsgi_application()

from .page_cache import PageCache  # noqa: E402  needs Django's applications

application = PageCache(django_application, settings.PAGE_CACHE_BYTES).start(
    "/", "/measures/", "/en/measures/", "/data/"
)

# What has been loaded by now stays, and need not be looked at again; and a page makes some ten thousand objects that live
# for milliseconds, too many to look for cycles among them after every seven hundred.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
