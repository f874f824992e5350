"""`make run`: what it prints, what it leaves alone, how it ends, and what it says when it cannot serve."""

import ast
import http.client
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from benchmarks.processes import wait_until
from benchmarks.site import free_port
from benchmarks.throwaway_postgres import throwaway
from futian_reform.operations.embedded_postgres import EmbeddedPostgres
from futian_reform.operations.listening import free_address
from futian_reform.operations.prepare import ServeError, collect_static_files

ROOT = Path(__file__).resolve().parent.parent
DECIDED_BY_THE_TEST = re.compile(
    r"DATABASE_|FUTIAN_DATA$|SECRET_KEY$|SITE_ORIGIN$|HOST$|PORT$|PYTEST|MAKE|PYTHON$"
)


def environment(**variables):
    kept = {name: value for name, value in os.environ.items() if not DECIDED_BY_THE_TEST.match(name)}
    return kept | {name: str(value) for name, value in variables.items()}


def refusal(*arguments, before=(), **variables):
    """The one line on standard error of a command that fails without a traceback; `before` are others before it."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**{"PORT": free_port()} | variables),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stdout + done.stderr
    *others, line = done.stderr.splitlines()
    assert others == list(before)
    return line


@contextmanager
def serving(data, workers=1):
    """A `serve` that has printed its last line; `.lines` are what it printed, `.port` is where it listens."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve", f"--workers={workers}"],
        cwd=ROOT,
        env=environment(FUTIAN_DATA=data, PORT=port),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # requests that a drill cut off leave tracebacks
        text=True,
    ) as server:
        try:
            server.port, server.lines = port, []
            while not server.lines or not server.lines[-1].startswith("Serving on"):
                line = server.stdout.readline()
                assert line, server.lines
                server.lines.append(line.rstrip())
            yield server
        finally:
            server.kill()


def status(server, path="/measures/"):
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status
    except OSError:
        return None


def read_to(server, last: str) -> bool:
    """Whether the server prints that line before it ends."""
    return any(line.rstrip() == last for line in server.stdout)


def nobody_listens(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="futian-test-") as name:
        os.chmod(name, 0o755)  # for the account that root's PostgreSQL runs as
        yield Path(name)


@pytest.fixture(scope="module")
def data(folder, with_static_files):
    """A data directory after `serve --prepare-only`."""
    (folder / "福田 data").mkdir()
    with_static_files(folder / "福田 data")
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--prepare-only"],
        cwd=ROOT,
        env=environment(FUTIAN_DATA=folder / "福田 data"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"Starting PostgreSQL in {folder}/福田 data."
    assert re.fullmatch(r"Applying \d+ migrations\.", lines[1])
    assert lines[2:] == [
        "The shipped content is loaded.",
        "The role futian_reader can read the content and nothing else.",
    ]
    return folder / "福田 data"


@pytest.fixture(scope="module")
def postgres(data):
    return EmbeddedPostgres(data)


def test_a_later_start_leaves_alone_what_staff_edited_and_stops_cleanly(data, postgres):
    with postgres.session(), psycopg.connect(postgres.url()) as connection:
        connection.execute("UPDATE measures_measure SET title_en = 'Edited' WHERE number = 15")
    with serving(data) as server:
        assert server.lines == [
            f"Port {server.port} is free.",
            f"Starting PostgreSQL in {data}.",
            "The database has content; it stays as it is.",
            "The role futian_reader can read the content and nothing else.",
            f"Serving on http://127.0.0.1:{server.port}/",
        ]
        with psycopg.connect(postgres.url()) as connection:
            edited = connection.execute("SELECT title_en FROM measures_measure WHERE number = 15").fetchall()
        assert edited == [("Edited",)]
        assert status(server) == 200
        server.send_signal(signal.SIGINT)
        assert (server.stdout.read(), server.wait(20)) == ("Stopped.\n", 0)
    assert nobody_listens(server.port)
    assert not postgres.is_ready()
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_static_files_are_collected_when_they_changed(settings, tmp_path):
    settings.FUTIAN_DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder"
    ]  # not the desk's many
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "site.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [tmp_path / "own"]

    def said() -> list[str]:
        lines = []
        collect_static_files(lines.append)
        return lines

    assert (said(), said()) == (["Collecting static files."], [])
    (tmp_path / "own" / "site.css").write_text("body { color: darkred }")
    assert (said(), said()) == (["Collecting static files."], [])
    # Here, for at the top pytest's look at the name would make the storage read its manifest before there is one.
    from django.contrib.staticfiles.storage import staticfiles_storage

    assert "darkred" in (tmp_path / "static" / staticfiles_storage.stored_name("site.css")).read_text()


