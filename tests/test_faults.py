"""The site as it is served, while its database and its processes are stopped, killed and refused."""

import http.client
import itertools
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from statistics import median

import psycopg
import pytest

from benchmarks.processes import children, command_line, signal_each, wait_until
from benchmarks.site import running_site
from benchmarks.throwaway_postgres import throwaway
from futian_reform.operations import embedded_postgres

CACHED = "/en/measures/"
numbers = itertools.count()


@pytest.fixture(scope="module")
def site(with_static_files, prepared_cluster, tmp_path_factory):
    data = with_static_files(tmp_path_factory.mktemp("data"))
    with running_site(cluster=prepared_cluster, FUTIAN_DATA=str(data)) as site:
        yield site


def get(site, path: str, method="GET", **headers) -> tuple[int, dict, str, float]:
    begun = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read().decode()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, body, time.monotonic() - begun


def uncached() -> str:
    """An address that no cache can have, because nothing is there: 404 with a database, 503 without."""
    return f"/en/nowhere-{next(numbers)}/"


def warm(site):
    for _ in range(20):  # enough to reach each process
        assert get(site, CACHED)[0] == 200


def serves_what_it_can(site):
    kept = [get(site, CACHED) for _ in range(10)]
    assert all((status, "Data version" in body) == (200, True) for status, _headers, body, _seconds in kept)
    # None waits for the database, though this machine may hold up one or two.
    assert median(seconds for *_answer, seconds in kept) < 0.5
    asked = [uncached(), uncached(), "/readyz", "/healthz"]
    with ThreadPoolExecutor() as readers:  # at once: each may take as long as it is waited for
        *pages, ready, healthy = readers.map(lambda path: get(site, path), asked)
    for status, headers, body, seconds in pages:
        assert (status, headers["retry-after"], headers["cache-control"]) == (503, "2", "no-store")
        assert "The database does not answer at the moment" in body
        assert "default-src 'none'" in headers["content-security-policy"]
        assert seconds < 2
    status, _headers, _body, seconds = ready
    assert status == 503
    assert seconds < 2
    assert healthy[0] == 200


def recovers(site):
    """The fault drill of benchmarks/ times it."""

    def is_back() -> bool:
        status = get(site, uncached())[0]
        assert status in (404, 503)
        return status == 404

    wait_until(is_back)
    status, _headers, body, _seconds = get(site, "/readyz")
    assert (status, '"content": true' in body) == (200, True)


def test_database_hangs(site):
    warm(site)
    postmaster = site.postmaster()
    stopped = [postmaster, *children(postmaster)]
    try:
        signal_each(stopped, signal.SIGSTOP)
        serves_what_it_can(site)
    finally:
        signal_each(stopped, signal.SIGCONT)
    recovers(site)


def test_database_is_killed(site):
    warm(site)
    site.kill_postgres()
    try:
        serves_what_it_can(site)
    finally:
        site.postgres.start()
    recovers(site)


def administer(site, *statements: str):
    """Run these statements so that what they do outlasts a kill of the server, unlike what else is done there."""
    with psycopg.connect(site.postgres.url("postgres"), autocommit=True) as connection:
        for statement in ("SET synchronous_commit = on", *statements):
            connection.execute(statement)


CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'futian'"


@contextmanager
def nobody_let_in(site):
    administer(site, "ALTER DATABASE futian ALLOW_CONNECTIONS false", CUT_OFF)
    try:
        yield
    finally:
        administer(site, "ALTER DATABASE futian ALLOW_CONNECTIONS true")


def test_database_lets_nobody_in(site):
    warm(site)
    with nobody_let_in(site):
        serves_what_it_can(site)
    recovers(site)


def take_every_connection(site, taken: ExitStack):
    """Also those that the site's processes hold and those that PostgreSQL reserves for superusers."""

    def connect():
        return taken.enter_context(closing(psycopg.connect(site.postgres.url("postgres"), autocommit=True)))

    first, own = connect(), 1
    (most,) = first.execute("SELECT current_setting('max_connections')::int").fetchone()
    while own < most:
        try:
            connect()
            own += 1
        except psycopg.OperationalError as error:
            if "too many clients" not in str(error):
                raise
            first.execute(CUT_OFF)


