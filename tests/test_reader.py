"""What public pages read with: a role that can SELECT the content, one snapshot, a replica where there is one."""

import json
import os
import shutil
import subprocess
import sys
from io import StringIO
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import InternalError, connections
from django.urls import path
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from benchmarks.processes import wait_until
from benchmarks.throwaway_postgres import throwaway
from measures.models import Measure, PublicVersion
from measures.snapshots import current_version, editing_as, public_snapshot

READABLE = {
    "django_migrations", "measures_characterpair", "measures_dataversion", "measures_facetset", "measures_publicversion",
    "measures_reading", "measures_searchname", "measures_searchrow", "measures_word",
}  # fmt: skip


@pytest.fixture
def reader(databases):
    """A connection with the role's rights and none of the connection's own guards: only the role holds it back."""
    call_command("reader_role", stdout=StringIO())  # what it forbids on the database itself no copy inherits
    with psycopg.connect(**databases.maintenance | {"dbname": databases.name}, autocommit=True) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(settings.READER_ROLE)))
        yield connection


def test_role_can_select_what_is_public_and_nothing_else(reader):
    tables = [
        name
        for (name,) in reader.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    ]
    readable = [
        name
        for name in tables
        if reader.execute("SELECT has_any_column_privilege(%s, 'SELECT')", [name]).fetchone()[0]
    ]
    assert set(readable) == READABLE
    for name in (
        "measures_measure",
        "measures_plan",
        "measures_version",
        "measures_touched",
        "auth_user",
        "django_session",
        "django_admin_log",
        "axes_accessattempt",
        "axes_accesslog",
    ):
        assert name in tables
        with pytest.raises(InsufficientPrivilege):
            reader.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(name)))


def test_role_cannot_write_to_any_table(reader):
    for name, privilege in reader.execute(
        "SELECT tablename, privilege FROM pg_tables,"
        " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege"
        " WHERE schemaname = 'public' AND has_table_privilege(format('public.%I', tablename), privilege)"
    ):
        pytest.fail(f"{privilege} on {name}")
    for statement in (
        "UPDATE measures_measure SET title_zh = ''",
        "DELETE FROM measures_version",
        "TRUNCATE measures_plan CASCADE",
        "INSERT INTO measures_dataversion VALUES (2, now(), gen_random_uuid(), 0)",
        "SELECT * FROM measures_dataversion FOR UPDATE",
        "SELECT nextval('measures_measure_id_seq')",
        "SELECT setval('measures_measure_id_seq', 1)",
    ):
        with pytest.raises(InsufficientPrivilege):
            reader.execute(statement)


def test_role_cannot_create_anything(reader, databases):
    for statement in (
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION pg_trgm",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "COPY measures_plan TO '/tmp/mine'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('.')",
        "ALTER SYSTEM SET work_mem = '1GB'",
    ):
        with pytest.raises(psycopg.Error) as caught:
            reader.execute(statement)
        assert isinstance(caught.value, InsufficientPrivilege), statement


def test_role_does_not_learn_who_edited(reader):
    assert reader.execute("SELECT count(*), count(note) FROM measures_publicversion").fetchone()[0] > 28
    for column in ("actor", "private_note"):
        with pytest.raises(psycopg.errors.UndefinedColumn):
            reader.execute(sql.SQL("SELECT {} FROM measures_publicversion").format(sql.Identifier(column)))
    with public_snapshot():
        assert PublicVersion.objects.filter(kind="measure").count() == 28
        assert PublicVersion.objects.get(key="2020-01").document["code"] == "2020-01"


def test_no_query_of_the_role_tells_of_what_was_never_public(reader, restored):
    """Not even by the text of an error: conditions are looked at only where the view shows a row."""
    new = {"category_id": 1, "slug": "x", "title_zh": "秘", "basis": "named"}
    Measure.objects.create(plan_id=2020, number=99, **new)
    for column in ("key", "note", "document"):
        query = sql.SQL("SELECT FROM measures_publicversion WHERE key = '2020-99' AND {}::text::numeric = 1")
        assert reader.execute(query.format(sql.Identifier(column))).fetchall() == []
    with pytest.raises(psycopg.errors.InvalidTextRepresentation) as caught:
        reader.execute("SELECT FROM measures_publicversion WHERE key::numeric = 1")
    assert "2020-99" not in str(caught.value)


def test_a_public_view_that_writes_fails(client, settings, monkeypatch):
    from futian_reform import urls

    def careless(request):
        Measure.objects.filter(code="2020-01").update(title_zh="改")

    with_careless = SimpleNamespace(**vars(urls))
    with_careless.urlpatterns = [path("careless", careless), *urls.urlpatterns]
    monkeypatch.setitem(sys.modules, "urls_with_careless", with_careless)
    settings.ROOT_URLCONF = "urls_with_careless"
    client.raise_request_exception = False
    titles = list(Measure.objects.values_list("title_zh", flat=True))
    response = client.get("/careless")
    assert response.status_code == 500
    assert isinstance(response.exc_info[1], InternalError)
    assert response.exc_info[1].__cause__.sqlstate == "25006"  # read_only_sql_transaction
    assert list(Measure.objects.values_list("title_zh", flat=True)) == titles


