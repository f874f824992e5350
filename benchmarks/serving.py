"""How fast pages are served: `.venv/bin/python -m benchmarks.serving`, about four minutes.

In one run, in turns, on this machine: the site with its page cache, the site without (PAGE_CACHE_MB=0, so that every page is
rendered), the smallest WSGI application that returns the same bytes on the same server, and Datasette on the same measures with
the same facets (installed into a temporary environment; left out with --without-datasette). Requests come over 16 connections
from `wrk` where it is installed, otherwise from this program, which is itself a limit: ratios are then too close to 1.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from .fault_drill import Connection
from .processes import ENDED, children
from .site import ROOT, Site, free_port, running_site

CONNECTIONS, SECONDS, ROUNDS = 16, 3, 3
LIST = "/en/measures/"
LISTS = [
    LIST,
    *(
        f"{LIST}?{query}"
        for query in (
            "category=well-being",
            "centre=finance",
            "centre=technology&centre=services",
            "link=text",
            "audience=businesses",
            "district=futian",
            "role=pilot",
            "basis=derived",
            "category=business-environment&centre=technology",
            "sort=title",
        )
    ),
]
SEARCH = f"/measures/?q={quote('教育')}"
TICKS = os.sysconf("SC_CLK_TCK")


# Each request of a thread for another of these pages, so that no two that wait can share one rendering.
IN_TURN = """
local paths, at = {{{paths}}}, 0
function request()
    at = at % #paths + 1
    return wrk.format("GET", paths[at])
end
"""


def rate(
    port: int, paths: str | list[str], connections: int = CONNECTIONS, *, folder: str, **headers: str
) -> float:
    """Requests per second, for one path or for several in turn."""
    paths = [paths] if isinstance(paths, str) else paths
    if shutil.which("wrk"):
        options = [
            word for name, value in headers.items() for word in ("-H", f"{name.replace('_', '-')}: {value}")
        ]
        if len(paths) > 1:
            script = Path(folder, "in_turn.lua")
            script.write_text(IN_TURN.format(paths=", ".join(f'"{path}"' for path in paths)))
            options += ["-s", str(script)]
        command = ["wrk", f"-t{1 if len(paths) > 1 else 2}", f"-c{connections}", f"-d{SECONDS}s", *options]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{paths[0]}"], capture_output=True, text=True, check=True
        )
        found = {
            key: float(value)
            for key, value in re.findall(r"(Requests/sec|responses): +([0-9.]+)", done.stdout)
        }
        refused = 0 if "If_None_Match" in headers else found.get("responses", 0)  # a 304 is no 2xx either
        return found["Requests/sec"] - refused / SECONDS
    return asyncio.run(own_rate(port, paths, connections, headers))


async def own_rate(port: int, paths: list[str], connections: int, headers: dict) -> float:
    end, count = time.monotonic() + SECONDS, 0

    async def ask():
        nonlocal count
        connection = Connection(port, headers)
        while time.monotonic() < end:
            count += 1
            await connection.get(paths[count % len(paths)])
        connection.close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return count / SECONDS


def fetch(port: int, path: str, **headers: str):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.headers, response.read()


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that processes have used, the children that they have waited for included."""
    total = 0
    for pid in pids:
        with suppress(*ENDED):
            total += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return total / TICKS


def cpu_of_uncached(site: Site, paths: list[str], requests: int = 200) -> tuple[float, float]:
    """Milliseconds of processor time per rendered page: of the web processes, of PostgreSQL."""
    for path in paths * 4:  # in both processes, what a data version is read once for is read
        fetch(site.port, path)
    database = [site.postmaster(), *children(site.postmaster())]
    before = cpu_seconds(site.workers()), cpu_seconds(database)
    for number in range(requests):
        fetch(site.port, paths[number % len(paths)])
    after = cpu_seconds(site.workers()), cpu_seconds(database)
    return tuple((late - early) / requests * 1000 for early, late in zip(before, after, strict=True))


def cpu_under_load(site: Site, paths: list[str], folder: str) -> float:
    """Milliseconds of the web processes per rendered page, with eight asked for at once."""
    before = cpu_seconds(site.workers())
    pages = rate(site.port, paths, 8, folder=folder) * SECONDS
    return (cpu_seconds(site.workers()) - before) / pages * 1000


@contextmanager
def program(command: list[str], port: int, folder: str):
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                fetch(port, "/")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{command[0]} did not start") from None
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


SMALLEST = """
body = open("body", "rb").read()
headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "br"), ("Content-Length", str(len(body)))]


def application(environ, start_response):
    start_response("200 OK", headers)
    return [body]
"""


def smallest(folder: str, body: bytes):
    Path(folder, "body").write_bytes(body)
    Path(folder, "smallest.py").write_text(SMALLEST)
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface",
        "wsgi",
        "--http",
        "1",
        "--workers",
        "2",
    ]
    command += ["--blocking-threads", "64", "--port", str(port), "smallest:application"]
    return port, program(command, port, folder)


