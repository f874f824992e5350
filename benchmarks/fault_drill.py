"""What readers notice when things break: `.venv/bin/python -m benchmarks.fault_drill`, a hundred seconds.

32 connections ask for cached pages without pause and staff publish an edit every second. The site writes through PgBouncer,
where this machine has one, and reads from two addresses. Meanwhile, one after another: PostgreSQL is killed and stays away
for six seconds, a web process is killed, one address to read from goes away and the other hangs, 300 connections send a
length and no body, a backup is made, a release with a mistake in it is refused and a good one taken.

Counted is every answer that is not 200, slower than two seconds or made of two data versions, and for every answer how long
the next version had been committed; while PostgreSQL is away nobody can know of it, so afterwards that counts from when it
answers again. A connection that ends before its answer begins is asked again once on a new one, as
browsers and proxies do.
"""

import argparse
import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg

from benchmarks.throwaway_postgres import throwaway
from tests.servers import Relay, pgbouncer

from .site import Site, copy_code, running_site

CONNECTIONS = 32
SECONDS = 110
SLOW_BODIES = 300
REFUSED = "was refused; the web processes of before stay"
TAKEN = "The web processes run the code on the disk."
PAGES = [
    "/en/",
    "/en/measures/",
    "/en/plans/2020/source/",
    "/en/about/",
    *(f"/en/measures/2020-{n:02}/" for n in range(1, 13)),
]
VERSION_ON_PAGE = re.compile(rb"[Dd]ata version (?:<[^>]*>)?(\d+)")


class Connection:
    """One keep-alive connection of HTTP/1.1."""

    def __init__(self, port: int, headers: dict[str, str] | None = None):
        self.port, self.writer = port, None
        self.headers = "".join(
            f"{name.replace('_', '-')}: {value}\r\n" for name, value in (headers or {}).items()
        )

    async def get(self, path: str) -> tuple[int, dict, bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.headers}\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        if headers.get("transfer-encoding") == "chunked":
            body = await self.chunks()
        else:
            length = int(headers.get("content-length", 0)) if " 304 " not in status else 0
            body = await self.reader.readexactly(length)
        if headers.get("connection") == "close":
            self.close()
        return int(status.split()[1]), headers, body

    async def chunks(self) -> bytes:
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return body

    def close(self):
        if self.writer:
            self.writer.close()
        self.writer = None


