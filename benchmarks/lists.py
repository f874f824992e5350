"""How long lists and pages of the other types take, uncached: `.venv/bin/python -m benchmarks.lists --plans`, on the scratch
database that DATABASE_URL or FUTIAN_DATA names; without `--plans` it leaves out the plans of the queries.

Every address is asked for through Django's own request handling in this process, without the page cache, after one
unmeasured round. CPU is that of this process and, where the database runs on this machine, of its backend: what a busy machine
leaves of the wall clock's meaning.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import quote

from .scratch import scratch_database

ROUNDS = 20


def addresses(total: int) -> dict[str, str]:
    deep = min(500, (total + 49) // 50)
    return {
        "first page": "/measures/",
        f"page {deep}": f"/measures/?page={deep}" if deep > 1 else "/measures/",
        "search, 1 character": "/measures/?q=" + quote("教"),
        "search, 2 characters": "/measures/?q=" + quote("教育"),
        "search, 4 characters": "/measures/?q=" + quote("营商环境"),
        "search, 4, in texts": "/measures/?q=" + quote("教师轮岗"),
        "search, most measures": "/measures/?q=" + quote("改革"),
        "pinyin": "/measures/?q=yingshanghuanjing",
        "initials": "/measures/?q=yshj",
        "English": "/measures/?q=arbitration",
        "three facets": "/measures/?centre=technology&audience=businesses&role=responsible",
        "three facets, search": "/measures/?q="
        + quote("服务")
        + "&centre=technology&link=text&role=responsible",
        "one place": "/measures/?district=" + ("division-7" if total > 50_000 else "futian"),
        "by title": "/measures/?sort=title",
        "home": "/",
        "measure": "/measures/2020-05/",
        "its history": "/measures/2020-05/history/1/",
        "category": "/categories/well-being/",
        "centre": "/centres/finance/",
        "audience": "/audiences/families/",
        "place": "/districts/futian/",
        "places": "/districts/",
        "plan": "/plans/2020/",
        "source": "/plans/2020/source/",
        "changes": "/changes/",
        "gaps": "/gaps/",
        "glossary": "/glossary/",
        "data": "/data/",
        "about": "/about/",
        "suggestions": "/measures/suggestions.json?q=jiaoyu",
        "API": "/api/measures/",
        "feed": "/measures.atom",
        "sitemap of measures": "/sitemap-measures.xml",
        "CSV of a place": "/measures.csv?district=" + ("division-7" if total > 50_000 else "futian"),
        "CSV, first bytes": "/measures.csv?centre=finance&role=pilot",
        "CSV of a filter": "/measures.csv?centre=finance&role=pilot",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plans", action="store_true", help="print the plan of every query")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with scratch_database():
        measure(options)


def measure(options: argparse.Namespace) -> None:
    from django.db import connections
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    from futian_reform.operations.worker import spare_collector
    from measures.models import Measure

    total = Measure.objects.published().count()
    client = Client(headers={"host": "localhost", "cache-control": "no-cache"}, raise_request_exception=False)
    print(f"{total:,} published measures; milliseconds, {options.rounds} rounds\n")
    spare_collector()
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"{'':24}{'median':>9}{'p95':>9}{'CPU':>9}{'its db':>9}{'queries':>9}{'kB':>8}  status")
    slowest = 0.0
    with override_settings(PAGE_CACHE_BYTES=0):
        for name, address in addresses(total).items():
            walls, cpus, backends = [], [], []
            for at in range(options.rounds + 1):
                begun, cpu, backend = (
                    time.perf_counter(),
                    time.process_time(),
                    backend_cpu(connections["reader"]),
                )
                response = client.get(address, follow=True)
                if not response.streaming:
                    body = response.content
                elif name.endswith("first bytes"):
                    body = next(response.streaming_content)
                else:
                    body = b"".join(response.streaming_content)
                wall = (time.perf_counter() - begun) * 1000
                response.close()  # what was left of a stream keeps its snapshot until then
                if at:
                    walls.append(wall)
                    cpus.append((time.process_time() - cpu) * 1000)
                    backends.append(max(0.0, backend_cpu(connections["reader"]) - backend))
            p95 = statistics.quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]
            slowest = max(slowest, p95)
            with CaptureQueriesContext(connections["reader"]) as queries:
                client.get(address, follow=True)
            print(
                f"{name:24}{statistics.median(walls):9.1f}{p95:9.1f}{statistics.median(cpus):9.1f}"
                f"{statistics.median(backends):9.1f}{len(queries):9}{len(body) / 1000:8.0f}  {response.status_code}"
            )
            if options.plans:
                explain([query["sql"] for query in queries], connections["reader"])
    print(f"\nslowest p95: {slowest:.1f} ms", file=sys.stderr)


def backend_cpu(connection) -> float:
    """Milliseconds so far; 0 where the database is elsewhere."""
    connection.ensure_connection()
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(schedule.read_text().split()[0]) / 1e6 if schedule.exists() else 0.0


def explain(statements: list[str], connection) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.lstrip().upper().startswith("SELECT"):
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement.replace("%", "%%"), [])
                print("\n    " + " ".join(statement.split())[:200])
                print("\n".join(f"        {line}" for (line,) in cursor.fetchall()))


if __name__ == "__main__":
    main()
