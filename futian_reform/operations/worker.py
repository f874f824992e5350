"""A web process: `python -m futian_reform.operations.worker SUPERVISOR LISTENING READY`, started by the supervisor.

SUPERVISOR is its process number, LISTENING the descriptor of the socket to accept from, READY that of a pipe in which a
line is written once requests can be answered.
"""

import os
import signal
import sys
from functools import partial

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server import MTServer

from .embedded_postgres import die_with_parent
from .listening import BACKLOG

# Rendered before the first request: what most readers ask for, and what takes longest (checksums of every file).
WARM = ("/", "/measures/", "/en/measures/", "/data/")
HEADERS_WITHIN = 10_000  # milliseconds; likewise for the next request on an open connection
MAX_HEADERS = 128 * 1024  # bytes
MAX_CONNECTIONS = 8192  # of a process at once; an idle one costs a descriptor and some kB
THREADS = 160  # more than requests, bodies and downloads that wait (see page_cache/application.py)


class Server(MTServer):
    """Granian with one worker, in this process, on a socket that is given to it.

    Its public classes start processes of their own, each with a listening socket of its own: what waits in the socket of a
    process that ends is lost. The three names below are private to granian, which is therefore pinned to one version;
    tests/test_serve.py and tests/test_faults.py fail where they do not hold.
    """

    def __init__(self, target: str, listening: int, **options):
        super().__init__(target, **options)
        self._listening = listening

    def _init_shared_socket(self):
        self._shd = SocketHolder(self._listening, False, self.backlog)

    def _check_gil(self):
        """One worker needs no Python without a lock."""


def load_application():
    from django.conf import settings

    from futian_reform.requests.logs import log_uncaught
    from futian_reform.wsgi import page_cache

    log_uncaught()
    page_cache.start(*WARM)
    if not settings.METRICS_PORT:
        return page_cache
    from .metering import Meter

    return Meter(page_cache).start()


def main(supervisor: int, listening: int, ready: int) -> None:
    die_with_parent(signal.SIGKILL)
    if os.getppid() != supervisor:
        sys.exit(1)
    application = load_application()
    from django.conf import settings

    server = Server(
        "futian_reform.wsgi:page_cache",
        listening,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        backlog=BACKLOG,
        backpressure=MAX_CONNECTIONS,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=MAX_HEADERS),
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
    )
    server.on_startup(partial(tell, ready))
    server.serve(target_loader=lambda *_: application, wrap_loader=False)


def tell(ready: int) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the supervisor, which starts other processes
    os.write(ready, b"ready\n")
    os.close(ready)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
