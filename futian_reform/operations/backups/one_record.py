"""One record back out of a backup, into the database as it is now."""

from pathlib import Path

import psycopg
from django.core.exceptions import ValidationError
from django.db import Error

from measures.history.restoring import restore as restore_version
from measures.models import Version
from measures.snapshots import editing_as

from .restore import bring_up_to_date, proved, site_connected_to
from .server import BackupError, maintenance


def bring_back(dump: Path, kind: str, key: str) -> int:
    """Make the record what it was last in the backup; the result is the number that this version had there.

    Like a version that is restored at the desk it becomes a new version, and a measure that was deleted a draft. Raises
    BackupError.
    """
    try:
        with maintenance() as beside, proved(dump, beside) as scratch, site_connected_to(scratch):
            bring_up_to_date()
            version = Version.objects.of(kind, key).exclude(document=None).first()
        if version is None:
            raise BackupError(f"{dump.name} knows no {kind} “{key}”. Nothing was changed.")
        with editing_as("restore", f"{dump.name}, version {version.number}"):
            restore_version(version)
    except ValidationError as error:
        raise BackupError(f"{' '.join(error.messages)} Nothing was changed.") from error
    except (psycopg.Error, Error) as error:
        raise BackupError(f"The record could not be brought back: {str(error).strip()}") from error
    return version.number
