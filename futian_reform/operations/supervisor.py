"""The web processes: started, watched, replaced when one dies, and exchanged for new code only once that is proved.

    SIGHUP            proof of the code on the disk (proof.py, in a process of its own)
      it fails        a line says why; the web processes of before stay
      it succeeds     a new web process is started; when it is ready an old one is told to end; and so on
    a process dies    another is started, at once and then after ever longer pauses
    SIGTERM, SIGINT   all are told to end, and killed after SECONDS_TO_STOP

Nothing here waits for anything: `look` is called some five times a second and after every signal.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress

from django.conf import settings

from .listening import url
from .prepare import Say, ServeError

TICK = 0.2  # seconds
SECONDS_TO_STOP = 4
SECONDS_TO_RETIRE = 30  # for the downloads that are under way on a process that was replaced
SECONDS_TO_BE_READY = 120  # for a new process, on a machine that is busy
PAUSES = (0.0, 0.0, 0.5, 1.0, 2.0, 5.0)  # seconds before another process is started for one that died young
YOUNG = 30.0  # seconds


class Worker:
    """A web process."""

    def __init__(self, listening: socket.socket):
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        self._reading = os.fdopen(reading, "rb", buffering=0)
        arguments = map(str, (os.getpid(), listening.fileno(), writing))
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "futian_reform.operations.worker", *arguments],
            pass_fds=(listening.fileno(), writing),
            stdin=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            process_group=0,  # Ctrl-C is for the main process, which stops its workers
        )
        os.close(writing)
        self.begun = time.monotonic()
        self.is_ready = False
        self.killed_at = float("inf")

    def look(self) -> None:
        self.is_ready = self.is_ready or bool(self._reading.read())
        if time.monotonic() > self.killed_at:
            self.process.kill()

    @property
    def is_dead(self) -> bool:
        return self.process.poll() is not None

    @property
    def age(self) -> float:
        return time.monotonic() - self.begun

    def end(self, within: float) -> None:
        """Tell the process to answer what it has read and to end, and have it killed after so many seconds."""
        self.process.terminate()
        self.killed_at = min(self.killed_at, time.monotonic() + within)

    def close(self) -> None:
        self._reading.close()


class Proof:
    """The code on the disk on trial, in a process of its own: see proof.py."""

    def __init__(self):
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "serve", f"--prove={os.getpid()}"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stderr=self._errors,
            process_group=0,
        )

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None

    def reason(self) -> str:
        """Why it failed, in a line: the message of a command, or where and with what an exception ended it."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").splitlines()
        lines = [line.strip() for line in lines if line.strip() and not line.startswith("{")]  # our log lines
        if not lines:
            return f"it ended with status {self.process.returncode}"
        frames = [line for line in lines if line.startswith("File ")]
        return lines[-1] + (f" ({frames[-1]})" if frames else "")

    def close(self) -> None:
        self._errors.close()


class Supervisor:
    def __init__(self, listening: socket.socket, count: int, say: Say):
        self.listening, self.count, self.say = listening, count, say
        self.workers: list[Worker] = []
        self.retired: list[Worker] = []
        self.next: Worker | None = None  # of the new code, not yet ready
        self.outdated: list[Worker] = []  # of the old code, to be replaced one after another
        self.proof: Proof | None = None
        self.failures = 0  # processes in a row that died young
        self.start_at = 0.0  # not before then is another process started
        self.announced = False
        self.ending = self.reload_wanted = False
        self.woken = threading.Event()

    def reload(self) -> None:
        self.reload_wanted = True
        self.woken.set()

    def end(self) -> None:
        self.ending = True
        self.woken.set()

    def run(self) -> None:
        """Serve until `end` is called. Raises ServeError where no process ever gets ready."""
        raise_descriptor_limit()
        try:
            while not self.ending:
                self.look()
                self.woken.wait(TICK)
                self.woken.clear()
        finally:
            self.stop()

    def look(self) -> None:
        for worker in [*self.workers, *self.retired, *filter(None, [self.next])]:
            worker.look()
        self.bury()
        self.advance()
        while len(self.workers) < self.count and time.monotonic() >= self.start_at:
            self.workers.append(Worker(self.listening))
        if not self.announced and len(self.workers) == self.count and all(w.is_ready for w in self.workers):
            self.announced = True
            self.say(f"Serving on {url(self.listening)}")

    def bury(self) -> None:
        """Forget processes that have ended, and see to it that others take their place."""
        for worker in filter(lambda worker: worker.is_dead, self.workers[:]):
            self.workers.remove(worker)
            worker.close()
            if not self.announced and not worker.is_ready:
                raise ServeError("A web process ended before it could answer; the reason stands above.")
            self.failures = self.failures + 1 if worker.age < YOUNG else 0
            pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
            self.start_at = time.monotonic() + pause
            self.say(f"A web process ended unexpectedly ({worker.process.returncode}); another is started.")
        for worker in filter(lambda worker: worker.is_dead, self.retired[:]):
            self.retired.remove(worker)
            worker.close()

    def advance(self) -> None:
        """The next step of a reload."""
        if self.proof and self.proof.is_over:
            if self.proof.process.returncode == 0:
                self.outdated = self.workers[:]
            else:
                self.refuse(self.proof.reason())
            self.proof.close()
            self.proof = None
        self.outdated = [worker for worker in self.outdated if worker in self.workers]
        if self.next:
            self.look_at_next(self.next)
        elif self.outdated:
            self.next = Worker(self.listening)
        elif self.reload_wanted and self.announced and not self.proof:
            self.reload_wanted = False
            self.say("Proving the code on the disk.")
            self.proof = Proof()

    def look_at_next(self, worker: Worker) -> None:
        if worker.is_ready and not worker.is_dead:
            self.next = None
            self.workers.append(worker)
            if self.outdated:
                oldest = self.outdated.pop(0)
                self.workers.remove(oldest)
                oldest.end(SECONDS_TO_RETIRE)
                self.retired.append(oldest)
            if not self.outdated:
                self.say("The web processes run the code on the disk.")
        elif worker.is_dead or worker.age > SECONDS_TO_BE_READY:
            worker.process.kill()
            self.retired.append(worker)
            self.next, self.outdated = None, []
            self.refuse("a web process with it did not get ready")

    def refuse(self, reason: str) -> None:
        self.say(f"The code on the disk was refused; the web processes of before stay: {reason}")

    def stop(self) -> None:
        """End every process that was started here, whatever it is doing."""
        processes = [worker.process for worker in [*self.workers, *self.retired, *filter(None, [self.next])]]
        processes += [self.proof.process] if self.proof else []
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(deadline - time.monotonic(), 0))
            process.kill()
            process.wait()


def raise_descriptor_limit() -> None:
    """As many open connections as the system allows; the limit that shells and systemd set is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft == resource.RLIM_INFINITY or soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def handle_signals(supervisor: Supervisor) -> None:
    """From here on a signal is a wish that the supervisor sees to."""
    at_terminal = os.isatty(0)

    def hang_up(*_):
        # The terminal that is closed sends it as well; to everybody else it means new code.
        (supervisor.end if at_terminal and not os.isatty(0) else supervisor.reload)()

    signal.signal(signal.SIGHUP, hang_up)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.end())