def test_it_survives_the_death_of_postgres_and_takes_new_code_without_a_gap(data, postgres):
    with serving(data, workers=2) as server:
        os.kill(int((postgres.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert server.stdout.readline() == "PostgreSQL had stopped and was started again.\n"
        wait_until(lambda: status(server) == 200)

        server.send_signal(signal.SIGHUP)
        answers = set()
        with ThreadPoolExecutor(1) as reader:
            reading = reader.submit(read_to, server, "The web processes run the code on the disk.")
            while not reading.done():
                answers.add(status(server, "/healthz"))
                time.sleep(0.1)
        assert (reading.result(), answers) == (True, {200})

        server.send_signal(signal.SIGTERM)
        assert (server.stdout.read(), server.wait(20)) == ("Stopped.\n", 0)
    assert nobody_listens(server.port)
    assert not postgres.is_ready()


def test_killed_it_lets_go_of_its_port_and_starts_again(data, postgres):
    with serving(data) as server:
        server.kill()
        server.wait()
        wait_until(lambda: nobody_listens(server.port))
    assert postgres.is_ready()
    with serving(data) as server:
        assert status(server) == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert not postgres.is_ready()


def test_other_commands_share_the_server_of_serve(data, postgres):
    with postgres.session():
        subprocess.run(
            [sys.executable, "manage.py", "showmigrations"],
            cwd=ROOT,
            env=environment(FUTIAN_DATA=data),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        assert postgres.is_ready()
    assert not postgres.is_ready()


PUBLIC_PAGE = """
import django
django.setup()
from django.db import connections
from django.test import Client
with connections["reader"].cursor() as cursor:
    cursor.execute("SELECT session_user, current_user")
    print(*cursor.fetchone(), Client(headers={"host": "localhost"}).get("/en/measures/").status_code)
"""


def test_public_pages_come_in_as_the_reader_role_itself(data, postgres):
    with postgres.session():
        done = subprocess.run(
            [sys.executable, "-c", PUBLIC_PAGE],
            cwd=ROOT,
            env=environment(FUTIAN_DATA=data, DJANGO_SETTINGS_MODULE="futian_reform.settings"),
            capture_output=True,
            text=True,
        )
    # There is no RESET ROLE back to a mightier account.
    assert done.stdout == "futian_reader futian_reader 200\n", done.stderr


def test_a_command_without_a_database_starts_none(folder):
    subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment(FUTIAN_DATA=folder / "checked"),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    assert [path.name for path in (folder / "checked").iterdir()] == ["secret_key"]


def test_a_taken_port():
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = str(occupant.getsockname()[1])
        with pytest.raises(ServeError) as caught:
            free_address("127.0.0.1", port)
    assert str(caught.value) == (
        f"Port {port} of 127.0.0.1 is taken by another program. Stop that program, or choose another port: "
        "make run PORT=8001."
    )


@pytest.mark.parametrize("port", ["abc", "", "0", "65536", "-1", "８０００", "80.0"])
def test_an_impossible_port(port):
    with pytest.raises(ServeError) as caught:
        free_address("127.0.0.1", port)
    assert str(caught.value) == f"PORT is {port!r}; give it a whole number from 1 to 65535, such as 8000."


def test_addresses():
    assert free_address("localhost", str(free_port())) in {"127.0.0.1", "::1"}
    with pytest.raises(
        ServeError, match="^HOST is 'nowhere.invalid', which is no address of this machine. Try 127.0.0.1.$"
    ):
        free_address("nowhere.invalid", "8000")
    with pytest.raises(
        ServeError, match=r"^203.0.113.1 port 8000 cannot be opened \(.*\). Try HOST=127.0.0.1.$"
    ):
        free_address("203.0.113.1", "8000")


@pytest.mark.parametrize(
    ("command", "named"), [("serve", []), ("showmigrations", ["Database: reform on 127.0.0.1"])]
)
def test_an_unreachable_database(folder, command, named):
    port = free_port()
    url = f"postgresql://me:secret@127.0.0.1:{port}/reform"
    assert refusal(command, before=named, FUTIAN_DATA=folder, DATABASE_URL=url) == (
        'The database reform cannot be used: connection failed: connection to server at "127.0.0.1", port '
        f"{port} failed: Connection refused. Start that server, or correct DATABASE_URL. Without DATABASE_URL the site "
        "starts a PostgreSQL of its own."
    )


@pytest.mark.parametrize("command", ["serve", "showmigrations"])
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://me:secret@localhost/reform", "not a PostgreSQL address"),
        ("postgresql://me:secret@localhost/", "it names no database"),
        ("postgresql://me:secret@localhost", "it names no database"),
        ("postgresql://me:secret@localhost/reform?nope=1", 'invalid connection option "nope"'),
    ],
)
def test_a_malformed_database_address(folder, command, url, reason):
    assert refusal(command, FUTIAN_DATA=folder, DATABASE_URL=url) == (
        f"DATABASE_URL cannot be read ({reason}). Write it as "
        "postgresql://user:password@host:5432/database, with special characters in the password percent-encoded."
    )


def test_an_address_may_ask_for_a_connection_pool(folder):
    url = "postgresql://me:secret@127.0.0.1:1/reform?pool=true"
    show = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['pool'])"
    shown = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", show],
        cwd=ROOT,
        env=os.environ | {"FUTIAN_DATA": str(folder), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "True\n"


def test_a_wrong_password_a_missing_database_and_missing_rights(folder):
    with throwaway() as server:
        rules = server.cluster / "pg_hba.conf"
        rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
            connection.execute("CREATE ROLE guest LOGIN")
            connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
            connection.execute("SELECT pg_reload_conf()")
        place = f'connection failed: connection to server on socket "{server.socket_dir}/.s.PGSQL.5432" failed: FATAL: '
        wrong = server.url(user="locked").replace("locked@", "locked:wrong@")
        assert refusal("serve", FUTIAN_DATA=folder, DATABASE_URL=wrong) == (
            f'The database futian cannot be used: {place} password authentication failed for user "locked". Correct '
            "user and password in DATABASE_URL; special characters in it are percent-encoded."
        )
        assert refusal("serve", FUTIAN_DATA=folder, DATABASE_URL=server.url("nowhere")) == (
            f'The database nowhere cannot be used: {place} database "nowhere" does not exist. Create it on that '
            "server, or correct DATABASE_URL."
        )
        assert refusal("serve", FUTIAN_DATA=folder, DATABASE_URL=server.url(user="guest")) == (
            "The database futian cannot be used: permission denied for schema public. Make this account the owner of "
            "the database, or name another account in DATABASE_URL."
        )
        assert refusal("serve", FUTIAN_DATA=folder, DATABASE_URL=server.url("latin")) == (
            "The database is encoded in LATIN1. Create one in UTF8 and name it in DATABASE_URL."
        )


def test_a_database_newer_than_the_code(data, postgres):
    def execute(statement):
        with postgres.session(), psycopg.connect(postgres.url()) as connection:
            connection.execute(statement)

    execute("INSERT INTO django_migrations (app, name, applied) VALUES ('measures', '9999_future', now())")
    try:
        assert refusal("serve", "--prepare-only", FUTIAN_DATA=data) == (
            "The database is newer than this code: it has the migration 9999_future, unknown here. Nothing was "
            "changed. Update the code (git pull), restore the backup made before the update, or name another "
            "directory in FUTIAN_DATA."
        )
    finally:
        execute("DELETE FROM django_migrations WHERE name = '9999_future'")


def test_an_unwritable_data_directory(folder):
    (folder / "file").touch()
    assert refusal("serve", FUTIAN_DATA=folder / "file" / "data") == (
        f"The data directory {folder}/file/data cannot be used (Not a directory). Make it writable for this user, "
        "free some space, or name another directory in FUTIAN_DATA."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk(folder):
    mount_point = folder / "small disk"
    mount_point.mkdir()
    script = 'mount -t tmpfs -o size=8m tmpfs "$1" || exit 77; exec "$2" manage.py serve'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", mount_point, sys.executable],
        cwd=ROOT,
        env=environment(FUTIAN_DATA=mount_point / "data", PORT=free_port()),
        capture_output=True,
        text=True,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("this machine does not let root mount a small disk")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"The embedded PostgreSQL in {mount_point}/data cannot be used: ")
    assert line.endswith(
        "The disk is full: free some space and start again. Everything saved so far is kept."
    )


def test_a_python_that_is_too_old(monkeypatch):
    source = (ROOT / "manage.py").read_text()
    ast.parse(source, feature_version=(3, 6))  # it must get far enough to say so
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    monkeypatch.setattr(sys, "version", "3.10.4 (main)")
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
    assert caught.value.code == (
        "This is Python 3.10.4, and the site needs 3.11 or newer. Install one (Debian, Ubuntu: apt install python3.11 "
        "python3.11-venv) and start again with: make run PYTHON=python3.11"
    )


@pytest.mark.parametrize(
    ("interpreter", "message"),
    [
        (
            "exit 1",
            "{python} is not Python 3.11 or newer. Install one (Debian, Ubuntu: apt install python3 python3-venv), or "
            "name yours: make run PYTHON=/path/to/python3.12",
        ),
        (
            'case "$2" in *ensurepip*) exit 1; esac',
            "{python} cannot make virtual environments. Install what it lacks (Debian, Ubuntu: apt install "
            "python3-venv), or name another: make run PYTHON=/path/to/python3.12",
        ),
    ],
)
def test_make_without_a_usable_python(tmp_path, interpreter, message):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{interpreter}\n")
    python.chmod(0o755)
    done = subprocess.run(
        ["make", "run", f"PYTHON={python}"], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == message.format(python=python)
    assert not (tmp_path / ".venv").exists()
