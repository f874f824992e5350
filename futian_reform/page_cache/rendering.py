"""Django, asked for a public address and nothing else: no cookie, no language, no Host of a request gets through."""

import threading
from contextlib import closing
from enum import Enum
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings

from futian_reform.requests.middleware import BUSY, SILENT, UNAVAILABLE

from .cached_response import Answer
from .stream import Stream

STREAMS = 8  # downloads of a process at once


class Long(Enum):
    """Said instead of an answer that is a stream, which nobody can share."""

    STREAM = True


class Rendering:
    def __init__(self, django):
        origin = urlsplit(settings.SITE_ORIGIN)
        self.django = django
        self.own_address = {"HTTP_HOST": origin.netloc, "HTTP_X_FORWARDED_PROTO": origin.scheme}
        self.environ = {
            **self.own_address,
            "SCRIPT_NAME": "",
            "SERVER_NAME": origin.hostname,
            "SERVER_PORT": str(origin.port or 80),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": origin.scheme,
        }
        self.streams = threading.BoundedSemaphore(STREAMS)

    def _ask(self, method: str, path: str, query: str, **more):
        """The response, and the status and headers that it starts with."""
        start = []
        request = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.input": BytesIO(),
        }
        environ = self.environ | request | more
        return self.django(environ, lambda *status_and_headers: start.extend(status_and_headers)), start

    def answer(self, method: str, path: str, query: str) -> Answer | Long:
        response, start = self._ask(method, path, query)
        with closing(response):
            return Long.STREAM if response.streaming else Answer(response, *start)

    def download(self, path: str, query: str) -> Answer | Stream | None:
        """In the thread that asks, which may be any. None where too many downloads are under way."""
        if not self.streams.acquire(blocking=False):
            return None
        try:
            response, start = self._ask("GET", path, query)
        except BaseException:
            self.streams.release()
            raise
        stream = Stream(response, start, (path, query), self.streams.release)
        if response.streaming:
            return stream
        with closing(stream):
            return Answer(response, *start)

    def unavailable(self, path: str, query: str, busy: bool) -> Answer:
        """The designed 503 of an address, made without a database: the site is busy, or the database does not answer."""
        response, start = self._ask("GET", path, query, **{UNAVAILABLE: BUSY if busy else SILENT})
        with closing(response):
            return Answer(response, *start)
