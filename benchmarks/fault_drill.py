"""What readers notice when things break: `.venv/bin/python -m benchmarks.fault_drill`, a minute.

32 connections ask for cached pages without pause, staff publish an edit every second, and meanwhile PostgreSQL is killed
and stays away for six seconds, a web process is killed and the site is reloaded. Counted is every answer that is not 200,
slower than two seconds or made of two data versions, and for every answer how long the next version had been committed.
A connection that ends before its answer begins is asked again once on a new one, as browsers and proxies do.
"""

import argparse
import asyncio
import os
import re
import signal
import time
from collections import Counter

import psycopg

from .site import Site, running_site

CONNECTIONS = 32
SECONDS = 60
KILL_POSTGRES, START_POSTGRES, KILL_WORKER, RELOAD = 10, 16, 28, 42  # seconds after the start
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
    def __init__(self, site: Site):
        self.site, self.counts, self.failures = site, Counter(), []
        self.commits: dict[int, float] = {}  # data version -> when its commit was acknowledged
        self.outage = (float("inf"), float("inf"))  # killed, answering again
        self.slowest = self.stalest = 0.0
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
        if replaced and not killed - 1 < asked < back + 1:
            self.stalest = max(self.stalest, asked - replaced)

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
        await asyncio.sleep(KILL_POSTGRES)
        self.outage = (time.monotonic(), float("inf"))
        await asyncio.to_thread(self.site.kill_postgres)
        await asyncio.sleep(START_POSTGRES - KILL_POSTGRES)
        await asyncio.to_thread(self.site.postgres.start)
        self.outage = (self.outage[0], time.monotonic())
        await asyncio.sleep(KILL_WORKER - START_POSTGRES)
        os.kill(self.site.workers()[0], signal.SIGKILL)
        await asyncio.sleep(RELOAD - KILL_WORKER)
        before = set(self.site.workers())
        self.site.process.send_signal(signal.SIGHUP)
        await asyncio.sleep(SECONDS - RELOAD - 2)
        self.counts["web processes replaced by the reload"] = len(before - set(self.site.workers()))

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
            ("longest an old version was still sent, seconds", f"{self.stalest:.2f}"),
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


def main():
    with running_site() as site:
        drill = Drill(site)
        asyncio.run(drill.run())
        drill.report()
        print(site.log.read_text()[-1500:])


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    main()
