"""Django, asked for a public address and nothing else: no cookie, no language, no Host of a request gets through."""

import threading
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from .answers import Answer
from .middleware import UNAVAILABLE

STREAMS = 8  # downloads of a process at once


class Stream:
    """A streamed response that tells when it is over."""

    def __init__(self, response, over):
        self.response, self.over = response, over

    def __iter__(self):
        return iter(self.response)

    def close(self):
        try:
            self.response.close()
            connections.close_all()  # the server's threads come and go; no connection may stay with them
        finally:
            self.over()


class Rendering:
    def __init__(self, django):
        origin = urlsplit(settings.SITE_ORIGIN)
        self.django = django
        self.environ = {
            "HTTP_HOST": origin.netloc,
            "HTTP_X_FORWARDED_PROTO": origin.scheme,
            "SCRIPT_NAME": "",
            "SERVER_NAME": origin.hostname,
            "SERVER_PORT": str(origin.port or 80),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": origin.scheme,
        }
        self.streams = threading.BoundedSemaphore(STREAMS)
        self.streamed_paths = set()  # those of downloads, learned from their first answer

    def _ask(self, start_response, method: str, path: str, query: str, **more):
        request = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.input": BytesIO(),
        }
        return self.django(self.environ | request | more, start_response)

    def answer(self, method: str, path: str, query: str, **more) -> Answer | None:
        """None where the answer is a stream."""
        start = []
        response = self._ask(
            lambda *status_and_headers: start.extend(status_and_headers), method, path, query, **more
        )
        try:
            if response.streaming:
                self.streamed_paths.add(path)
                return None
            return Answer(response, *start)
        finally:
            response.close()

    def stream(self, start_response, method: str, path: str, query: str) -> Stream | None:
        """None where too many are under way."""
        if not self.streams.acquire(blocking=False):
            return None
        try:
            return Stream(self._ask(start_response, method, path, query), self.streams.release)
        except BaseException:
            self.streams.release()
            raise

    def unavailable(self, path: str, query: str) -> Answer:
        """The designed 503 of an address, made without a database."""
        return self.answer("GET", path, query, **{UNAVAILABLE: True})
