"""Several servers to read from: one that is down, hangs, lags or may do too much is passed over while another answers."""

import json
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections

from benchmarks.processes import wait_until
from measures.readers import choice, reader
from measures.readers.rights import RightsRefused
from measures.snapshots import public_snapshot

from .servers import Relay, pgbouncer

# Answers one line of JSON to each word on its standard input.
PROGRAM = """
import json, sys, time
import django
django.setup()
import psycopg
from django.db import connections
from django.test import Client
from django.http import HttpResponse
from django.urls import path
from futian_reform import urls
from measures.models import SearchRow
from measures.snapshots import current_version, public_snapshot

def careless(request):
    "Loses its server the first time."
    if not lost:
        lost.append(True)
        with connections["reader"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        with psycopg.connect(sys.argv[1], autocommit=True) as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return HttpResponse(str(SearchRow.objects.present().count()))

lost = []
urls.urlpatterns = [path("careless", careless), *urls.urlpatterns]
client = Client(headers={"host": "localhost"}, raise_request_exception=False)

def page():
    response = client.get("/en/measures/2020-01/")
    return response.status_code, response.get("X-Data-Version"), "Not there yet" in response.text

def careless_page():
    response = client.get("/careless")
    return response.status_code, response.text

def session():
    with public_snapshot(), connections["reader"].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('transaction_read_only'), current_setting('statement_timeout'),"
            " current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),"
            " current_setting('transaction_isolation'), current_setting('enable_seqscan')")
        return cursor.fetchone()

def ready():
    response = client.get("/readyz")
    return response.status_code, response.json()

def version():
    return current_version().number

for line in sys.stdin:
    begun = time.monotonic()
    result = globals()[line.strip()]()
    print(json.dumps([result, time.monotonic() - begun]), flush=True)
"""


class Process:
    """A process of the site, which is asked for one thing after another."""

    def __init__(self, restored, folder, writer: str, *readers: str, **environment):
        self.log = folder / "log"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE")}
        own = {
            "DJANGO_SETTINGS_MODULE": "futian_reform.settings",
            "DATABASE_URL": writer,
            "DATABASE_READER_URL": " ".join(readers),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, administrator(restored)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=inherited | own | environment,
                cwd=settings.BASE_DIR,
                text=True,
            )

    def __call__(self, word: str, within: float | None = None):
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        giving_up = threading.Timer(30, self.process.kill)
        giving_up.start()
        line = self.process.stdout.readline()
        giving_up.cancel()
        assert line, self.log.read_text() or f"{word}: no answer"
        result, seconds = json.loads(line)
        assert within is None or seconds < within, (word, result, seconds)
        return result

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def host(restored) -> str:
    if not restored.maintenance["host"].startswith("/"):
        pytest.skip("needs the embedded PostgreSQL, which lets accounts in without a password")
    return restored.maintenance["host"]


def administrator(restored) -> str:
    return address(restored, "postgres")


def account_of(restored) -> str:
    """A login that may only read; roles belong to the whole server, and other workers have theirs."""
    return f"{restored.name}_reader"


def address(restored, account="", port: int | None = None) -> str:
    """Of the test database, by the server's own socket or by a port of this machine."""
    account = account or account_of(restored)
    where = f"127.0.0.1:{port}" if port else f"{host(restored).replace('/', '%2F')}:5432"
    return f"postgresql://{account}@{where}/{restored.name}"


