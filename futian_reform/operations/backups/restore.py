"""Putting a backup in the place of the site's database."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

from measures.models.live_sql import differences

from ..reader_role import grant_reader
from ..unknown_migrations import unknown_migrations
from .proof import compare
from .scratch import scratch_database, short
from .server import BackupError, maintenance, parameters, site_database
from .swap import carry_over, swap


class Restored(NamedTuple):
    kept_as: str  # the name that the database before has now; "" where there was none
    migrated: int  # how many migrations the backup lacked


def restore(dump: Path) -> Restored:
    """Replace the site's database by a backup. Raises BackupError.

    Whatever is wrong with the backup is found, and whatever it lacks is made good, in the scratch database; the site's own
    is touched last, by one transaction that gives both their new names.
    """
    kept_as = f"{short(site_database())}_before_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}"
    try:
        with maintenance() as beside, proved(dump, beside) as scratch:
            restorations = 1 + max(restorations_of(scratch), restorations_of(site_database()))
            with site_connected_to(scratch):
                migrated = bring_up_to_date()
                begin_lineage(restorations)
                if settings.READER_ROLE:
                    grant_reader(settings.READER_ROLE)
            carry_over(site_database(), scratch, beside)
            connections.close_all()
            existed = swap(scratch, site_database(), kept_as, beside)
    except (psycopg.Error, Error) as error:
        raise BackupError(
            f"The backup could not be restored: {str(error).strip()}. Nothing was changed."
        ) from error
    return Restored(kept_as if existed else "", migrated)


@contextmanager
def proved(dump: Path, beside: psycopg.Connection) -> Iterator[str]:
    """A scratch database with what the backup holds, once all about the backup was found right. Raises BackupError."""
    held = checked_manifest(dump)
    refuse_newer_server(held, beside)
    with scratch_database(dump, beside) as scratch:
        compare(scratch, held)
        yield scratch


def checked_manifest(dump: Path) -> dict:
    """Read what the dump holds, after its checksum was found right. Raises BackupError."""
    try:
        held = json.loads(dump.with_suffix(".json").read_text())
        with dump.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        expected, _version, _tables = held.pop("sha256"), held["data_version"], held["tables"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(
            f"{dump} and its manifest cannot be read ({error}). Nothing was changed."
        ) from error
    if digest != expected:
        raise BackupError(f"{dump} is not what was written: its checksum differs. Nothing was changed.")
    return held


def refuse_newer_server(held: dict, beside: psycopg.Connection) -> None:
    ours, its = beside.info.server_version // 10000, held.get("server", 0)
    if its > ours:
        raise BackupError(
            f"The backup is of a PostgreSQL {its}, and this server is PostgreSQL {ours}, which cannot read it. Name a server of "
            f"version {its} or newer in DATABASE_URL. Nothing was changed."
        )


@contextmanager
def site_connected_to(database: str) -> Iterator[None]:
    """Inside, Django's own connection is to another database of the server."""
    connection = connections["default"]
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def bring_up_to_date() -> int:
    """Apply the migrations that the backup lacks; the result is how many. Raises BackupError where it has more than we know."""
    executor = MigrationExecutor(connections["default"])
    if unknown := unknown_migrations(executor.loader):
        raise BackupError(
            f"The backup is newer than this code: it has the migration {unknown[-1]}, unknown here. Update the code (git pull) "
            "and restore again. Nothing was changed."
        )
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    with connections["default"].cursor() as cursor:
        if found := differences(cursor):
            raise BackupError(
                f"The backup was made by another state of this code: {', '.join(found[:5])} are not as they should be. Restore it "
                "with the release that made it, or see docs/upgrading.md. Nothing was changed."
            )
    return len(missing)


def restorations_of(database: str) -> int:
    """How often a backup was restored on the way to a database; 0 for one of an older release, or where there is none."""
    try:
        with psycopg.connect(**parameters(database)) as connection:
            return connection.execute("SELECT max(restores) FROM measures_dataversion").fetchone()[0] or 0
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return 0


def begin_lineage(restorations: int) -> None:
    """Let no number that was given out since the backup be given out again: the data go on 1,000 later for each restoration."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT measures_new_lineage(%s)", [restorations])
        # Changes have addresses by this number; a plan that becomes public takes many of them at once.
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('measures_version', 'id'), max(id) + 1000000 * %s) FROM measures_version",
            [restorations],
        )
