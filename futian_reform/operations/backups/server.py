"""The database server that is backed up: how it is reached, and what keeps two runs apart."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections
from psycopg.pq import Conninfo

KNOWN = {option.keyword.decode() for option in Conninfo.get_defaults()}
WITHOUT_LIMITS = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
# A database can only be renamed or created from another one, and nearly every server has these.
MAINTENANCE = ("postgres", "template1")


class BackupError(Exception):
    """One paragraph that says what is wrong and what to do about it."""


def parameters(database: str | None = None, alias: str = "default") -> dict:
    """Arguments for psycopg.connect: every parameter of the site's address, for its database or another one of its server."""
    given = connections[alias].get_connection_params()
    found = {name: value for name, value in given.items() if name in KNOWN and value not in (None, "")}
    found["options"] = f"{found.get('options', '')} {WITHOUT_LIMITS}".strip()
    return found | ({"dbname": database} if database else {})


def site_database() -> str:
    return parameters()["dbname"]


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """A connection beside the site's database, for one backup or restoration of it at a time. Raises BackupError."""
    with connect_beside() as connection:
        lock = ["futian_reform.backups", site_database()]
        held = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", lock).fetchone()
        if not held[0]:
            raise BackupError(
                "Another backup or restoration of this database is under way. Wait until it is over."
            )
        yield connection


def connect_beside(alias: str = "default") -> psycopg.Connection:
    """A connection to a database of the server that is not the site's, as the account of `alias`. Raises BackupError."""
    for name in MAINTENANCE:
        try:
            return psycopg.connect(**parameters(name, alias), autocommit=True)
        except psycopg.OperationalError as error:
            failure = error
    raise BackupError(
        f"The account of DATABASE_URL cannot connect to the database {' or '.join(MAINTENANCE)} of its server "
        f"({str(failure).strip()}). Let an administrator run: GRANT CONNECT ON DATABASE postgres TO <your account>."
    ) from failure
