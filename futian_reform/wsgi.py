"""The WSGI application: the page cache in front of Django. Importing it starts no thread and asks no database."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_reform.settings")
django_application = get_wsgi_application()

from futian_reform.page_cache.application import PageCache  # noqa: E402  needs Django's applications

page_cache = PageCache(django_application, settings.PAGE_CACHE_BYTES)


def application(environ, start_response):
    """For any WSGI server, also one that imports this before it forks: the threads begin with the first request."""
    page_cache.start()
    return page_cache(environ, start_response)
