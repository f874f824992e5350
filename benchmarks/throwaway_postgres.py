"""PostgreSQL servers for tests and benchmarks, which need not last."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from futian_reform.operations.embedded_postgres import MEMORY_DISK, EmbeddedPostgres, die_with_parent

ROOM_IN_MEMORY = 4 * 2**30  # bytes that must be free there: benchmarks fill databases of a gigabyte


class ThrowawayPostgres(EmbeddedPostgres):
    """A cluster that is fast instead of durable, and ends with the thread that started it."""

    initdb_options = ("--no-sync",)
    server_settings = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "off")

    def before_it_runs(self) -> None:
        die_with_parent(signal.SIGQUIT)  # unlike SIGKILL it lets the server remove its shared memory


@contextmanager
def throwaway(cluster: Path | None = None) -> Iterator[ThrowawayPostgres]:
    """A running server for tests, in a temporary directory, that ends even when its parent is killed.

    It begins empty, or as a copy of the cluster of a stopped server.
    """
    roomy = MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > ROOM_IN_MEMORY
    with tempfile.TemporaryDirectory(prefix="futian-", dir=MEMORY_DISK if roomy else None) as folder:
        os.chmod(folder, 0o711)  # root's server runs as another account
        server = ThrowawayPostgres(folder)
        if cluster:
            subprocess.run(["cp", "-a", cluster, server.cluster], check=True)
        try:
            server.start()
            yield server
        finally:
            server.stop()
