"""Work that many ask for at once, done once, by a few threads, and waited for no longer than agreed."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from queue import SimpleQueue

logger = logging.getLogger(__name__)


class SingleFlight:
    """`SingleFlight(work)(key)` is what `work(*key)` returned in one of its threads.

    It is None where too many wait already, where the result was not there in time, and where `work` failed. Everybody who
    asks for a key while it is worked on gets the same result.
    """

    def __init__(self, work: Callable, *, threads=4, waiting=40, patience=1.5, backlog=200):
        self.work, self.threads, self.patience, self.backlog = work, threads, patience, backlog
        self.waiting = threading.BoundedSemaphore(waiting)
        self.lock = threading.Lock()
        self.jobs: dict[Hashable, Future] = {}
        self.queue = SimpleQueue()

    def start(self):
        for _number in range(self.threads):
            # Daemons: a thread that the database keeps waiting must not keep the process from ending.
            threading.Thread(target=self._work, daemon=True).start()

    def __call__(self, key: tuple):
        if not self.waiting.acquire(blocking=False):
            return None
        try:
            with self.lock:
                job = self.jobs.get(key)
                if job is None:
                    if len(self.jobs) >= self.backlog:
                        return None
                    job = self.jobs[key] = Future()
                    self.queue.put((key, job, time.monotonic() + self.patience))
            return job.result(self.patience)
        except TimeoutError:
            return None
        finally:
            self.waiting.release()

    def _work(self):
        while True:
            key, job, deadline = self.queue.get()
            result = None
            try:
                if time.monotonic() < deadline:  # otherwise nobody waits any more
                    result = self.work(*key)
            except Exception:
                logger.exception("Work in the background failed")
            finally:
                with self.lock:
                    del self.jobs[key]
                job.set_result(result)
