"""How long a moment of the past takes, and what the past costs the present: `.venv/bin/python -m benchmarks.moments`, on a scratch
database that `benchmarks.generate 100000` has filled.

First a tenth of the measures are given nine more versions each, in `--batch` measures a commit (`--edits 0` leaves that out, where
it was done before), and the growth of the database is told per edit. Then pages are asked for through Django's own request
handling in this process, without the page cache: of the present, of moments asked for the first time and once more, and of the
present while a crawler asks for 200 moments through the page cache, with the memory of the process meanwhile.
"""

import argparse
import random
import statistics
import threading
import time
from pathlib import Path

from .scratch import say, scratch_database

VERSIONS = 9  # more, of each measure that is edited
PAGES = ("/measures/", "/measures/?centre=finance&role=pilot", "/measures/?q=%E6%95%99%E8%82%B2", "{measure}")
FILE = "/measures.json?role=pilot"  # of thousands of measures: most of its time is its own
FIRST_MOMENTS, CRAWLED = 20, 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=float, default=0.1, help="the share of the measures that are edited")
    parser.add_argument("--batch", type=int, default=100, help="measures edited in one commit")
    options = parser.parse_args()
    with scratch_database(fill=bool(options.edits)):
        if options.edits:
            edit(options.edits, options.batch)
        measure()


def edit(share: float, batch: int) -> None:
    from django.db import connection

    from measures.models import Measure
    from measures.snapshots import editing_as

    ids = list(Measure.objects.published().order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(2020).sample(ids, int(len(ids) * share))
    before, begun = size(connection), time.monotonic()
    for version in range(VERSIONS):
        for at in range(0, len(chosen), batch):
            with editing_as("benchmark"):
                Measure.objects.filter(pk__in=chosen[at : at + batch]).update(note_en=f"Edit {version}")
        say(f"{time.monotonic() - begun:7.1f} s  version {version + 2} of {len(chosen):,} measures")
    edits = VERSIONS * len(chosen)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    grown = size(connection) - before
    print(
        f"{edits:,} edits: {(time.monotonic() - begun) / edits * 1000:.1f} ms and {grown / edits / 1000:.1f} kB each"
    )


def size(connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def measure() -> None:
    from django.test import Client

    from measures.catalogue.catalogue import PAST
    from measures.models import DataVersion, Measure

    client = Client(headers={"host": "localhost"})
    numbers = list(DataVersion.objects.filter(number__gt=1).values_list("number", flat=True))
    random.Random(2020).shuffle(numbers)
    pages = [page.format(measure=f"/measures/{Measure.objects.published().last().code}/") for page in PAGES]
    print(f"{Measure.objects.published().count():,} measures, {len(numbers):,} data versions; milliseconds\n")
    for page in [*pages, FILE]:
        timed(client, page)
    report("pages of the present", [timed(client, page) for page in pages for _round in range(10)])
    report("a file of the present", [timed(client, FILE) for _round in range(10)])
    first, again, files = [], [], []
    for number in numbers[:FIRST_MOMENTS]:
        for page in pages:
            PAST.forget()
            first.append(timed(client, as_of(page, number)))
            again.append(timed(client, as_of(page, number)))
        files.append(timed(client, as_of(FILE, number)))
    report("pages of a moment, first", first)
    report("the same pages again", again)
    report("the file of a moment", files)
    cache, during, used = page_cache(), [], [memory()]
    for at in range(0, CRAWLED, CRAWLED // 4):
        crawler = threading.Thread(target=crawl, args=[cache, numbers[at : at + CRAWLED // 4]])
        crawler.start()
        while crawler.is_alive():
            during += [timed(client, page) for page in pages]
        used.append(memory())
    report("the present during a crawl", during)
    steps = ", ".join(f"{megabytes:.0f}" for megabytes in used)
    print(f"memory after every {CRAWLED // 4} of {CRAWLED} moments, from before the first: {steps} MB")


def page_cache():
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from futian_reform.page_cache.application import PageCache

    return PageCache(get_wsgi_application(), settings.PAGE_CACHE_BYTES).start()


def crawl(cache, numbers: list[int]) -> None:
    """Ask for each moment once, through the thread of the page cache that makes the past."""
    for number in numbers:
        page = cache.made("GET", ("/measures/", f"as_of={number}"))
        assert page.status == "200 OK", (number, page)


def as_of(page: str, number: int) -> str:
    return f"{page}{'&' if '?' in page else '?'}as_of={number}"


def timed(client, address: str) -> float:
    begun = time.perf_counter()
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    response.getvalue()
    return (time.perf_counter() - begun) * 1000


def report(what: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{what:28}{statistics.median(times):9.1f}{p95:9.1f}{max(times):9.1f}  median, p95, slowest of {len(times)}"
    )


def memory() -> float:
    """Resident memory of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