def execute(restored, *statements: str):
    with psycopg.connect(**restored.maintenance | {"dbname": restored.name}, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def start(restored, tmp_path):
    """`start(writer, *readers)` gives a process of the site."""
    account = account_of(restored)
    execute(restored, f"DROP ROLE IF EXISTS {account}", f"CREATE ROLE {account} LOGIN IN ROLE futian_reader")
    started = []

    def start(*urls, **environment) -> Process:
        started.append(Process(restored, tmp_path, *urls, **environment))
        return started[-1]

    yield start
    for process in started:
        process.end()


@pytest.fixture
def relays(restored):
    made = [Relay(host(restored)), Relay(host(restored))]
    yield made
    for relay in made:
        relay.go_on()
        relay.stop()


READS_ONLY = ["futian_reader", "on", "5s", "1s", "30s", "repeatable read", "off"]


def test_limits_hold_behind_a_pooler_that_drops_what_a_session_asks_for(restored, start):
    with pgbouncer(host(restored)) as port:
        ask = start(address(restored, "postgres", port))
        for _ in range(4):
            assert ask("session") == READS_ONLY
        assert ask("page")[0] == 200
        with psycopg.connect(
            address(restored, "postgres", port), autocommit=True, prepare_threshold=None
        ) as connection:
            # Nothing of it stays with the sessions that the pooler lends to others.
            for _ in range(4):
                assert connection.execute("SELECT current_user").fetchone() == ("postgres",)
                assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_a_reader_with_too_many_rights_is_refused_at_the_start(restored, start, tmp_path):
    reader, mighty = account_of(restored), f"{restored.name}_mighty"
    execute(restored, f"DROP ROLE IF EXISTS {mighty}", f"CREATE ROLE {mighty} SUPERUSER LOGIN")
    execute(restored, f"GRANT UPDATE ON measures_measure TO {reader}")
    for account, right in ((mighty, "be a superuser"), (reader, "write to measures_measure")):
        environment = os.environ | {
            "DATABASE_URL": administrator(restored),
            "DATABASE_READER_URL": address(restored, account),
        }
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", "--prepare-only"],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1
        assert f"The account that public pages read reader_1 with can {right}" in done.stderr
        assert "IN ROLE futian_reader) and name it in DATABASE_READER_URL" in done.stderr
        assert "and nothing else" not in done.stdout


CUT_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'futian -c%'"
)
RIGHTS = {
    "read auth_user": "GRANT SELECT ON auth_user TO {reader}",
    "read measures_version": "GRANT SELECT (actor) ON measures_version TO futian_reader",
    "write to measures_version": "GRANT INSERT (note) ON measures_version TO futian_reader",
    "read auth_group": "GRANT pg_read_all_data TO {reader}",
    "create tables": "GRANT CREATE ON SCHEMA public TO {reader}",
}


def test_rights_that_come_later_are_refused_and_the_primary_fills_in(restored, start):
    ask = start(administrator(restored), address(restored))
    assert ask("session")[0] == account_of(restored)
    for right, grant in RIGHTS.items():
        grant = grant.format(reader=account_of(restored))
        revoke = grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM ")
        execute(restored, grant, CUT_OFF)
        try:
            if "futian_reader" in grant:  # the primary is read with that role
                assert ask("page")[0] == 503
            else:
                assert (ask("page")[0], ask("session")[0]) == (200, "futian_reader")
                status, said = ask("ready")
                assert (status, said["readers"]["primary"]["answers"]) == (200, True)
            assert right in ask.log.read_text()
        finally:
            execute(restored, revoke)
        answers_again(ask)


def test_rights_are_looked_at_again_while_a_connection_stays_open(restored, monkeypatch):
    connections["reader"].close()  # one of an earlier test may be trusted for a minute
    monkeypatch.setattr(reader, "RIGHTS_HOLD", 0.0)  # a minute, for the site
    with public_snapshot():
        session = connections["reader"].connection
    execute(restored, RIGHTS["write to measures_version"])
    with pytest.raises(RightsRefused, match="write to measures_version"), public_snapshot():
        pass
    assert session.closed


def answers_again(ask):
    """The reader with a login of its own is read from."""
    wait_until(lambda: ask("session")[0] != "futian_reader")


def test_one_that_is_down_is_passed_over_and_named(restored, start, relays):
    one, two = relays
    ask = start(administrator(restored), address(restored, port=one.port), address(restored, port=two.port))
    used = {ask("session")[0] for _ in range(4)}
    assert used == {account_of(restored)}
    one.stop()
    for _ in range(6):
        assert ask("page", within=2)[0] == 200
    status, said = ask("ready")
    readers = said["readers"]
    assert (status, list(readers)) == (200, ["reader_1", "reader_2", "primary"])
    assert [reader["answers"] for reader in readers.values()] == [False, True, True]
    two.stop()
    for _ in range(6):
        assert ask("page", within=2)[0] == 200
    # The primary fills in with the rights of a public page.
    assert ask("session") == READS_ONLY
    status, said = ask("ready")
    assert (status, [reader["answers"] for reader in said["readers"].values()]) == (200, [False, False, True])
    one.start()
    answers_again(ask)
    assert ask("ready")[1]["readers"]["reader_1"]["answers"]