def datasette(folder: str, site: Site):
    """Datasette with the measures in one table, and the page that shows them with six facets."""
    venv.create(Path(folder, "venv"), with_pip=True)
    pip = [str(Path(folder, "venv", "bin", "python")), "-m", "pip", "install", "--quiet", "datasette"]
    if subprocess.run(pip).returncode:
        raise SystemExit("Datasette cannot be installed; leave it out with --without-datasette.")
    with psycopg.connect(site.postgres.url()) as connection:
        documents = [
            row[0]
            for row in connection.execute(
                "SELECT DISTINCT ON (key) document FROM measures_version WHERE kind = 'measure' ORDER BY key, number DESC"
            )
        ]
    database = sqlite3.connect(Path(folder, "plan.db"))
    database.execute(
        "CREATE TABLE measures (code TEXT PRIMARY KEY, title_zh, title_en, summary_zh, summary_en, category, basis, parent,"
        " audiences, centres, districts, roles)"
    )
    for document in documents:
        lists = [
            document["audiences"],
            [link["centre"] for link in document["centres"]],
            [place["district"] for place in document["districts"]],
            [place["role"] for place in document["districts"]],
        ]
        plain = [
            document[name]
            for name in (
                "code",
                "title_zh",
                "title_en",
                "summary_zh",
                "summary_en",
                "category",
                "basis",
                "parent",
            )
        ]
        database.execute(
            "INSERT INTO measures VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", [*plain, *map(json.dumps, lists)]
        )
    database.commit()
    database.close()
    port = free_port()
    command = [
        str(Path(folder, "venv", "bin", "datasette")),
        "plan.db",
        "--port",
        str(port),
        "--setting",
        "default_page_size",
        "50",
    ]
    page = "/plan/measures?_facet=category&_facet=basis&_facet_array=audiences&_facet_array=centres&_facet_array=districts&_facet_array=roles"
    return port, page, program(command, port, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-datasette", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="futian-serving-"))
        cached, uncached = (
            stack.enter_context(running_site()),
            stack.enter_context(running_site(PAGE_CACHE_MB="0")),
        )
        headers, body = fetch(cached.port, LIST, Accept_Encoding="br")
        small_port, small = smallest(folder, body)
        stack.enter_context(small)
        runs = {
            "smallest WSGI application": (small_port, "/", {}),
            "cached list": (cached.port, LIST, {"Accept_Encoding": "br"}),
            "cached list, 304": (
                cached.port,
                LIST,
                {"Accept_Encoding": "br", "If_None_Match": headers["ETag"]},
            ),
            "cached search": (cached.port, SEARCH, {"Accept_Encoding": "br"}),
            "uncached lists": (uncached.port, LISTS, {}),
            "uncached measure": (uncached.port, "/en/measures/2020-07/", {}),
            "uncached search": (uncached.port, SEARCH, {}),
            "CSV": (cached.port, "/measures.csv", {}),
        }
        if not arguments.without_datasette:
            port, page, running = datasette(folder, cached)
            stack.enter_context(running)
            runs["Datasette, same facets"] = (port, page, {})
        found = {name: [] for name in runs}
        for _ in range(arguments.rounds):
            for name, (port, path, sent) in runs.items():
                # Few ask for pages that are not kept: of many, some would be told 503, which does not count.
                found[name].append(
                    rate(
                        port,
                        path,
                        CONNECTIONS if port in (small_port, cached.port) else 8,
                        folder=folder,
                        **sent,
                    )
                )
        report(found, "wrk" if shutil.which("wrk") else "this program")
        web, database = cpu_of_uncached(uncached, LISTS)
        busy = statistics.median(cpu_under_load(uncached, LISTS, folder) for _ in range(arguments.rounds))
        print(
            f"\nOne uncached list page: {web:.1f} ms of processor time asked alone, {busy:.1f} ms with eight at once, "
            f"and {database:.1f} ms in PostgreSQL"
        )
        print(
            "Memory of the web processes in MB:",
            *(f"{size:.0f}" for size in fill(cached)),
            "with a full page cache",
        )


def fill(site: Site) -> list[float]:
    """Memory after asking for more pages than the cache can hold, and for the conversion into traditional characters."""
    for number in range(16):
        fetch(site.port, f"/zh-hant/measures/?q={number}")  # enough for one of them to reach each web process
    for number in range(900):
        for _ in range(4):  # a search is kept from the second time on that a web process is asked for it
            fetch(site.port, f"/en/measures/?q={number}")
    return site.memory()


def report(found: dict[str, list[float]], by: str):
    base = statistics.median(found["smallest WSGI application"])
    peer = statistics.median(found.get("Datasette, same facets", [0]))
    print(f"Requests per second over {len(found['cached list'])} rounds of {SECONDS} s, asked by {by}")
    print(f"{'':28}{'median':>10}{'lowest':>10}{'highest':>10}{'of smallest':>13}{'x Datasette':>13}")
    for name, rates in found.items():
        middle = statistics.median(rates)
        times = f"{middle / peer:.1f}" if peer else "-"
        print(
            f"{name:28}{middle:>10,.0f}{min(rates):>10,.0f}{max(rates):>10,.0f}{middle / base:>13.3f}{times:>13}"
        )


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
