"""A site of one's own to measure and to break: a throwaway PostgreSQL, and the site's own server on it in a private folder."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.throwaway_postgres import throwaway
from futian_reform.operations.embedded_postgres import EmbeddedPostgres

from .processes import children, command_line, signal_each

ROOT = Path(__file__).resolve().parent.parent


ROOMS = ("futian_reform", "measures", "templates", "static", "fixtures", "locale", "manage.py")


def copy_code(folder: Path):
    """The site's code, so that it can be changed while it is served."""
    for name in ROOMS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)


def free_port() -> int:
    """A port that nobody has, below those that Linux gives to clients: it is still free when a server takes it."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def web_processes(pid: int) -> list[int]:
    """Numbers of the processes that answer for the server `pid`."""
    return [
        child for child in children(pid) if any("operations.worker" in word for word in command_line(child))
    ]


class Site(NamedTuple):
    origin: str
    port: int
    process: subprocess.Popen
    postgres: EmbeddedPostgres | None
    log: Path
    environment: dict[str, str]  # what its process has, for other commands on the same data

    def workers(self) -> list[int]:
        """Process numbers of the web processes."""
        return web_processes(self.process.pid)

    def postmaster(self) -> int:
        return int((self.postgres.cluster / "postmaster.pid").read_text().split()[0])

    def kill_postgres(self):
        """kill -9 for the server and each of its processes."""
        server = self.postmaster()
        signal_each([*children(server), server], signal.SIGKILL)
        if self.postgres._server:
            self.postgres._server.wait()

    def memory(self) -> list[float]:
        """Resident memory of each web process in MB, shared pages included."""
        return [
            int(line.split()[1]) / 1024
            for pid in self.workers()
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        ]


@contextmanager
def running_site(
    workers: int = 2, code: Path = ROOT, cluster: Path | None = None, **environment: str
) -> Iterator[Site]:
    """On a PostgreSQL of its own, unless `environment` names another in DATABASE_URL; run from the folder `code`.

    `cluster` is that of a stopped server: it is spared to set up a copy of a site that was set up before.
    """
    with (
        nullcontext() if "DATABASE_URL" in environment else throwaway(cluster) as postgres,
        tempfile.TemporaryDirectory(prefix="futian-bench-") as folder,
    ):
        port = free_port()
        log = Path(folder, "serve.log")
        own = {"FUTIAN_DATA": folder, "HOST": "127.0.0.1", "PORT": str(port)}
        if postgres:
            own["DATABASE_URL"] = postgres.url()
        misleading = ("DATABASE", "PG", "GRANIAN")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(misleading)}
        environment = inherited | own | environment
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--workers", str(workers)],
                cwd=code,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        site = Site(f"http://127.0.0.1:{port}", port, process, postgres, log, environment)
        try:
            wait_for(site)
            yield site
        finally:
            process.terminate()
            process.wait(30)


def wait_for(site: Site):
    """Until all web processes are ready, not only the one that answers first."""
    deadline = time.monotonic() + 300
    while True:
        try:
            with urllib.request.urlopen(f"{site.origin}/readyz", timeout=5):
                if "Serving on" in site.log.read_text():
                    return
        except OSError:
            pass
        if site.process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The site did not start:\n{site.log.read_text()}")
        time.sleep(0.1)