def test_a_public_request_sees_one_snapshot(restored):
    with public_snapshot():
        before = current_version().number
        with editing_as("test"):
            Measure.objects.using("default").filter(code="2020-01").update(title_en="Meanwhile")
        assert current_version().number == before
        assert not PublicVersion.objects.filter(document__title_en="Meanwhile").exists()
    with public_snapshot():
        assert current_version().number == before + 1


def test_reader_sessions_have_limits(databases):
    with connections["reader"].cursor() as cursor:
        limits = {}
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "role"):
            cursor.execute(f"SHOW {name}")
            limits[name] = cursor.fetchone()[0]
        cursor.execute("SHOW default_transaction_read_only")
        assert cursor.fetchone() == ("on",)
    assert limits == {
        "statement_timeout": "5s",
        "lock_timeout": "1s",
        "idle_in_transaction_session_timeout": "30s",
        "role": "futian_reader",
    }


PROGRAM = """
import django, json
django.setup()
from django.db import connections
from django.test import Client
client = Client(headers={"host": "localhost"})
with connections["reader"].cursor() as cursor:
    cursor.execute("SELECT session_user, current_user, pg_is_in_recovery()")
    who = cursor.fetchone()
page = client.get("/en/measures/2020-01/")
ready = client.get("/readyz")
print(json.dumps([who, page.status_code, page["X-Data-Version"], "Streamed" in page.text, ready.status_code, ready.json()]))
"""


def run(program: list[str], **environment) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE")}
    done = subprocess.run(
        [sys.executable, *program],
        env=inherited | {"DJANGO_SETTINGS_MODULE": "futian_reform.settings"} | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def replica(databases):
    """A streaming replica of the test server, made by pg_basebackup; for tests on the embedded server only."""
    host = databases.maintenance["host"]
    if not host.startswith("/"):
        pytest.skip("needs the embedded PostgreSQL: a server of your own may not let replicas in")
    with throwaway() as server:
        server.stop()
        account = server._account()
        shutil.rmtree(server.cluster)
        server.cluster.mkdir(mode=0o700)
        os.chown(server.cluster, account.uid, account.gid)
        server._run(
            account,
            "pg_basebackup",
            "-h",
            host,
            "-p",
            "5432",
            "-U",
            "postgres",
            "-D",
            str(server.cluster),
            "-R",
            "-c",
            "fast",
        )
        server._create_socket_dir(account)  # it went with the server
        server._launch(account)
        yield server


def test_public_pages_read_from_a_streaming_replica(restored, replica):
    primary = f"postgresql://postgres@{restored.maintenance['host'].replace('/', '%2F')}:5432/{restored.name}"
    environment = {
        "DATABASE_URL": primary,
        "DATABASE_READER_URL": replica.url(restored.name, "reader_of_replica"),
    }
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS reader_of_replica")
        cursor.execute("CREATE ROLE reader_of_replica LOGIN IN ROLE futian_reader")
    with editing_as("test"):
        Measure.objects.filter(code="2020-01").update(title_en="Streamed to the replica")
    newest = current_version("default").number
    shown = "SELECT max(number) FROM measures_dataversion"
    with psycopg.connect(replica.url(restored.name), autocommit=True) as connection:
        wait_until(lambda: connection.execute(shown).fetchone()[0] >= newest)
        who, status, version, streamed, ready_status, ready = json.loads(run(["-c", PROGRAM], **environment))
        assert who == ["reader_of_replica", "reader_of_replica", True]
        assert (status, version, streamed) == (200, str(newest), True)
        assert (ready_status, ready["replica"]) == (
            200,
            {"primary": True, "versions_behind": 0, "lag_seconds": 0.0},
        )

        # For a replica that lags, which /readyz tells, the primary fills in.
        with psycopg.connect(replica.url(restored.name), autocommit=True) as admin:
            admin.execute("SELECT pg_wal_replay_pause()")
        with editing_as("test"):
            Measure.objects.filter(code="2020-01").update(title_en="Not there yet")
        _who, status, version, streamed, _status, ready = json.loads(run(["-c", PROGRAM], **environment))
        assert (status, version, streamed, ready["replica"]["versions_behind"]) == (
            200,
            str(newest + 1),
            False,
            1,
        )
        assert ready["replica"]["lag_seconds"] > 0
        assert [reader["data_version"] for reader in ready["readers"].values()] == [newest, newest + 1]

        # Without the primary it serves on alone, and pages bear the version that they were made from.
        environment["DATABASE_URL"] = "postgresql://postgres@127.0.0.1:1/nowhere"
        _who, status, version, streamed, ready_status, ready = json.loads(run(["-c", PROGRAM], **environment))
        assert (status, version, streamed) == (200, str(newest), True)
        assert (ready_status, ready["replica"]["primary"]) == (200, False)
        assert [reader["answers"] for reader in ready["readers"].values()] == [True, False]
