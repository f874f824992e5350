"""Backups: a dump, and beside it a manifest that says what a right restoration of it holds.

    futian-20261123T054200Z-v41.dump    pg_dump's custom format
    futian-20261123T054200Z-v41.json    its SHA-256, the data version, and rows and checksum of every table

A backup counts only once it was restored into a scratch database and found equal. A restoration builds a new database, compares
it, and only then gives it the name of the old one, which it keeps under another name.
"""

import hashlib
import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from .embedded_postgres import programs
from .reader_role import grant_reader

# Texts of values depend on these.
STEADY = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET extra_float_digits = 1; SET statement_timeout = 0"


class BackupError(Exception):
    """One paragraph that says what is wrong and what to do about it."""


def parameters(database: str | None = None) -> dict:
    """Arguments for psycopg.connect, to the site's database or to another one on its server."""
    given = connections["default"].get_connection_params()
    names = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "connect_timeout")
    return {name: given[name] for name in names if given.get(name)} | (
        {"dbname": database} if database else {}
    )


def contents(connection: psycopg.Connection) -> dict:
    """What a database holds: the data version, and of every table the number of its rows and a checksum of them."""
    connection.execute(STEADY)
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relpersistence = 'p' ORDER BY relname"
    ).fetchall()
    held = {}
    for (table,) in tables:
        # Row by row, so that no table has to fit into one value; the sum does not depend on an order.
        held[table] = connection.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(('x' || left(digest, 15))::bit(60)::bigint::numeric), 0)::text || '/' ||"
                " coalesce(sum(('x' || right(digest, 15))::bit(60)::bigint::numeric), 0)::text"
                " FROM (SELECT md5(t::text) AS digest FROM {} t) rows"
            ).format(sql.Identifier(table))
        ).fetchone()
    version = connection.execute(
        "SELECT number, at::text FROM measures_dataversion ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return {"data_version": list(version), "tables": {name: list(values) for name, values in held.items()}}


def run(program: str, *arguments: str, database: str | None = None) -> None:
    """Run a client program of PostgreSQL; passwords go through the environment, where no other user sees them."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "connect_timeout": "PGCONNECT_TIMEOUT"}
    given = {names[name]: str(value) for name, value in parameters(database).items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(  # noqa: S603
        [programs() / program, *arguments],
        env=inherited | given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it gave no reason"]
        reason = next((line for line in lines if "ERROR:" in line or "error:" in line), lines[-1])
        raise BackupError(f"{program} failed: {reason}")


def back_up(folder: Path, keep: int) -> Path:
    """Write a backup into `folder`, prove it, and remove all but the newest `keep` ones. Raises BackupError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{secrets.token_hex(4)}.dump"
    try:
        with psycopg.connect(**parameters()) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            held = contents(connection)
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
            draft.touch(mode=0o600)  # accounts and sessions are in it
            run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={draft}")
        with scratch_database(draft) as scratch:
            compare(scratch, held)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        # To the microsecond: a second backup in one second must not take the place of the first.
        name = f"futian-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-v{held['data_version'][0]}"
        manifest = json.dumps({"sha256": digest, **held}, indent=1) + "\n"
        (folder / f".{name}.json").write_text(manifest)
        (folder / f".{name}.json").rename(folder / f"{name}.json")
        dump = draft.rename(folder / f"{name}.dump")
    except (psycopg.Error, OSError) as error:
        raise BackupError(f"The backup could not be made: {str(error).strip()}") from error
    finally:
        draft.unlink(missing_ok=True)
    for old in sorted(folder.glob("futian-*.dump"))[:-keep]:
        old.unlink()
        old.with_suffix(".json").unlink(missing_ok=True)
    return dump


def restore(dump: Path) -> str:
    """Replace the site's database by a backup; the result is the name under which the old one is kept, or "".

    Whatever is wrong with the backup is found before the database is touched. Raises BackupError.
    """
    held = checked_manifest(dump)
    target = parameters()["dbname"]
    old = f"{target}_before_{datetime.now(UTC):%Y%m%dT%H%M%S}"
    try:
        with scratch_database(dump) as scratch:
            compare(scratch, held)
            connections.close_all()
            with psycopg.connect(**parameters("postgres"), autocommit=True) as connection:
                exists = swap(connection, scratch, target, old)
        if settings.READER_ROLE:
            grant_reader(settings.READER_ROLE)
    except psycopg.Error as error:
        raise BackupError(f"The backup could not be restored: {str(error).strip()}") from error
    return old if exists else ""


def checked_manifest(dump: Path) -> dict:
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


@contextmanager
def scratch_database(dump: Path) -> Iterator[str]:
    """A new database with what `dump` holds; dropped at the end unless it was renamed."""
    name = f"{parameters()['dbname']}_scratch_{secrets.token_hex(4)}"
    with psycopg.connect(**parameters("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
        try:
            run(
                "pg_restore",
                "--exit-on-error",
                "--no-owner",
                "--no-acl",
                f"--dbname={name}",
                str(dump),
                database=name,
            )
            yield name
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def compare(database: str, held: dict) -> None:
    with psycopg.connect(**parameters(database)) as connection:
        found = contents(connection)
        connection.execute("ANALYZE")  # no backup holds the planner's statistics
    if found != held:
        tables = {**held["tables"], **found["tables"]}
        wrong = [name for name in tables if held["tables"].get(name) != found["tables"].get(name)]
        raise BackupError(
            f"What the backup restores to is not what was backed up ({', '.join(wrong) or 'data version'}). Nothing was changed."
        )


def swap(connection: psycopg.Connection, new: str, target: str, old: str) -> bool:
    """Give the database `new` the name `target`, in one transaction with renaming what has it now."""
    names = {"new": sql.Identifier(new), "target": sql.Identifier(target), "old": sql.Identifier(old)}

    def execute(statement: str):
        return connection.execute(sql.SQL(statement).format(**names))

    exists = bool(connection.execute("SELECT FROM pg_database WHERE datname = %s", [target]).rowcount)
    if exists:
        execute("ALTER DATABASE {target} WITH ALLOW_CONNECTIONS false")
    try:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = ANY(%s)",
            [[target, new]],
        )
        with connection.transaction():
            if exists:
                execute("ALTER DATABASE {target} RENAME TO {old}")
            execute("ALTER DATABASE {new} RENAME TO {target}")
    finally:
        if exists:
            for name in (old, target):  # whichever it has now
                if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
                    connection.execute(
                        sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(sql.Identifier(name))
                    )
    return exists
