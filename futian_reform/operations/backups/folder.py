"""The folder that backups are kept in: who writes to it, what is recent, and what goes."""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .programs import run
from .server import BackupError

NAME = re.compile(r"futian-(\d{8}T\d{6})\d*Z-v\d+\.dump")


@contextmanager
def draft_in(folder: Path) -> Iterator[Path]:
    """An empty file for a dump, which is gone at the end unless it was renamed. Raises BackupError, OSError.

    The lock lets go when its process ends, however that ends; so what other drafts lie there were left by killed runs.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing_descriptor(folder) as locked:
        try:
            fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(
                f"Another backup is being written to {folder}. Wait until it is over."
            ) from None
        except OSError:  # network file systems lock no folders; then the lock in the database is the only one
            pass
        for left in [*folder.glob(".????????.dump"), *folder.glob(".futian-*.json")]:
            left.unlink()
        for manifest in folder.glob("futian-*.json"):
            if not manifest.with_suffix(".dump").exists():
                manifest.unlink()
        draft = folder / f".{secrets.token_hex(4)}.dump"
        draft.touch(mode=0o600)  # accounts and sessions are in it
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def closing_descriptor(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """When each backup in the folder was made, and its dump; the oldest first.

    The name says when: copying gives files another time.
    """
    found = []
    for dump in folder.glob("futian-*.dump"):
        if match := NAME.fullmatch(dump.name):
            made = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            found.append((made, dump))
    return sorted(found, key=lambda backup: backup[1].name)


def last_backup(folder: Path) -> datetime | None:
    """When the newest backup that was proved was made."""
    made = [made for made, dump in backups_in(folder) if dump.with_suffix(".json").exists()]
    return made[-1] if made else None


def prune(folder: Path, keep: int, days: int) -> None:
    """Remove the backups older than `days`, but never the newest `keep`."""
    oldest = datetime.now(UTC) - timedelta(days=days)
    for made, dump in backups_in(folder)[:-keep]:
        if made < oldest:
            dump.unlink()
            dump.with_suffix(".json").unlink(missing_ok=True)


def copy_elsewhere(program: str, dump: Path) -> None:
    """Run the operator's program with the paths of the dump and its manifest. Raises BackupError where it fails."""
    try:
        done = run([program, dump, dump.with_suffix(".json")])
        reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        failed = done.returncode != 0
    except OSError as error:
        failed, reason = True, error.strerror
    if failed:
        raise BackupError(
            f"{dump} is written and proved, but {program} could not copy it: {reason}. No old backup was removed."
        )
