"""A checkout of one's own that is served and then changed, as a new release changes the one in use."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from benchmarks.site import copy_code, free_port, web_processes


class Release:
    """A copy of the site's code in `folder`, and the server that runs it."""

    def __init__(self, folder: Path, data: Path, **environment: str):
        self.folder, self.port = folder, free_port()
        self.lines: list[str] = []
        copy_code(folder)
        misleading = ("DATABASE", "FUTIAN", "SITE_", "HOST", "PORT")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(misleading)}
        own = {"FUTIAN_DATA": str(data), "PORT": str(self.port), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment = inherited | own | environment

    def start(self):
        with (self.folder / "errors.log").open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--workers=2"],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self):
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip())

    def kill(self):
        """Also where it has ended already; its web processes end with it."""
        self.process.kill()
        self.process.wait()
        self._listening.join()

    def said(self, beginning: str, within: float = 60) -> str:
        """The line that begins so, once it is printed; forgotten with all before it."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for index, line in enumerate(self.lines):
                if line.startswith(beginning):
                    del self.lines[: index + 1]
                    return line
            time.sleep(0.02)
        raise AssertionError((beginning, self.lines, (self.folder / "errors.log").read_text()[-2000:]))

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def workers(self) -> set[int]:
        return set(web_processes(self.process.pid))

    def get(self, path: str, timeout: float = 10, **headers: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def stop(self, within: float = 20) -> int | None:
        """The status that the server ends with when it is told to end; None where it does not within so many seconds."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(within)
        return self.process.returncode


@contextmanager
def released(folder: Path, data: Path, **environment: str) -> Iterator[Release]:
    """A release that has begun to answer; whatever a test did with it, it is gone afterwards."""
    release = Release(folder, data, **environment)
    release.start()
    try:
        release.said("Serving on")
        yield release
    finally:
        release.kill()
