"""The metrics that Prometheus reads: an HTTP server in the main process, on a port of its own.

It adds up the counts of the web processes (metering.py) and tells what only an observer sees: whether the site answers that it
is ready, how far replicas are behind, when the last good backup was made, how much room is left on the disk.
"""

import http.client
import json
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from futian_reform.environment import reachable

from .backups.folder import last_backup
from .embedded_postgres import MEMORY_DISK
from .prepare import ServeError

#: Names the folder of the web processes' counts; where it is unset nothing is counted.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as prometheus_client calls it
INTERVAL = 10.0  # seconds between two looks at the site
PATIENCE = 5.0  # seconds

logger = logging.getLogger(__name__)


@contextmanager
def exposed(host: str, port: int) -> Iterator[None]:
    """Serve the metrics of the site at `host` and `port` inside the block, where METRICS_PORT wants it. Raises ServeError."""
    if not settings.METRICS_PORT:
        yield
        return
    folder = new_folder(port)
    os.environ[FOLDER] = str(folder)  # for the web processes
    try:
        observer = Observer(host, port, folder)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(folder))
        registry.register(observer)
        with listening(registry), observer:
            yield
    finally:
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def listening(registry: CollectorRegistry) -> Iterator[None]:
    address, port = settings.METRICS_HOST, settings.METRICS_PORT
    try:
        server, thread = start_http_server(port, address, registry)
    except OSError as error:
        raise ServeError(
            f"Metrics cannot be served on {address} port {port} ({error.strerror}). Name another METRICS_PORT, or leave "
            "it out to serve none."
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def new_folder(port: int) -> Path:
    """A folder for the counts, in memory where that is possible: a full disk ends a process that writes to a mapped file."""
    parent = MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else Path(tempfile.gettempdir())
    prefix = f"futian-metrics-{port}-"
    for left in parent.glob(f"{prefix}*"):  # by a killed server: the port is ours now
        with suppress(FileNotFoundError):
            if left.lstat().st_uid == os.geteuid():
                shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


class Observer:
    """Asks the site now and then whether it is ready; as a collector it tells what it saw last."""

    def __init__(self, host: str, port: int, folder: Path):
        self.host, self.port, self.folder = reachable(host), port, folder
        self.over = threading.Event()
        self.seen: dict = {}

    def __enter__(self):
        threading.Thread(target=self._go_on, daemon=True).start()

    def __exit__(self, *_):
        self.over.set()

    def _go_on(self):
        while not self.over.wait(INTERVAL if self.seen else 1.0):
            try:
                self.look()
                self.bury()
            except Exception:
                logger.exception("The site was not looked at")

    def look(self):
        begun = time.monotonic()
        try:
            with closing(http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)) as connection:
                connection.request("GET", "/readyz")
                response = connection.getresponse()
                self.seen = json.loads(response.read()) | {"ready": response.status == 200}
        except (OSError, ValueError, http.client.HTTPException):
            self.seen = {"ready": False}
        self.seen["seconds"] = time.monotonic() - begun

    def bury(self):
        """Forget what ended processes held; what they counted stays."""
        for file in self.folder.glob("*.db"):
            pid = int(file.stem.rpartition("_")[2])
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                mark_process_dead(pid, str(self.folder))

    def collect(self):
        def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"futian_{name}", help_text, value=float(value))

        seen = dict(self.seen)
        if seen:
            yield gauge("ready", "Whether /readyz says that the site can do its work.", seen["ready"])
            yield gauge("ready_seconds", "How long /readyz took to say so.", seen["seconds"])
            checks = GaugeMetricFamily("futian_check", "Parts of /readyz.", labels=["check"])
            for name, fine in seen.items():
                if isinstance(fine, bool) and name != "ready":
                    checks.add_metric([name], float(fine))
            yield checks
        yield from readers(seen)
        yield gauge(
            "last_backup_timestamp_seconds",
            "When the last backup was made that was proved; 0 if none.",
            made.timestamp() if (made := last_backup(settings.BACKUP_FOLDER)) else 0,
        )
        yield gauge(
            "data_free_bytes",
            "Room on the disk of FUTIAN_DATA.",
            shutil.disk_usage(settings.FUTIAN_DATA).free,
        )


def readers(seen: dict) -> Iterator[GaugeMetricFamily]:
    """Whether each database that pages are read from answers, and how far it is behind where it is a replica."""
    named = seen.get("readers") or {"reader": {"answers": seen.get("database", False)}}
    up = GaugeMetricFamily("futian_reader_up", "Whether a reader answers.", labels=["reader"])
    lag = GaugeMetricFamily("futian_replica_lag_seconds", "Age of what a replica lacks.", labels=["reader"])
    behind = GaugeMetricFamily(
        "futian_replica_versions_behind", "Data versions a replica lacks.", labels=["reader"]
    )
    for name, reader in named.items():
        up.add_metric([name], float(reader["answers"]))
        if replica := reader.get("replica"):
            # Without its primary, what it lacks is not known; then the age of its last commit is the most that it can be.
            seconds = replica.get("lag_seconds", replica.get("seconds_since_last_commit"))
            lag.add_metric([name], seconds or 0.0)
            behind.add_metric([name], replica.get("versions_behind", 0))
    yield from (up, lag, behind)