class Drill:
    def __init__(self, site: Site, code: Path, readers: list[Relay]):
        self.site, self.code, self.readers = site, code, readers
        self.counts, self.failures = Counter(), []
        self.commits: dict[int, float] = {}  # data version -> when its commit was acknowledged
        self.outage = (float("inf"), float("inf"))  # killed, answering again
        self.slowest = 0.0
        self.stalest = (0.0, 0.0)  # seconds for which the next version could be known, and when
        self.stalest_after = 0.0  # likewise, of what was committed before PostgreSQL was killed
        self.uncached: list[
            tuple[float, int, float, bool]
        ] = []  # (when, status, seconds, says when to come back)

    async def run(self):
        for _number in range(8):  # enough for one of them to reach each web process
            connection = Connection(self.site.port)
            for path in PAGES:
                await connection.get(path)
            connection.close()
        self.begun = time.monotonic()
        self.end = self.begun + SECONDS
        await asyncio.gather(
            *(self.read(number) for number in range(CONNECTIONS)),
            self.edit(),
            self.probe(),
            self.break_things(),
        )

    async def read(self, number: int):
        connection, turn = Connection(self.site.port), number
        while time.monotonic() < self.end:
            turn += 1
            path, asked = PAGES[turn % len(PAGES)], time.monotonic()
            for attempt in ("first", "second"):
                try:
                    status, headers, body = await asyncio.wait_for(connection.get(path), 5)
                    break
                except (OSError, EOFError, TimeoutError) as error:
                    connection.close()
                    self.counts[f"cut connections, {attempt} attempt"] += 1
                    if attempt == "second":
                        self.fail(path, repr(error))
                        status = None
            if status is None:
                continue
            seconds = time.monotonic() - asked
            self.slowest = max(self.slowest, seconds)
            self.counts["answers"] += 1
            if status != 200:
                self.fail(path, str(status))
            elif seconds > 2:
                self.fail(path, f"{seconds:.1f} s")
            else:
                self.judge(path, asked, int(headers["x-data-version"]), body)

    def judge(self, path: str, asked: float, version: int, body: bytes):
        if {int(number) for number in VERSION_ON_PAGE.findall(body)} != {version}:
            self.counts["answers of two data versions"] += 1
        replaced = self.commits.get(version + 1)
        killed, back = self.outage
        if replaced is None or killed < asked < back:
            return
        known = max(replaced, back) if replaced < back < asked else replaced
        self.stalest = max(self.stalest, (asked - known, asked - self.begun))
        if known == back:
            self.stalest_after = max(self.stalest_after, asked - known)

    def fail(self, path: str, reason: str):
        self.counts["failed"] += 1
        self.failures.append(f"{time.monotonic() - self.begun:.1f} s {path}: {reason}")

    async def edit(self):
        number = 0
        while time.monotonic() < self.end - 2:
            await asyncio.sleep(1)
            number += 1
            try:
                version = await asyncio.to_thread(self.publish, number)
                self.commits[version] = time.monotonic()
                self.counts["edits"] += 1
            except psycopg.OperationalError:
                self.counts["edits refused"] += 1

    def publish(self, number: int) -> int:
        with psycopg.connect(self.site.postgres.url(), connect_timeout=2) as connection:
            connection.execute(
                "UPDATE measures_measure SET title_en = %s WHERE number = 1", [f"Edit {number}"]
            )
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return connection.execute("SELECT max(number) FROM measures_dataversion").fetchone()[0]

    async def probe(self):
        """An address that is never cached, because every time it is another one."""
        connection = Connection(self.site.port)
        for number in range(10**6):
            if time.monotonic() > self.end:
                break
            asked = time.monotonic()
            try:
                status, headers, _ = await asyncio.wait_for(connection.get(f"/en/nowhere-{number}/"), 5)
                retry = "retry-after" in headers
            except (OSError, EOFError, TimeoutError):
                connection.close()
                continue
            self.uncached.append((asked, status, time.monotonic() - asked, retry))
            await asyncio.sleep(0.1)

    async def break_things(self):
        """Each fault at its second after the start."""
        for second, fault in (
            (8, self.database_away),
            (24, self.dead_worker),
            (34, self.readers_away),
            (50, self.slow_bodies),
            (66, self.backup),
            (80, self.bad_release),
            (90, self.good_release),
        ):
            await asyncio.sleep(max(self.begun + second - time.monotonic(), 0))
            await fault()

    async def database_away(self):
        self.outage = (time.monotonic(), float("inf"))
        await asyncio.to_thread(self.site.kill_postgres)
        await asyncio.sleep(6)
        await asyncio.to_thread(self.site.postgres.start)
        self.outage = (self.outage[0], time.monotonic())

    async def dead_worker(self):
        os.kill(self.site.workers()[0], signal.SIGKILL)

    async def readers_away(self):
        gone, silent = self.readers
        gone.stop()
        await asyncio.sleep(4)
        silent.hang()
        await asyncio.sleep(4)
        gone.start()
        silent.go_on()

    async def slow_bodies(self):
        """Connections that send a length and no body, for ten seconds or until they are ended."""
        head = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
        writers = []
        for _ in range(SLOW_BODIES):
            _reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port)
            writer.write(head)
            writers.append(writer)
        self.counts["connections with a length and no body"] = len(writers)
        await asyncio.sleep(10)
        for writer in writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def backup(self):
        command = [sys.executable, "manage.py", "backup"]
        environment = self.site.environment | {"DATABASE_URL": self.site.postgres.url()}
        done = await asyncio.to_thread(
            subprocess.run, command, env=environment, cwd=self.code, capture_output=True, check=False
        )
        self.counts["backups made and proved"] = int(done.returncode == 0)

    async def bad_release(self):
        urls = self.code / "futian_reform" / "urls.py"
        good = urls.read_text()
        urls.write_text(good + "\ndef broken(:\n")
        self.counts["bad releases refused"] = await self.reload(REFUSED)
        urls.write_text(good)

    async def good_release(self):
        before = set(self.site.workers())
        self.counts["good releases taken"] = await self.reload(TAKEN)
        self.counts["web processes replaced by it"] = len(before - set(self.site.workers()))

    async def reload(self, line: str) -> int:
        """Whether the site says so within 20 s."""
        before = self.site.log.read_text().count(line)
        self.site.process.send_signal(signal.SIGHUP)
        for _ in range(100):
            await asyncio.sleep(0.2)
            if self.site.log.read_text().count(line) > before:
                return 1
        return 0

    def report(self):
        killed, back = self.outage
        during = [probe for probe in self.uncached if killed + 0.2 < probe[0] < back]
        recovered = min(
            (asked + took for asked, status, took, _ in self.uncached if asked > back and status == 404)
        )
        for name, value in sorted(self.counts.items()):
            print(f"{name:45} {value:>9,}")
        for name, value in (
            ("failed answers on cached addresses", self.counts["failed"]),
            ("answers of two data versions", self.counts["answers of two data versions"]),
            ("slowest answer, seconds", f"{self.slowest:.2f}"),
            ("longest an old version was still sent, seconds", f"{self.stalest[0]:.2f}"),
            ("  and when, seconds after the start", f"{self.stalest[1]:.0f}"),
            ("PostgreSQL answered again, seconds after it", f"{back - self.begun:.1f}"),
            ("an old version was still sent for, seconds", f"{self.stalest_after:.2f}"),
            ("uncached while PostgreSQL was away: answers", len(during)),
            (
                "  of them 503 with Retry-After",
                sum(status == 503 and retry for _, status, _, retry in during),
            ),
            ("  slowest, seconds", f"{max(took for _, _, took, _ in during):.2f}"),
            ("uncached answered again after, seconds", f"{recovered - back:.2f}"),
            ("memory of the web processes, MB", ", ".join(f"{size:.0f}" for size in self.site.memory())),
        ):
            print(f"{name:45} {value:>9}")
        print(*self.failures[:20], sep="\n")