def test_every_connection_of_the_database_is_taken(site):
    warm(site)
    with ExitStack() as taken:
        take_every_connection(site, taken)
        serves_what_it_can(site)
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            psycopg.connect(site.postgres.url())
    recovers(site)


def test_a_table_is_locked(site):
    warm(site)
    search = "/en/measures/?q=reform"  # a measure may come from the records that each process keeps
    with psycopg.connect(site.postgres.url()) as connection:
        connection.execute("LOCK TABLE measures_searchrow IN ACCESS EXCLUSIVE MODE")
        assert get(site, CACHED)[0] == 200
        status, headers, _body, seconds = get(site, search)
        assert (status, headers.get("retry-after")) == (503, "2")
        assert seconds < 2
    wait_until(lambda: get(site, search)[0] == 200)


def test_database_is_read_only(site):
    administer(site, "ALTER DATABASE futian SET default_transaction_read_only = on", CUT_OFF)
    try:
        assert get(site, uncached())[0] == 404
        assert get(site, "/en/measures/2020-21/")[0] == 200
        status, headers, body, _seconds = get(site, "/en/admin/login/")
        assert status == 200
        token = body.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = f"csrfmiddlewaretoken={token}&username=a&password=b"
        with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
            cookie = headers["set-cookie"].partition(";")[0]
            kind = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": cookie,
                "Referer": site.origin,
            }
            connection.request("POST", "/en/admin/login/", form, kind)
            assert connection.getresponse().status == 503
    finally:
        administer(site, "ALTER DATABASE futian RESET default_transaction_read_only", CUT_OFF)
    recovers(site)


def test_a_web_process_is_killed(site):
    warm(site)
    before = site.workers()
    os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(set(site.workers()) - {before[0]}) < 2:
        status, _headers, _body, seconds = get(site, CACHED)
        assert (status, seconds < 1) == (200, True)
        assert time.monotonic() < deadline
    assert set(site.workers()) & set(before) == {before[1]}


def test_reload_drops_no_request(site):
    """Neither of readers that are answered at once, nor of readers whose request comes a moment after they connected."""

    def slow_reader(_number) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
            connection.connect()
            time.sleep(0.003)
            connection.request("GET", CACHED)
            return connection.getresponse().status

    before = set(site.workers())
    site.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 40
    with ThreadPoolExecutor(8) as readers:
        while set(site.workers()) & before:
            assert set(readers.map(slow_reader, range(200))) == {200}
            assert get(site, CACHED)[0] == 200
            assert time.monotonic() < deadline
    assert get(site, CACHED)[0] == 200


def test_log_lines_are_json_without_what_readers_typed(site):
    warm(site)
    address = uncached()
    with nobody_let_in(site):
        for path in (address, uncached(), "/readyz"):
            answer = get(site, f"{path}?q=typed-by-a-reader", Cookie="sessionid=secret-of-a-reader")
            assert answer[0] == 503
    recovers(site)
    lines = Path(site.log).read_text().splitlines()
    records = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, records))
    failed = [record for record in records if record.get("status") == 503]
    assert all(len(record["request_id"]) == 16 and record["path"].startswith("/") for record in failed)
    assert {address, "/readyz"} <= {record["path"] for record in failed}
    text = Path(site.log).read_text()
    for private in ("127.0.0.1 ", "typed-by-a-reader", "secret-of-a-reader", "Traceback"):
        assert private not in text


def test_a_database_that_does_not_end_when_told_is_ended(monkeypatch):
    """PostgreSQL 18 does not, where it was told while it gets over a crash; here a part of it is stopped instead."""
    monkeypatch.setattr(embedded_postgres, "SECONDS_TO_STOP", 1)
    with throwaway() as server:
        postmaster = int((server.cluster / "postmaster.pid").read_text().split()[0])
        (checkpointer,) = (
            pid for pid in children(postmaster) if "checkpointer" in " ".join(command_line(pid))
        )
        os.kill(checkpointer, signal.SIGSTOP)
        try:
            with suppress(embedded_postgres.EmbeddedPostgresError):
                server.stop()
            assert not Path(f"/proc/{postmaster}").exists()
        finally:
            signal_each([checkpointer], signal.SIGCONT)
