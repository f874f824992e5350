"""The WSGI application that the production server loads: the page cache in front of Django."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_reform.settings")
django_application = get_wsgi_application()

from futian_reform.page_cache.application import PageCache  # noqa: E402  needs Django's applications
from futian_reform.page_cache.rendering import spare_collector  # noqa: E402

application = PageCache(django_application, settings.PAGE_CACHE_BYTES).start(
    "/", "/measures/", "/en/measures/", "/data/"
)

spare_collector()
