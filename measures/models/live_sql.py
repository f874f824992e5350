"""The functions, triggers and views that a database has, compared with those of `sql/`, which its migrations leave.

Only what every version of PostgreSQL keeps or prints alike is compared. `sql/fingerprint.txt` holds what is expected; a test
holds it against a migrated database, and `manage.py live_sql > measures/sql/fingerprint.txt` writes it.
"""

from functools import cache
from pathlib import Path

FINGERPRINT = Path(__file__).resolve().parent.parent / "sql" / "fingerprint.txt"
LIVE = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def live_sql(cursor) -> dict[str, str]:
    """A digest of each, by kind and name."""
    cursor.execute(LIVE)
    return dict(cursor.fetchall())


@cache
def expected_sql() -> dict[str, str]:
    lines = FINGERPRINT.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _space, name in (line.partition(" ") for line in lines)}


def differences(cursor) -> list[str]:
    """The names of those that are missing, are not expected, or are not as expected."""
    live, expected = live_sql(cursor), expected_sql()
    return sorted(name for name in live.keys() | expected.keys() if live.get(name) != expected.get(name))
