"""Backup and restore on a real PostgreSQL, and migrations that were cut short."""

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connections
from psycopg import sql

from futian_reform.operations.backups import back_up, contents, parameters
from measures.models import DataVersion, Measure, Version
from measures.snapshots import editing_as


def held() -> dict:
    connections.close_all()
    with psycopg.connect(**parameters()) as connection:
        return contents(connection)


def databases_on_server() -> set[str]:
    """The test database and what was made from it; other workers have others."""
    own = parameters()["dbname"]
    with psycopg.connect(**parameters("postgres")) as connection:
        return {
            name for (name,) in connection.execute("SELECT datname FROM pg_database") if name.startswith(own)
        }


def restore(dump) -> str:
    output = StringIO()
    call_command("restore", dump, stdout=output)
    return output.getvalue()


@pytest.fixture
def backup(restored, tmp_path):
    User.objects.create_user("editor", password="correct horse battery")
    with editing_as("editor", "why"):
        Measure.objects.filter(code="2020-01").update(title_en="Kept by the backup")
    before = databases_on_server()
    yield back_up(tmp_path, keep=3)
    connections.close_all()
    with psycopg.connect(**restored.maintenance, autocommit=True) as connection:
        for name in databases_on_server() - before:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("wipe", ["DROP DATABASE {name} WITH (FORCE)", "SELECT 1"])
def test_backup_wipe_restore_gives_everything_back(backup, restored, wipe):
    before, version = held(), DataVersion.objects.live().number
    assert f"-v{version}.dump" in backup.name
    restored.execute(wipe)
    if "DROP" not in wipe:
        with editing_as("vandal"):
            Measure.objects.filter(parts=None).delete()
        User.objects.all().delete()
        assert held() != before
    said = restore(backup)
    assert held() == before
    assert User.objects.get().check_password("correct horse battery")
    assert Version.objects.filter(key="2020-01").latest("number").actor == "editor"
    assert ("kept in the database" in said) == ("DROP" not in wipe)
    # The restored database goes on where the old one stood: its triggers work, its reader role can read.
    with editing_as("editor"):
        Measure.objects.filter(code="2020-01").update(title_en="After")
    assert DataVersion.objects.using("reader").live().number == version + 1


def cut(dump):
    dump.write_bytes(dump.read_bytes()[:-1000])


def flip(dump):
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)


def promise_another_row(dump):
    manifest = json.loads(dump.with_suffix(".json").read_text())
    manifest["tables"]["measures_measure"][0] += 1
    dump.with_suffix(".json").write_text(json.dumps(manifest))


def lose_manifest(dump):
    dump.with_suffix(".json").unlink()


@pytest.mark.parametrize("damage", [cut, flip, promise_another_row, lose_manifest])
def test_a_damaged_backup_is_refused_before_anything_is_touched(backup, damage):
    with editing_as("editor"):
        Measure.objects.filter(code="2020-02").update(title_en="Newer than the backup")
    before, present = held(), databases_on_server()
    damage(backup)
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(backup)
    assert (held(), databases_on_server()) == (before, present)


def test_backups_are_private_and_the_oldest_go(backup, tmp_path):
    assert backup.stat().st_mode & 0o077 == 0
    for day in range(1, 6):
        for suffix in (".dump", ".json"):
            (tmp_path / f"futian-2020010{day}T000000Z-v1{suffix}").touch()
    newest = back_up(tmp_path, keep=3)
    left = sorted(path.name for path in tmp_path.iterdir())
    dumps = sorted({"futian-20200105T000000Z-v1.dump", backup.name, newest.name})
    assert left == sorted([*dumps, *(name.replace(".dump", ".json") for name in dumps)])


def test_an_interrupted_migration_can_be_run_again(restored):
    restored.use(restored.name)
    restored.execute("DROP DATABASE {name} WITH (FORCE)", "CREATE DATABASE {name}")
    host = restored.maintenance["host"].replace("/", "%2F")
    url = f"postgresql://{restored.maintenance['user']}@{host}:{restored.maintenance['port']}/{restored.name}"
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "futian_reform.settings"}

    def applied() -> int:
        with psycopg.connect(**parameters()) as connection:
            if not connection.execute("SELECT to_regclass('django_migrations')").fetchone()[0]:
                return 0
            return connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0]

    for stop_at in (1, 8):
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
        while applied() < stop_at and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, env=environment, cwd=settings.BASE_DIR, check=True)
    call_command("load_content", stdout=StringIO())
    assert Measure.objects.count() == 28
    call_command("migrate", check_unapplied=True, verbosity=0)
