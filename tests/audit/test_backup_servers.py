"""Backups of another server: taken to a newer one, cut short, and by an account with few rights."""

import re
import time

import psycopg

from benchmarks.throwaway_postgres import throwaway
from tests.servers import PASSWORD
from tests.test_backup_servers import Site, backup, dump, server, site, titles  # noqa: F401


def test_a_backup_of_an_older_server_is_restored_on_a_newer_one(server, site, dump, prepared_cluster):  # noqa: F811
    with throwaway(prepared_cluster) as newer:
        named = {"DATABASE_URL": newer.url(), "DATABASE_READER_URL": ""}
        site.manage("restore", dump, **named)
        with psycopg.connect(newer.url()) as connection:
            assert connection.info.server_version // 10000 > int(server.programs.parent.name)
            query = "SELECT title_en FROM measures_measure ORDER BY code"
            assert connection.execute(query).fetchall() == titles(server)
            assert titles(server)[0] == ("From the older server",)
        assert site.manage("live_sql", "--check", **named).startswith("Database: futian")


def test_without_createrole_the_message_says_what_an_administrator_runs_once(server, tmp_path):  # noqa: F811
    server.execute(f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'", "CREATE DATABASE plain OWNER plain")
    named = {"DATABASE_URL": server.url("plain", "plain"), "DATABASE_READER_URL": ""}
    named["DATABASE_READER_ROLE"] = "plain_reader"
    own = Site(server, tmp_path)
    said = own.manage("serve", "--prepare-only", fails=True, **named)
    assert "run: CREATE ROLE plain_reader; GRANT plain_reader TO <your account>;" in said
    server.execute("CREATE ROLE plain_reader", "GRANT plain_reader TO plain")
    said = own.manage("reader_role", **named)
    assert "The role plain_reader can read the content and nothing else." in said


def test_what_killed_runs_leave_the_next_one_removes(server, site, dump, tmp_path):  # noqa: F811
    for command, argument in (("restore", dump), ("backup", tmp_path)):
        known = site.databases()
        with site.start(command, argument) as process:
            while set(site.databases()) <= set(known):
                assert process.poll() is None
                time.sleep(0.01)
            process.kill()
        (scratch,) = set(site.databases()) - set(known)
        assert re.fullmatch(r"futian_scratch_[0-9a-f]{8}", scratch)
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    newest = backup(site, tmp_path)
    assert site.databases() == ["futian"]
    after = sorted(path.name for path in tmp_path.iterdir())
    assert after == [newest.name, newest.with_suffix(".json").name]