@contextmanager
def broken_site() -> Iterator[Drill]:
    """A site run from a copy of the code, on a database that it reaches by ways that can be broken."""
    with (
        tempfile.TemporaryDirectory(prefix="futian-drill-") as folder,
        throwaway() as postgres,
        ExitStack() as stack,
    ):
        code = Path(folder)
        copy_code(code)
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE futian_reader")
            connection.execute("CREATE ROLE drill_reader LOGIN IN ROLE futian_reader")
        host = str(postgres.socket_dir)
        readers = [Relay(host), Relay(host)]
        database = postgres.url().rpartition("/")[2]
        urls = [f"postgresql://drill_reader@127.0.0.1:{relay.port}/{database}" for relay in readers]
        writer = postgres.url()
        if shutil.which("pgbouncer"):
            writer = f"postgresql://postgres@127.0.0.1:{stack.enter_context(pgbouncer(host))}/{database}"
        else:
            print("Without PgBouncer, which is not on this machine (Debian: apt-get install pgbouncer).")
        environment = {"DATABASE_URL": writer, "DATABASE_READER_URL": " ".join(urls)}
        with running_site(code=code, **environment) as site:
            yield Drill(site._replace(postgres=postgres), code, readers)


def main():
    with broken_site() as drill:
        asyncio.run(drill.run())
        drill.report()
        print(drill.site.log.read_text()[-1500:])


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    main()
