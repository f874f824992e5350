"""Where requests come in: the application that granian calls, by its own interface (RSGI), in the event loop of a web process.

Nothing here waits in the loop, so a client that is slow holds a connection and nothing else:

    a kept page         sent at once, from memory
    a public page       asked for in a thread: the page cache renders it or says that it cannot now
    a download          made in a thread into a temporary file, sent from there as fast as it is read (downloads.py)
    the staff desk      its body is read first, with a deadline (bodies.py); then Django answers in a thread of the desk
    static files        answered by Django in threads of their own
    /healthz            likewise, in one for itself
"""

import logging
from io import BytesIO

from futian_reform.requests.client import client_address
from futian_reform.requests.middleware import (
    CROWDED,
    LATE,
    REFUSED,
    SILENT,
    UNAVAILABLE,
    is_staff_path,
    passes_by,
)

from .application import PageCache
from .bodies import Late, body_of
from .downloads import send_download
from .environ import environ_of
from .rooms import Full, Rooms
from .stream import Stream

logger = logging.getLogger(__name__)


class Front:
    def __init__(self, cache: PageCache, meter=None):
        """`meter`, where answers are counted, is an application around the cache (operations/metering.py)."""
        self.cache, self.meter = cache, meter

    def __rsgi_init__(self, loop):
        self.loop, self.rooms = loop, Rooms()

    async def __rsgi__(self, scope, protocol):
        method, headers = scope.method, scope.headers
        if method == "GET" or method == "HEAD":
            try:
                page = self.cache.kept(scope.path, scope.query_string)
                if page and self.cache.is_for_us(
                    headers.get("host"), headers.get("x-forwarded-proto"), scope.client
                ):
                    known, sent, body, _coding = page.choose(
                        headers.get("accept-encoding", ""),
                        headers.get("if-none-match"),
                        headers.get("if-modified-since"),
                    )
                    protocol.response_bytes(
                        304 if known else 200, sent, b"" if known or method == "HEAD" else body
                    )
                    if self.meter:
                        self.meter.count_kept(scope.path, "304" if known else "200")
                    return
            except ValueError:  # no UTF-8 in the address or a header
                pass
        try:
            await self.answer(scope, protocol)
        except Exception:
            logger.exception("A request was not answered")
            protocol.response_empty(500, [])

    async def answer(self, scope, protocol) -> None:
        environ = environ_of(scope)
        path, rooms = environ["PATH_INFO"], self.rooms
        if is_staff_path(path):
            await self.answer_for_desk(environ, protocol)
        elif path == "/healthz":
            await self.hand_over(environ, protocol, rooms.health_thread)
        elif passes_by(path):
            await self.hand_over(environ, protocol, rooms.other_threads)
        else:
            await self.hand_over(environ, protocol, rooms.public_threads)

    async def answer_for_desk(self, environ: dict, protocol) -> None:
        client, rooms = client_address(environ), self.rooms
        try:
            try:
                async with rooms.bodies.place(client):
                    environ["wsgi.input"] = await body_of(environ, protocol)
                async with rooms.desk.place(client):
                    await self.hand_over(environ, protocol, rooms.desk_threads)
            finally:
                environ["wsgi.input"].close()
        except (Full, Late) as error:
            refused = {REFUSED: LATE if isinstance(error, Late) else CROWDED, "wsgi.input": BytesIO()}
            await self.hand_over(environ | refused, protocol, rooms.other_threads)

    async def hand_over(self, environ: dict, protocol, threads) -> None:
        """Have the page cache answer in one of `threads`, and send the answer."""
        start = []
        result = await self.loop.run_in_executor(
            threads,
            self.meter or self.cache,
            environ,
            lambda status, headers: start.extend((int(status[:3]), headers)),
        )
        if isinstance(result, Stream):
            await self.send(result, environ, protocol, *start)
        else:
            protocol.response_bytes(*start, b"".join(result))

    async def send(self, stream: Stream, environ: dict, protocol, status: int, headers: list) -> None:
        try:
            async with self.rooms.downloads.place(client_address(environ)):
                if await send_download(stream, protocol, status, headers, self.rooms.file_threads):
                    return
        except Full:
            stream.close()
            environ |= {REFUSED: CROWDED}
        else:
            environ |= {UNAVAILABLE: SILENT}
        await self.hand_over(environ, protocol, self.rooms.other_threads)
