"""Backups of a server that is not the embedded one: its own version, TLS, passwords. More of them in `make audit`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from futian_reform.operations.backups.client_tools import client_tools
from futian_reform.operations.backups.server import BackupError
from futian_reform.operations.embedded_postgres import programs

from .servers import PASSWORD, system_server

ACCOUNT = "site"
READER = "site_reader"


@pytest.fixture(scope="module")
def server():
    """A database as README says that an administrator makes it, and nothing more."""
    with system_server() as server:
        server.execute(
            f"CREATE ROLE {ACCOUNT} LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'",
            f"CREATE DATABASE futian OWNER {ACCOUNT}",
        )
        yield server


class Site:
    """Commands of the site on that database, with a login of its own for reading."""

    def __init__(self, server, folder: Path):
        self.server = server
        misleading = ("DATABASE", "PG", "BACKUP")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(misleading)}
        self.environment = inherited | {
            "DATABASE_URL": server.url("futian", ACCOUNT),
            "DATABASE_READER_URL": server.url("futian", READER),
            "FUTIAN_DATA": str(folder),
        }

    def start(self, *arguments, **environment) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def manage(self, *arguments, fails=False, **environment) -> str:
        with self.start(*arguments, **environment) as process:
            output, _ = process.communicate(timeout=120)
        assert (process.returncode != 0) == fails, output
        return output

    def databases(self) -> list[str]:
        named = "SELECT datname FROM pg_database WHERE datname ~ 'futian' ORDER BY 1"
        return [name for (name,) in self.server.execute(named)]


PREPARE = """
import django
django.setup()
from django.core.management import call_command
for command in ("migrate", "load_content", "reader_role"):
    call_command(command, verbosity=0)
"""


def prepare(environment: dict[str, str]):
    """Give the database the site's tables and content, as its owner."""
    subprocess.run(
        [sys.executable, "-c", PREPARE],
        env=environment | {"DJANGO_SETTINGS_MODULE": "futian_reform.settings", "DATABASE_READER_URL": ""},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def site(server, tmp_path_factory):
    site = Site(server, tmp_path_factory.mktemp("site"))
    prepare(site.environment)
    server.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}' IN ROLE futian_reader")
    return site


def backup(site, folder: Path, **environment) -> Path:
    before = set(folder.glob("*.dump"))
    site.manage("backup", folder, **environment)
    (dump,) = set(folder.glob("*.dump")) - before
    return dump


@pytest.fixture(scope="module")
def dump(server, site, tmp_path_factory) -> Path:
    """A backup of that database, whose first measure has another title than the shipped content."""
    server.execute(
        "UPDATE measures_measure SET title_en = 'From the older server' WHERE number = 1", database="futian"
    )
    return backup(site, tmp_path_factory.mktemp("backups"))


def titles(server) -> list:
    return server.execute("SELECT title_en FROM measures_measure ORDER BY code", database="futian")


def test_backup_and_restore_while_a_reader_of_its_own_is_connected(server, site, dump):
    server.execute(
        "ALTER DATABASE futian SET search_path TO public, pg_catalog",
        "REVOKE CONNECT ON DATABASE futian FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE futian TO {READER}",
    )
    before = titles(server)
    server.execute("UPDATE measures_measure SET title_en = 'Lost'", database="futian")
    reader = psycopg.connect(server.url("futian", READER))
    reader.execute("SELECT count(*) FROM measures_searchrow")
    said = site.manage("restore", dump)
    with pytest.raises(psycopg.OperationalError):
        reader.execute("SELECT 1")
    assert titles(server) == before
    # The account that only reads can go on, can do no more than before, and nobody else can come in.
    with psycopg.connect(server.url("futian", READER)) as reader:
        present = "SELECT count(*) FROM measures_searchrow WHERE until IS NULL"
        assert reader.execute(present).fetchone() == (28,)
        assert reader.execute("SHOW search_path").fetchone() == ("public, pg_catalog",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT FROM auth_user")
    assert (
        site.manage("live_sql", "--check") == "Database: futian on localhost\n"
    )  # on a server of this version too, and out of a dump
    connect = "SELECT has_database_privilege('public', 'futian', 'CONNECT')"
    assert server.execute(connect) == [(False,)]
    (kept,) = [name for name in site.databases() if "_before_" in name]
    assert f"is kept in the database {kept}" in said
    server.execute(f"DROP DATABASE {kept}")
    assert site.databases() == ["futian"]


def test_nothing_travels_in_plain_text_even_where_the_server_allows_it(server, site, tmp_path):
    """Without sslmode in the address libpq prefers TLS, and its programs would fall back to plain text."""
    start, name = server.log.stat().st_size, "named-in-the-address"
    url = server.url("futian", ACCOUNT, sslmode="prefer", application_name=name)
    dump = backup(site, tmp_path, DATABASE_URL=url)
    assert json.loads(dump.with_suffix(".json").read_text())["server"] == int(server.programs.parent.name)
    lines = [line for line in server.log.read_text()[start:].splitlines() if "connection authorized" in line]
    assert len(lines) > 3
    assert [line for line in lines if "SSL enabled" not in line] == []
    # The programs get every parameter of the address, and so do the connections beside them.
    assert [line for line in lines if f"application_name={name} " not in line] == []


WITHOUT_TLS = """#!/bin/sh
case "$1" in
--version) echo "$(basename "$0") (PostgreSQL) {version}.1";;
*) echo 'error: sslmode value "require" invalid when SSL support is not compiled in' >&2; exit 1;;
esac
"""


@pytest.mark.parametrize("kind", ["of another version", "without TLS"])
def test_programs_that_do_not_fit_are_refused_with_the_remedy(server, tmp_path, monkeypatch, kind):
    folder, version = programs(), server.programs.parent.name
    if kind == "without TLS":
        folder = tmp_path
        for program in ("pg_dump", "pg_restore"):
            (folder / program).write_text(WITHOUT_TLS.format(version=version))
            (folder / program).chmod(0o755)
    monkeypatch.setenv("PG_BIN", str(folder))
    with psycopg.connect(server.url()) as connection, pytest.raises(BackupError) as refused:
        client_tools(connection)
    said = str(refused.value)
    assert f"not in PG_BIN ({folder})" in said
    assert f"postgresql-client-{version}" in said
    assert ("that speak TLS" in said) == (kind == "without TLS")
