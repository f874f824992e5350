"""The page cache as the WSGI application that the server loads, around the real Django or another."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.core.wsgi import get_wsgi_application
from django.db import connections

from futian_reform.page_cache.application import PageCache
from measures.models import Measure
from measures.snapshots import editing_as

LIST = "/en/measures/"


class Site:
    """Requests to a page cache, whose poll is made by hand and which counts what reaches Django."""

    def __init__(self, django=None, max_bytes=2**24):
        self.asked = []
        inner = django or get_wsgi_application()

        def counting(environ, start_response):
            self.asked.append(environ["PATH_INFO"])
            return inner(environ, start_response)

        self.cache = PageCache(counting, max_bytes)
        for render in (self.cache.render, self.cache.render_past):
            render.patience = render.most = 60  # the machine may be busy with other tests
            render.start()
        self.cache.poll.look()

    def request(self, path, query="", method="GET", **headers):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        start = []
        result = self.cache(environ, lambda *status_and_headers: start.extend(status_and_headers))
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        return int(start[0][:3]), {name.lower(): value for name, value in start[1]}, body


@contextmanager
def cached_site() -> Iterator[Site]:
    yield Site()
    # The threads keep connections; ending their backends lets the database be restored.
    connections["reader"].close()


def edit(title="An edited title"):
    with editing_as("test"):
        Measure.objects.filter(code="2020-01").update(title_en=title)
