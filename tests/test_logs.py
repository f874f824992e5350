"""Log lines of the site and of its PostgreSQL: what happened, and nothing of what anybody typed or who they are."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import psycopg
import pytest

from benchmarks.processes import wait_until
from benchmarks.site import ROOT
from benchmarks.throwaway_postgres import throwaway
from futian_reform.operations import postgres_log
from futian_reform.requests.logs import JsonFormatter


def line(name: str, message, *arguments) -> dict:
    record = logging.LogRecord(name, logging.ERROR, "", 1, message, arguments, None)
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    ("logger", "message", "arguments", "said"),
    [
        ("futian_reform.request", "answered in %s", ("time",), "answered in time"),
        ("_granian", "Application callable raised an exception\nValueError: typed", (), "Application callable raised an exception"),
        ("_granian", "Unexpected exit from worker-1", (), "Unexpected exit from worker-1"),
        ("django.security.csrf", "Forbidden (%s): %s", ("Referer https://x/?q=typed", "/"), "A request was refused"),
        ("django.security.SuspiciousOperation", "typed is suspicious", (), "A request was refused"),
        ("django.request", "Internal Server Error: %s", ("/en/",), "Internal Server Error: /en/"),
        ("csp.middleware", ValueError("typed"), (), "ValueError"),
        ("psycopg.pool", "error connecting: %s", ('role "typed"',), "error connecting: %s"),
        ("anybody", "", (), ""),
    ],
)  # fmt: skip
def test_messages_of_packages_keep_their_pattern_only(logger, message, arguments, said):
    assert line(logger, message, *arguments)["message"] == said


UNCAUGHT = """
import django; django.setup()
import threading
from futian_reform.requests.logs import log_uncaught
log_uncaught()
def fail(): raise ValueError("typed in a thread")
thread = threading.Thread(target=fail); thread.start(); thread.join()
raise ValueError("typed in the main thread")
"""


def test_what_nobody_catches_is_a_line_without_its_text():
    done = subprocess.run(
        [sys.executable, "-c", UNCAUGHT],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "futian_reform.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    lines = [json.loads(text) for text in done.stderr.splitlines()]
    assert [(said["message"], said["exception"][0]["type"]) for said in lines] == [
        ("uncaught", "builtins.ValueError")
    ] * 2
    assert "typed" not in done.stderr.replace("typed-", "")


PRIVATE = ("typed-by-a-reader", "name-of-staff")


def test_the_log_of_postgresql_is_private():
    with throwaway() as server:
        assert server.log.stat().st_mode & 0o777 == 0o600
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE account (name text PRIMARY KEY)")
            connection.execute("INSERT INTO account VALUES ('name-of-staff')")
            for statement in (
                "SELECT 'typed-by-a-reader'::int",
                "SELECT * FROM account WHERE name = 'typed-by-a-reader' AND nothing",
                "INSERT INTO account VALUES ('name-of-staff')",
                "DO $$ BEGIN RAISE WARNING 'typed-by-a-reader'; RAISE LOG 'a line of LOG'; END $$",
            ):
                with suppress(psycopg.Error):
                    connection.execute(statement)
        kill_a_backend_at_work(server)
        log = server.log.read_text()
    assert "a line of LOG" in log  # it is written, and would hold the rest
    assert "terminated by signal 9" in log
    assert [word for word in PRIVATE if word in log] == []


def kill_a_backend_at_work(server):
    """After which PostgreSQL tells what the process was running."""
    connection = psycopg.connect(server.url(), autocommit=True)

    def work():
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_sleep(60), 'typed-by-a-reader'")

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.5)
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    thread.join()
    wait_until(lambda: "terminated by signal 9" in server.log.read_text())


def test_a_log_that_became_long_is_begun_anew_while_the_server_writes(tmp_path):
    path = tmp_path / "postgres.log"
    assert postgres_log.prune(path) is False
    with postgres_log.open_log(path) as log:
        log.write(b"x" * postgres_log.MAX_SIZE)
        log.flush()
        assert postgres_log.prune(path) is False
        log.write(b"x")
        log.flush()
        assert postgres_log.prune(path) is True
        log.write(b"the server goes on\n")
    assert path.read_bytes() == b"the server goes on\n"
