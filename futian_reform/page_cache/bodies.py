"""Bodies of requests, read to their end before Django sees the request, for as long as they get on.

The server's own reading waits for ever. Here a thread reads and another waits for it: where the client is too slow, the
answer is sent and the connection closed, and with it ends the reading.
"""

import threading
import time
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from django.conf import settings

from futian_reform.requests.middleware import CROWDED, LATE, REFUSED

from .rooms import BODIES, Full

GRACE = 8.0  # seconds that any body may take
RATE = 8 * 1024  # bytes a second that it must come with in the time beyond
CHUNK = 8 * 1024  # bytes
IN_MEMORY = 256 * 1024  # bytes of a body; the rest lies in a temporary file


class Reading(threading.Thread):
    """Reads `length` bytes from `stream` into `body`."""

    def __init__(self, stream: BinaryIO, length: int):
        super().__init__(daemon=True)
        self.stream, self.left = stream, length
        self.body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  handed to Django, which reads and closes it
        self.received, self.begun = 0, time.monotonic()

    def run(self):
        while self.left and (chunk := self.stream.read(min(self.left, CHUNK))):
            self.body.write(chunk)
            self.received += len(chunk)
            self.left -= len(chunk)

    def is_whole(self) -> bool:
        """Whether the body came in time; waits for it."""
        while self.is_alive():
            left = self.begun + GRACE + self.received / RATE - time.monotonic()
            if left <= 0:
                return False
            self.join(min(left, 1.0))
        return not self.left


def with_body(environ: dict, client: str) -> dict:
    """`environ` with a body that can be read without waiting, or with the reason why it has none."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not 0 < int(length) <= settings.MAX_BODY_LENGTH:
        return environ | {"wsgi.input": BytesIO()}  # nothing to read, or too much: `within_limits` says so
    try:
        with BODIES.place(client):
            reading = Reading(environ["wsgi.input"], int(length))
            reading.start()
            if reading.is_whole():
                reading.body.seek(0)
                return environ | {"wsgi.input": reading.body}
            return environ | {"wsgi.input": BytesIO(), REFUSED: LATE}
    except Full:
        return environ | {"wsgi.input": BytesIO(), REFUSED: CROWDED}
