"""Bodies of requests, read to their end before Django sees the request, for as long as they get on."""

import asyncio
import time
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from django.conf import settings

GRACE = 8.0  # seconds that any body may take
RATE = 8 * 1024  # bytes a second that it must come with in the time beyond
IN_MEMORY = 256 * 1024  # bytes of a body; the rest lies in a temporary file


class Late(Exception):
    """The body did not come in time."""


async def body_of(environ: dict, protocol) -> BinaryIO:
    """The body of a request, ready to be read. Raises Late.

    Empty where there is none, and where it is longer than `within_limits` allows, which says so without it.
    """
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not 0 < int(length) <= settings.MAX_BODY_LENGTH:
        return BytesIO()
    body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the caller closes it
    begun, received, pieces = time.monotonic(), 0, aiter(protocol)
    try:
        while received < int(length):
            async with asyncio.timeout(begun + GRACE + received / RATE - time.monotonic()):
                piece = await pieces.__anext__()  # granian's has no `send`, which `anext` would need
            if not piece:
                raise Late  # the client went away
            body.write(piece)
            received += len(piece)
    except TimeoutError as error:
        body.close()
        raise Late from error
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body