def test_one_that_hangs_is_given_up_within_the_patience_of_a_page(restored, start, relays):
    one, two = relays
    ask = start(administrator(restored), address(restored, port=one.port), address(restored, port=two.port))
    for _ in range(4):
        assert ask("page")[0] == 200
    one.hang()
    for _ in range(4):
        assert ask("page", within=3)[0] == 200
    status, said = ask("ready", within=2)
    assert (status, said["readers"]["reader_1"]["answers"]) == (200, False)
    one.go_on()
    wait_until(lambda: ask("ready")[1]["readers"]["reader_1"]["answers"])


def test_one_connection_that_waits_in_vain_is_given_up_too(restored, start, relays):
    """As where a pooler keeps it waiting for a session, while whoever comes later gets one or an error."""
    one, two = relays
    ask = start(administrator(restored), address(restored, port=one.port), address(restored, port=two.port))
    for _ in range(4):
        assert ask("page")[0] == 200
    one.lose_newest()  # the page's: those who follow the readers came before it
    end = threading.Timer(20, one.stop)
    end.start()
    for _ in range(4):
        assert ask("page", within=3)[0] == 200
    end.cancel()


def test_a_page_whose_server_goes_away_meanwhile_is_read_from_another(restored, start):
    ask = start(administrator(restored), address(restored))
    assert ask("careless_page") == [200, "28"]


# --- Which to believe ---


class Fake:
    """A reader that has the data version `number`, after `restores` restored backups; None where it is down."""

    def __init__(self, alias: str, number: int | None, restores=0):
        self.alias, self.name = alias, alias
        self.number, self.restores = number, restores
        self.seen, self.is_resting = None, False

    def open(self):
        if self.number is None:
            raise OperationalError
        self.seen = SimpleNamespace(number=self.number, restores=self.restores)
        return SimpleNamespace(version=self.seen, end=lambda *exception: None, alias=self.alias)


@pytest.fixture
def several(monkeypatch):
    monkeypatch.setattr(
        choice, "connections", {alias: SimpleNamespace(close=lambda: None) for alias in "abp"}
    )

    def several(**fakes: Fake) -> choice.Readers:
        readers = choice.Readers([])
        readers.all, readers.primary, readers.started = list(fakes.values()), fakes.get("p"), True
        return readers

    return several


def opened(readers) -> set[str]:
    return {readers.open().alias for _ in range(6)}


def test_readers_are_asked_in_turn_and_the_primary_last(several):
    assert opened(several(a=Fake("a", 5), b=Fake("b", 5), p=Fake("p", 5))) == {"a", "b"}
    assert opened(several(a=Fake("a", None), b=Fake("b", 5), p=Fake("p", 5))) == {"b"}
    assert opened(several(a=Fake("a", None), b=Fake("b", None), p=Fake("p", 5))) == {"p"}


def test_one_that_is_behind_is_passed_over_while_another_is_not(several):
    a, b, p = Fake("a", 5), Fake("b", 6), Fake("p", 6)
    readers = several(a=a, b=b, p=p)
    readers.open(), readers.open()
    assert opened(readers) == {"b"}
    b.number = None
    assert opened(readers) == {"p"}
    p.number = None
    assert opened(readers) == {"a"}
    assert readers.newest().number == 6  # it answers, and is not believed
    a.number = 6
    assert opened(readers) == {"a"}


def test_a_restored_backup_is_newer_whatever_its_number(several):
    a, b = Fake("a", 2000), Fake("b", 1100, restores=1)
    readers = several(a=a, b=b)
    readers.open(), readers.open()
    assert opened(readers) == {"b"}


def test_none_answers(several):
    with pytest.raises(OperationalError):
        several(a=Fake("a", None), p=Fake("p", None)).open()
