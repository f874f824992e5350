"""Long downloads: made into a file without a name as fast as they can be, and sent from it as slowly as they are read.

So a reader who pauses keeps no thread and no connection to the database. Whoever gets less than the whole can tell:

    it is made within HEAD_START    it is sent with its length
    making it fails before that     503 instead of a file
    it takes longer                 it is sent in chunks while it is made, since the first byte should not wait for the last
    making it fails then            the server ends the chunks properly all the same, so the file ends in something that its
                                    readers refuse: see UNFINISHED. JSON and XLSX without their end are no JSON and no XLSX
    the reader is too slow          likewise; where it takes nothing at all the kernel cuts the connection (listening.py)
"""

import asyncio
import logging
import os
import time
from bisect import bisect_left
from contextlib import closing, suppress
from tempfile import TemporaryFile

from django.conf import settings

from .stream import Stream

HEAD_START = 0.6  # seconds
PIECE = 64 * 1024  # bytes
IN_MEMORY = 2**20  # bytes of a download that is handed over as a whole
STALLED = 120.0  # seconds; after the kernel's 90
RATE, GRACE = 4 * 1024, 120.0  # bytes a second that a reader must take, once so many seconds have passed
OPENING = 10.0  # seconds within which the server has opened what it was told to send

logger = logging.getLogger(__name__)


class File:
    """The bytes of a stream in a temporary file that grows; `make` runs in a thread, all else in the event loop."""

    def __init__(self, stream: Stream, loop):
        self.stream, self.loop = stream, loop
        self.file = TemporaryFile(dir=settings.FUTIAN_DATA, buffering=0)  # noqa: SIM115  closed by `close`
        self.ends: list[int] = []  # of its pieces
        self.is_over = self.failed = self.is_unwanted = False
        self.changed = asyncio.Event()

    def make(self) -> None:
        failed = True
        try:
            with closing(self.stream):
                self._fill()
            failed = False
        except Exception:
            logger.exception("A download could not be finished")
        finally:
            self.loop.call_soon_threadsafe(self._end, failed)

    def _fill(self) -> None:
        for chunk in self.stream:
            if self.is_unwanted:
                return
            rest = memoryview(chunk)
            while rest:  # a disk that is nearly full takes a part
                rest = rest[self.file.write(rest) :]
            self.loop.call_soon_threadsafe(self._grow, len(chunk))

    @property
    def size(self) -> int:
        return self.ends[-1] if self.ends else 0

    def end_of_piece(self, offset: int) -> int:
        return self.ends[bisect_left(self.ends, offset)]

    def _grow(self, size: int) -> None:
        self.ends.append(self.size + size)
        self.changed.set()

    def _end(self, failed: bool) -> None:
        self.is_over, self.failed = True, failed
        self.changed.set()

    async def is_over_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_over:
                    await self.next_change()
        return self.is_over

    async def next_change(self) -> None:
        self.changed.clear()
        await self.changed.wait()

    def read(self, offset: int, end: int) -> bytes:
        return os.pread(self.file.fileno(), min(PIECE, end - offset), offset)

    def close(self) -> None:
        self.file.close()


async def send_download(stream: Stream, protocol, status: int, headers: list, threads) -> bool:
    """Send what `stream` gives. False where that failed before anything was sent."""
    loop = asyncio.get_running_loop()
    try:
        file = File(stream, loop)
    except OSError:
        stream.close()
        raise
    making = loop.run_in_executor(threads, file.make)
    try:
        if await file.is_over_within(HEAD_START):
            if file.failed:
                return False
            send_whole(file, protocol, status, headers)
        else:
            await send_while_made(file, protocol, status, headers)
    finally:
        file.is_unwanted = True
        await making
        loop.call_later(OPENING, file.close)
    return True


def send_whole(file: File, protocol, status: int, headers: list) -> None:
    if file.size <= IN_MEMORY:
        protocol.response_bytes(status, headers, os.pread(file.file.fileno(), file.size, 0))
    else:
        length = ("content-length", str(file.size))
        protocol.response_file(status, [*headers, length], f"/dev/fd/{file.file.fileno()}")


class Pipe:
    """A pipe that the server reads from: full as long as the reader takes nothing, broken once the reader has gone away."""

    CAPACITY = 64 * 1024

    def __init__(self, loop):
        self.loop = loop
        self.out, self.into = os.pipe()
        os.set_blocking(self.into, False)
        self.written = 0
        self.letting_go = loop.call_later(OPENING, self.let_go)

    def let_go(self) -> None:
        """Close our own end for reading, which would keep the pipe whole when the server has closed its own."""
        if self.out is not None:
            os.close(self.out)
            self.out = None
            self.letting_go.cancel()

    async def write(self, piece: bytes) -> None:
        """Write what fits, once there is room. Raises TimeoutError and BrokenPipeError."""
        while True:
            with suppress(BlockingIOError):
                self.written += os.write(self.into, piece)
                break
            writable = self.loop.create_future()
            self.loop.add_writer(
                self.into, lambda writable=writable: writable.done() or writable.set_result(None)
            )
            try:
                async with asyncio.timeout(STALLED):
                    await writable
            finally:
                self.loop.remove_writer(self.into)
        if self.written > self.CAPACITY:  # the server has opened it, since it has read from it
            self.let_go()


async def send_while_made(file: File, protocol, status: int, headers: list) -> None:
    pipe = Pipe(asyncio.get_running_loop())
    try:
        protocol.response_file(status, headers, f"/dev/fd/{pipe.out}")
        if not await copy(file, pipe):
            await pipe.write(file.stream.unfinished)
    except BrokenPipeError:
        pass  # the reader has gone away
    except TimeoutError:
        logger.warning("A reader of a download took nothing for %d seconds", STALLED)
    finally:
        os.close(pipe.into)


async def copy(file: File, pipe: Pipe) -> bool:
    """Copy the file as it grows. False where it is not whole, or the reader too slow."""
    begun = time.monotonic()
    while pipe.written < file.size or not file.is_over:
        if pipe.written == file.size:
            await file.next_change()
            continue
        await pipe.write(file.read(pipe.written, file.size))
        if pipe.written < RATE * (time.monotonic() - begun - GRACE):
            end = file.end_of_piece(pipe.written)
            while pipe.written < end:
                await pipe.write(file.read(pipe.written, end))
            return False
    return not file.failed
