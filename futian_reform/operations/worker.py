"""A web process: `python -m futian_reform.operations.worker SUPERVISOR LISTENING READY`, started by the supervisor.

SUPERVISOR is its process number, LISTENING the descriptor of the socket to accept from, READY that of a pipe in which a
line is written once requests can be answered.
"""

import asyncio
import gc
import os
import signal
import sys
from functools import partial

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server.embed import Server as EmbeddedServer

from .embedded_postgres import die_with_parent
from .listening import BACKLOG

# Rendered before the first request: what most readers ask for, and what takes longest (checksums of every file).
WARM = ("/", "/measures/", "/en/measures/", "/data/")
HEADERS_WITHIN = 10_000  # milliseconds; likewise for the next request on an open connection
MAX_HEADERS = 64 * 1024  # bytes that are surely taken; hyper may have read as much again before it looks
MAX_CONNECTIONS = 8192  # of a process at once; an idle one costs a descriptor and some kB


class Server(EmbeddedServer):
    """Granian in the event loop of this process, on a socket that is given to it.

    Its other servers start processes of their own, each with a listening socket of its own: what waits in the socket of a
    process that ends is lost. `_init_shared_socket` and `_shd` are private to granian, which is therefore pinned to one
    version; tests/test_serve.py and tests/test_faults.py fail where they do not hold.
    """

    def __init__(self, target, listening: int, **options):
        super().__init__(target, **options)
        self._listening = listening

    def _init_shared_socket(self):
        self._shd = SocketHolder(self._listening, False, self.backlog)


def load_front():
    """Load Django and what needs it: here, so that a web process that is not wanted any more ends before that."""
    from futian_reform.wsgi import page_cache
    from measures.language.readings import load_phrases

    load_phrases()
    page_cache.start(*WARM)
    spare_collector()
    return front_of(page_cache)


def front_of(page_cache):
    from django.conf import settings

    from futian_reform.page_cache.front import Front
    from futian_reform.requests.logs import log_uncaught

    log_uncaught()
    if not settings.METRICS_PORT:
        return Front(page_cache)
    from .metering import Meter

    return Front(page_cache, Meter(page_cache).start())


def main(supervisor: int, listening: int, ready: int) -> None:
    die_with_parent(signal.SIGKILL)
    if os.getppid() != supervisor:
        sys.exit(1)
    uvloop.run(run(load_front(), listening, ready))


async def run(front, listening: int, ready: int) -> None:
    from django.conf import settings

    server = Server(
        front,
        listening,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=MAX_HEADERS),
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
    )
    server.on_startup(partial(tell, ready))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def spare_collector() -> None:
    """Look for cycles of objects after every 10,000 new ones instead of 700: a page makes that many, and keeps none.

    Processor time of a page with and without (28 measures, 40 renderings each): list 7.6 and 8.5 ms, measure 20.2 and 23.9.
    """
    gc.set_threshold(10_000, 20, 1_000)


def tell(ready: int) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the supervisor, which starts other processes
    os.write(ready, b"ready\n")
    os.close(ready)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
