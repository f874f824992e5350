"""Making a backup."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from .client_tools import client_tools
from .folder import copy_elsewhere, draft_in, prune
from .proof import compare, contents
from .scratch import scratch_database
from .server import BackupError, maintenance, parameters


def back_up(folder: Path, keep: int, days: int = 0, copy_with: str = "") -> Path:
    """Write a backup into `folder`, prove it, have it copied, and remove old ones; the result is the dump's path.

    Backups older than `days` go, but never the newest `keep`. Raises BackupError.
    """
    try:
        with draft_in(folder) as draft, maintenance() as beside:
            held = dump_into(draft, beside)
            with scratch_database(draft, beside) as scratch:
                compare(scratch, held)
            dump = published(draft, held)
    except (psycopg.Error, OSError) as error:
        raise BackupError(f"The backup could not be made: {str(error).strip()}") from error
    if copy_with:
        copy_elsewhere(copy_with, dump)
    prune(folder, keep, days)
    return dump


def dump_into(draft: Path, beside: psycopg.Connection) -> dict:
    """Dump one snapshot of the site's database; the result is what that snapshot holds, for the manifest."""
    tools = client_tools(beside)
    with psycopg.connect(**parameters()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        held = contents(connection)
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        tools.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={draft}")
    return {"server": beside.info.server_version // 10000, **held}


def published(draft: Path, held: dict) -> Path:
    """Give the dump its name, once its manifest has one: a dump without is no backup."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    # To the microsecond: a second backup in one second must not take the place of the first.
    name = f"futian-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-v{held['data_version'][0]}"
    folder = draft.parent
    manifest = json.dumps({"sha256": digest, **held}, indent=1) + "\n"
    (folder / f".{name}.json").write_text(manifest)
    (folder / f".{name}.json").rename(folder / f"{name}.json")
    return draft.rename(folder / f"{name}.dump")
