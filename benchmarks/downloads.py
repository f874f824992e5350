"""How the whole set comes down the wire: `.venv/bin/python -m benchmarks.downloads`, on the scratch database that DATABASE_URL or
FUTIAN_DATA names.

Starts the site with one web process. For each form: the time to the first byte ten times, of which the first is the first request
after the start; then one download to its end, with rows per second and the memory of the process on the way.
"""

import argparse
import http.client
import os
import statistics
import time

from .scratch import scratch_database
from .site import Site, running_site

TRIES = 10
FORMS = (".csv", ".json", ".xlsx")
PIECE = 256 * 1024


def ask(site: Site, path: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    connection.request("GET", path)
    return connection, connection.getresponse()


def first_byte(site: Site, path: str) -> float:
    """Seconds; the reader then goes away."""
    begun = time.perf_counter()
    connection, response = ask(site, path)
    response.read(1)
    elapsed = time.perf_counter() - begun
    if response.status != 200:
        raise SystemExit(f"{path} was answered with {response.status}")
    connection.close()
    return elapsed


def is_refused(site: Site, path: str) -> bool:
    connection, response = ask(site, path)
    connection.close()
    return response.status == 400


def whole(site: Site, path: str) -> tuple[int, float, list[float]]:
    """Bytes, seconds, and the memory of the web process in MB at about ten moments."""
    begun = time.perf_counter()
    connection, response = ask(site, path)
    size, memory, asked = 0, [], 0.0
    while piece := response.read(PIECE):
        size += len(piece)
        if time.perf_counter() - asked > 2:
            memory.append(max(site.memory()))
            asked = time.perf_counter()
    connection.close()
    memory.append(max(site.memory()))
    step = max(1, len(memory) // 10)
    return size, time.perf_counter() - begun, [*memory[::step], memory[-1]]


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with (
        scratch_database() as address,
        running_site(workers=1, DATABASE_URL=address, LOG_LEVEL="ERROR") as site,
    ):
        connection, response = ask(site, "/datapackage.json")
        count = int(response.read().split(b" measures, one in each row")[0].rpartition(b'"')[2])
        connection.close()
        print(f"{count:,} measures; load {os.getloadavg()[0]:.1f}; {max(site.memory()):.0f} MB before\n")
        print(
            f"{'':8}{'first byte, ms: cold':>22}{'median':>8}{'worst':>8}{'MB':>8}{'s':>8}{'rows/s':>9}  memory, MB"
        )
        for form in FORMS:
            path = f"/measures{form}"
            if is_refused(site, path):
                print(f"{form:8}is refused: a workbook is not made of so many measures")
                continue
            tries = [first_byte(site, path) * 1000 for _ in range(TRIES)]
            size, seconds, memory = whole(site, path)
            print(
                f"{form:8}{tries[0]:22.0f}{statistics.median(tries):8.0f}{max(tries):8.0f}{size / 1e6:8.0f}{seconds:8.1f}"
                f"{count / seconds:9.0f}  {' '.join(f'{megabytes:.0f}' for megabytes in memory)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
