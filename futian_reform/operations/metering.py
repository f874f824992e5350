"""The counts of a web process: every answer by kind, status and source, and what the process holds.

prometheus_client keeps them in files that the main process reads (metrics.py). Adding to such a file takes a lock, which is
nothing beside a page that is rendered and much beside one that is kept: those each thread counts in a table of its own, and
once a second a thread adds up the tables. Figures are in docs/operations.md.
"""

import atexit
import logging
import os
import threading
import time
from functools import lru_cache
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from prometheus_client import Counter, Gauge, Histogram

from futian_reform.page_cache.application import KEPT, SOURCE, TOO_MUCH
from futian_reform.requests.health import ADDRESSES
from futian_reform.requests.middleware import REFUSED, is_staff_path
from measures.addresses import PAGE, form_of_answer

INTERVAL = 1.0  # seconds between two sums
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds; a page takes 0.01

ANSWERS = Counter("futian_answers", "Answers, by what was asked for.", ["kind", "status", "source"])
SECONDS = Histogram(
    "futian_answer_seconds", "Until an answer that was not kept began.", ["kind"], buckets=BUCKETS
)
FAILED_SIGN_INS = Counter("futian_failed_sign_ins", "Sign-ins at the staff desk that failed.")
WAITING = Gauge("futian_waiting", "Requests that wait for a page.", multiprocess_mode="livesum")
RENDERING = Gauge("futian_rendering", "Pages that are rendered or queue.", multiprocess_mode="livesum")
KEPT_PAGES = Gauge("futian_kept_pages", "Pages kept in memory.", multiprocess_mode="livesum")
KEPT_BYTES = Gauge("futian_kept_bytes", "Memory of kept pages.", multiprocess_mode="livesum")
MEMORY = Gauge("futian_memory_bytes", "Resident memory of a web process.", multiprocess_mode="liveall")
DATA_VERSION = Gauge(
    "futian_data_version", "The data version a web process serves.", multiprocess_mode="liveall"
)
DATABASE_SILENT = Gauge(
    "futian_database_silent", "Web processes the database does not answer.", multiprocess_mode="livesum"
)

logger = logging.getLogger(__name__)


@lru_cache(maxsize=4096)
def kind_of(path: str) -> str:
    """The kind of what was asked for, one of a few words, so that no address makes a series of its own."""
    if path in ADDRESSES:
        return "health"
    if path.startswith(settings.STATIC_URL):
        return "static"
    if is_staff_path(path):
        return "desk"
    if path.startswith("/api/"):
        return "api"
    if path.endswith(".atom"):
        return "feed"
    return "page" if form_of_answer(path) == PAGE else "file"


def resident_memory() -> int:
    """Bytes of this process; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Meter:
    """The page cache as a WSGI application that counts what it answers."""

    def __init__(self, page_cache):
        self.page_cache = page_cache
        #: thread -> (kind, status) -> kept answers. Only that thread writes; one that takes a dead one's number goes on.
        self.tables: dict[int, dict[tuple[str, str], int]] = {}
        self.published: dict[tuple[str, str], int] = {}
        user_login_failed.connect(count_failed_sign_in)

    def start(self) -> "Meter":
        threading.Thread(target=self._go_on, daemon=True).start()
        atexit.register(self.publish)
        return self

    def __call__(self, environ, start_response):
        begun = perf_counter()
        status = "500"

        def starting(line, headers):
            nonlocal status
            status = line[:3]
            return start_response(line, headers)

        try:
            return self.page_cache(environ, starting)
        finally:
            path = environ["PATH_INFO"]
            source = TOO_MUCH if REFUSED in environ else environ.get(SOURCE, "rendered")
            if source == KEPT:
                self.count_kept(path, status)
            else:
                ANSWERS.labels(kind_of(path), status, source).inc()
                SECONDS.labels(kind_of(path)).observe(perf_counter() - begun)

    def count_kept(self, path: str, status: str) -> None:
        table = self.tables.get(threading.get_ident())
        if table is None:
            table = self.tables[threading.get_ident()] = {}
        key = kind_of(path), status
        table[key] = table.get(key, 0) + 1

    def _go_on(self):
        while True:
            try:
                self.publish()
            except Exception:
                logger.exception("The counts of this process were not published")
            time.sleep(INTERVAL)

    def publish(self):
        """Bring what was counted since the last time to where the main process reads it."""
        sums: dict[tuple[str, str], int] = {}
        for table in list(self.tables.values()):
            for key, number in list(table.items()):
                sums[key] = sums.get(key, 0) + number
        for (kind, status), number in sums.items():
            ANSWERS.labels(kind, status, KEPT).inc(number - self.published.get((kind, status), 0))
        self.published = sums
        cache = self.page_cache
        jobs = list(cache.render.jobs.values())
        WAITING.set(sum(job.waiting for job in jobs))
        RENDERING.set(len(jobs))
        KEPT_PAGES.set(len(cache.pages))
        KEPT_BYTES.set(cache.pages.bytes)
        MEMORY.set(resident_memory())
        DATABASE_SILENT.set(cache.poll.is_silent)
        if cache.poll.version:
            DATA_VERSION.set(cache.poll.version[0])


def count_failed_sign_in(sender, **_more):
    FAILED_SIGN_INS.inc()
