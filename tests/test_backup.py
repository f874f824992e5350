"""Backup and restore on a real PostgreSQL, and migrations that were cut short."""

import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from psycopg import sql
from psycopg.conninfo import make_conninfo

from futian_reform.operations.backups.dump import back_up
from futian_reform.operations.backups.folder import last_backup, prune
from futian_reform.operations.backups.proof import contents
from futian_reform.operations.backups.restore import restore as restore_backup
from futian_reform.operations.backups.server import BackupError, maintenance, parameters
from futian_reform.operations.embedded_postgres import programs
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


def restore(dump, **options) -> str:
    output = StringIO()
    call_command("restore", dump, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def tidy(restored):
    """Drops what a restoration keeps."""
    before = databases_on_server()
    yield restored
    connections.close_all()
    with psycopg.connect(**restored.maintenance, autocommit=True) as connection:
        for name in databases_on_server() - before:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def made(databases, tmp_path_factory):
    """A backup, and the name of a copy of the database that it was made of."""
    copy = f"{databases.name}_backed_up"
    User.objects.create_user("editor", password="correct horse battery")
    with editing_as("editor", "why"):
        Measure.objects.filter(code="2020-01").update(title_en="Kept by the backup")
    dump = back_up(tmp_path_factory.mktemp("made"), keep=3)
    connections.close_all()
    # A database that somebody uses, as the site of the browser tests may, cannot be copied.
    databases.execute("ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cut_off = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
    databases.execute(f"{cut_off}'{databases.name}'", f"CREATE DATABASE {copy} TEMPLATE {{name}}")
    databases.restore()
    yield dump, copy
    databases.execute(f"DROP DATABASE {copy}")


@pytest.fixture
def backup(made, tidy, tmp_path):
    """A backup of its own for the test, and the database as it was then."""
    dump, copy = made
    connections.close_all()
    tidy.execute("DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {{name}} TEMPLATE {copy}")
    for file in (dump, dump.with_suffix(".json")):
        shutil.copy2(file, tmp_path)
    return tmp_path / dump.name


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
    after = held()
    # All is as it was, but for a data version that begins another lineage, and one restoration more than before.
    (number, _at), rows = after.pop("data_version"), after["tables"].pop("measures_dataversion")
    assert (number, rows[0]) == (version + 1000, before["tables"].pop("measures_dataversion")[0] + 1)
    assert after["tables"] == before["tables"]
    assert User.objects.get().check_password("correct horse battery")
    assert Version.objects.filter(key="2020-01").latest("number").actor == "editor"
    assert ("kept in the database" in said) == ("DROP" not in wipe)
    # The restored database goes on where the old one stood: its triggers work, its reader role can read.
    with editing_as("editor"):
        Measure.objects.filter(code="2020-01").update(title_en="After")
    assert DataVersion.objects.using("reader").live().number == version + 1001


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


@pytest.mark.parametrize("only", [None, ["measure", "2020-05"]])
@pytest.mark.parametrize("damage", [cut, flip, promise_another_row, lose_manifest])
def test_a_damaged_backup_is_refused_before_anything_is_touched(backup, damage, only):
    with editing_as("editor"):
        Measure.objects.filter(code="2020-02").update(title_en="Newer than the backup")
    before, present = held(), databases_on_server()
    damage(backup)
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(backup, only=only)
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


def test_retention_is_by_days_and_spares_the_newest(tmp_path):
    def make(age: int) -> str:
        name = f"futian-{datetime.now(UTC) - timedelta(days=age):%Y%m%dT%H%M%S%f}Z-v{age}"
        (tmp_path / f"{name}.dump").touch()
        (tmp_path / f"{name}.json").touch()
        return name

    names = {age: make(age) for age in (1, 5, 29, 31, 40, 400)}
    (tmp_path / "futian-of-somebody.dump").touch()
    # The days spare more than the number does, then the number more than the days.
    for keep, days, stay in ((2, 35, {1, 5, 29, 31}), (3, 3, {1, 5, 29}), (1, 0, {1})):
        prune(tmp_path, keep, days)
        expected = {f"{names[age]}.{suffix}" for age in stay for suffix in ("dump", "json")}
        assert {path.name for path in tmp_path.iterdir()} == expected | {"futian-of-somebody.dump"}
    assert datetime.now(UTC) - last_backup(tmp_path) < timedelta(days=1, minutes=1)


def test_a_copy_elsewhere_that_fails_is_told_and_nothing_old_goes(backup, tmp_path):
    old = tmp_path / "futian-20200101T000000Z-v1.dump"
    old.touch()
    program, copies = tmp_path / "copy", tmp_path / "elsewhere"
    copies.mkdir()
    program.write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 4\n")
    program.chmod(0o755)
    with pytest.raises(BackupError, match=r"could not copy it: no route to host\. No old backup was removed"):
        back_up(tmp_path, keep=1, copy_with=str(program))
    assert old.exists()
    assert len(list(tmp_path.glob("*.dump"))) == 3
    program.write_text(f'#!/bin/sh\nset -e\ncp "$1" "$2" \'{copies}\'\n')
    newest = back_up(tmp_path, keep=1, copy_with=str(program))
    assert sorted(path.name for path in copies.iterdir()) == [newest.name, newest.with_suffix(".json").name]
    assert list(tmp_path.glob("*.dump")) == [newest]


def test_one_backup_or_restoration_at_a_time(backup, tmp_path):
    with maintenance():
        for attempt in (partial(back_up, tmp_path, keep=3), partial(restore_backup, backup)):
            with pytest.raises(BackupError, match="Another backup or restoration"):
                attempt()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_backup_of_an_older_release_is_migrated_before_it_is_used(tidy, tmp_path):
    older = gzip.decompress((Path(__file__).parent / "upgrades" / "1.0.sql.gz").read_bytes())
    connections.close_all()
    tidy.execute("DROP DATABASE {name} WITH (FORCE)", "CREATE DATABASE {name}")
    subprocess.run(
        [
            programs() / "psql",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={make_conninfo(**parameters())}",
        ],
        input=older,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    dump = back_up(tmp_path, keep=3)
    with psycopg.connect(**parameters()) as connection:
        number = connection.execute("SELECT number FROM measures_dataversion").fetchone()[0]
    said = restore(dump)
    assert re.search(r"[1-9]\d* migrations were applied", said)
    call_command("migrate", check_unapplied=True, verbosity=0)
    live = DataVersion.objects.live()
    assert (live.number, live.restores) == (
        number + 2 + 1000,
        1,
    )  # what the two migrations wrote, and the restoration


def test_a_backup_of_a_newer_release_is_refused(tidy, tmp_path):
    with psycopg.connect(**parameters()) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('measures', '9999_later', now())"
        )
    dump = back_up(tmp_path, keep=3)
    before, present = held(), databases_on_server()
    with pytest.raises(CommandError, match=r"9999_later, unknown here.*Nothing was changed"):
        restore(dump)
    assert (held(), databases_on_server()) == (before, present)


def test_no_number_is_given_out_twice_however_often_a_backup_is_restored(backup):
    seen = {DataVersion.objects.live().number}
    client, files = (
        Client(headers={"host": "localhost"}),
        ("/measures.csv", "/measures.json", "/measures.xlsx"),
    )

    def of_the_backup() -> list[bytes]:
        return [client.get(f"{file}?as_of={min(seen)}").getvalue() for file in files]

    kept_files = of_the_backup()
    for restorations in (1, 2):
        with editing_as("editor"):
            Measure.objects.filter(code="2020-02").update(title_en=f"Lost {restorations}")
        lost = Version.objects.of("measure", "2020-02").first()
        seen.add(lost.data_version)
        restore(backup)
        live = DataVersion.objects.live()
        assert (live.restores, live.number) == (restorations, min(seen) + 1000 * restorations)
        with editing_as("editor"):
            Measure.objects.filter(code="2020-02").update(title_en=f"Kept {restorations}")
        kept = Version.objects.of("measure", "2020-02").first()
        assert kept.data_version not in seen
        assert kept.number > lost.number
        assert kept.id > lost.id
        seen |= {live.number, kept.data_version}
        lost_is_nowhere(client, lost)
        assert of_the_backup() == kept_files


def lost_is_nowhere(client: Client, lost: Version) -> None:
    """What stood at an address before the restoration stands nowhere, and nothing else stands there."""
    for address in (
        "/measures/",
        "/en/measures/2020-02/",
        "/measures.csv",
        "/measures.xlsx",
        "/api/measures/2020-02/",
    ):
        response = client.get(f"{address}?as_of={lost.data_version}")
        assert response.status_code == 400, address
    for address in (f"/measures/2020-02/history/{lost.number}/", f"/api/changes/{lost.id}/"):
        assert client.get(address).status_code == 404, address
    for address in ("/en/changes/", "/en/changes.atom", "/api/changes/", "/en/measures/2020-02/history/"):
        assert lost.document["title_en"] not in client.get(address).text, address


def test_one_deleted_measure_comes_back_out_of_a_backup(backup):
    wanted = Version.objects.of("measure", "2020-05").first().document
    with editing_as("vandal"):
        Measure.objects.get(code="2020-05").delete()
        Measure.objects.filter(code="2020-01").update(title_en="Newer than the backup")
    databases = databases_on_server()
    assert "measure 2020-05 is as version 1 in" in restore(backup, only=["measure", "2020-05"])
    assert databases_on_server() == databases
    assert Version.objects.of("measure", "2020-05").first().document == wanted | {"status": "draft"}
    assert Measure.objects.get(code="2020-01").title_en == "Newer than the backup"
    latest = Version.objects.of("measure", "2020-05").first()
    assert (latest.actor, latest.note) == ("restore", f"{backup.name}, version 1")
    with pytest.raises(CommandError, match="knows no measure “2020-99”. Nothing was changed"):
        restore(backup, only=["measure", "2020-99"])


def test_a_backup_with_functions_of_another_state_is_refused(tidy, tmp_path):
    with psycopg.connect(**parameters()) as connection:
        connection.execute("DROP TRIGGER append_only ON measures_version")
    dump = back_up(tmp_path, keep=3)
    with pytest.raises(
        CommandError, match=r"another state of this code: trigger append_only.*Nothing was changed"
    ):
        restore(dump)


@pytest.mark.parametrize("only", [None, ["measure", "2020-05"]])
def test_a_backup_of_a_newer_server_is_refused(backup, only):
    """Before pg_restore, which cannot read the format of a newer one, says so in its own words."""
    content = bytearray(backup.read_bytes())
    content[5] = 99  # the major version of the format, behind PGDMP
    backup.write_bytes(content)
    newer = {"server": 99, "sha256": hashlib.sha256(content).hexdigest()}
    manifest = json.loads(backup.with_suffix(".json").read_text())
    backup.with_suffix(".json").write_text(json.dumps(manifest | newer))
    with pytest.raises(CommandError, match=r"of a PostgreSQL 99.*Nothing was changed"):
        restore(backup, only=only)


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
