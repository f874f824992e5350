"""Work that many ask for at once, done once, by a few threads, and waited for no longer than it gets on."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from queue import SimpleQueue

logger = logging.getLogger(__name__)

MAX_REST = 0.5  # seconds: less than what those who wait have patience for


class Job(Future):
    def __init__(self):
        super().__init__()
        self.waiting = 0  # how many wait for it
        self.begun: float | None = None  # when a thread took it up


class SingleFlight:
    """`SingleFlight(work)(key)` is what `work(*key)` returned in one of its threads.

    It is None where too many wait already, where `work` failed, and where the result is not to be had in time: `patience`
    seconds after it was taken up, or in which nothing at all was finished, or else `most` seconds after it was asked for.
    Everybody who asks for a key while it is worked on gets the same result. With `rests` a thread is idle for as long as it
    worked, but no longer than MAX_REST, before it goes on: the rest of the process has the processor meanwhile.
    """

    def __init__(self, work: Callable, *, threads=4, waiting=40, patience=1.5, most=5.0, rests=False):
        self.work, self.threads, self.patience, self.most, self.rests = work, threads, patience, most, rests
        self.waiting = threading.BoundedSemaphore(waiting)
        self.lock = threading.Lock()
        self.jobs: dict[Hashable, Job] = {}
        self.queue = SimpleQueue()
        self.finished = 0.0  # when a thread finished something last

    def start(self):
        for _number in range(self.threads):
            # Daemons: a thread that the database keeps waiting must not keep the process from ending.
            threading.Thread(target=self._work, daemon=True).start()

    @property
    def is_crowded(self) -> bool:
        """Whether there is more to do than threads."""
        return len(self.jobs) > self.threads

    @property
    def is_getting_on(self) -> bool:
        """Whether something was finished within `patience`."""
        return time.monotonic() - self.finished < self.patience

    def __call__(self, key: tuple, most: float | None = None):
        if not self.waiting.acquire(blocking=False):
            return None
        try:
            with self.lock:
                job = self.jobs.get(key)
                if job is None:
                    job = self.jobs[key] = Job()
                    self.queue.put((key, job))
                job.waiting += 1
            try:
                return self._result(job, most or self.most)
            finally:
                with self.lock:
                    job.waiting -= 1
        finally:
            self.waiting.release()

    def _result(self, job: Job, most: float):
        asked = time.monotonic()
        while True:
            sign_of_life = max(asked, job.begun or self.finished)
            left = min(sign_of_life + self.patience, asked + most) - time.monotonic()
            try:
                return job.result(max(left, 0))
            except TimeoutError:
                if left <= 0:
                    return None

    def _work(self):
        while True:
            key, job = self.queue.get()
            with self.lock:
                abandoned = not job.waiting
                if abandoned:
                    del self.jobs[key]
            if abandoned:
                continue
            job.begun, result = time.monotonic(), None
            try:
                result = self.work(*key)
            except Exception:
                logger.exception("Work in the background failed")
            finally:
                with self.lock:
                    del self.jobs[key]
                self.finished = time.monotonic()
                job.set_result(result)
            if self.rests:
                time.sleep(min(time.monotonic() - job.begun, MAX_REST))
