"""Which server a public request reads from, and what its transaction is held to.

`reader`, `reader_2` and so on are the servers that public pages read from, and `primary`, where they are not the writer's own,
is the writer's, which fills in for them. Django's settings of each say in PER_TRANSACTION what a public transaction runs under
(a role, timeouts). It is set inside the transaction, because a connection pooler gives each transaction another session.
"""

import itertools
import logging
import time
from contextlib import suppress
from functools import cache
from weakref import WeakKeyDictionary

from django.apps import apps
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections, transaction

from .reader_rights import rights_too_many

RIGHTS_HOLD = 60.0  # seconds until the rights of an open connection are looked at again
REST = 2.0  # seconds for which a server that failed is asked last

logger = logging.getLogger(__name__)


class RightsRefused(OperationalError):
    """The connection could do more than a public page may."""


class Snapshot:
    """A READ ONLY transaction of one reader, to which the alias `reader` leads until `end()`. Raises django.db.Error."""

    def __init__(self, reader: "Reader"):
        self.reader, self.usual = reader, connections["reader"]
        self.connection = connections[reader.alias]
        kept = self.connection.connection is not None
        try:
            self._begin()
        except (OperationalError, InterfaceError) as error:
            # What was kept since an earlier request may have ended meanwhile.
            if not kept or isinstance(error, RightsRefused):
                raise
            self._begin()

    def _begin(self) -> None:
        connections["reader"] = self.connection
        self.transaction = transaction.atomic(using="reader")
        try:
            self.transaction.__enter__()
            self._hold_to_limits()
            self.version = newest_version("reader")
        except BaseException as error:
            with suppress(Error):
                self.transaction.__exit__(type(error), error, error.__traceback__)
            self.connection.close()
            connections["reader"] = self.usual
            raise

    def _hold_to_limits(self) -> None:
        """Set what the transaction runs under: one statement, whatever the session was told when it began."""
        limits = {"transaction_read_only": "on", **self.connection.settings_dict["PER_TRANSACTION"]}
        with self.connection.cursor() as cursor:
            calls = ", ".join(["set_config(%s, %s, true)"] * len(limits))
            cursor.execute(f"SELECT {calls}", list(itertools.chain(*limits.items())))  # noqa: S608
            self.reader.trust(self.connection, cursor)

    def end(self, *exception) -> None:
        """Leave the transaction, unless an answer has taken the connection with it."""
        taken = connections["reader"] is not self.connection
        try:
            if not taken:
                if self.is_lost:
                    transaction.set_rollback(True, using="reader")
                self.transaction.__exit__(*exception)
        finally:
            if not taken:
                connections["reader"] = self.usual
            elif self.connection is not self.usual:
                connections["reader"] = self.usual
                connections[self.reader.alias] = connections.create_connection(self.reader.alias)
            if self.is_lost and not taken:
                self.connection.close()

    @property
    def is_lost(self) -> bool:
        """Whether the server has gone away since."""
        return self.connection.connection is None or self.connection.connection.closed


class Reader:
    """One server that public pages can read from, and what this process knows of it."""

    def __init__(self, alias: str):
        self.alias = alias
        self.seen = None  # the data version that it had last
        self.resting_until = 0.0
        self.trusted: WeakKeyDictionary = WeakKeyDictionary()
        self.reason = ""  # why it does not serve; "" while it does

    @property
    def name(self) -> str:
        """As /readyz and logs call it: reader_1 is the first in DATABASE_READER_URL."""
        return "reader_1" if self.alias == "reader" else self.alias

    def open(self) -> Snapshot:
        try:
            snapshot = Snapshot(self)
        except Error as error:
            self.failed(error)
            raise
        self.seen = snapshot.version
        if self.reason:
            logger.info("%s serves again", self.name)
        self.reason, self.resting_until = "", 0.0
        return snapshot

    def failed(self, error: BaseException) -> None:
        reason = str(error).strip().partition("\n")[0] if isinstance(error, RightsRefused) else type(error).__name__
        if reason != self.reason:
            logger.error("%s cannot be read from: %s", self.name, reason)
        self.reason, self.resting_until = reason, time.monotonic() + REST

    def trust(self, connection, cursor) -> None:
        """Raise RightsRefused where the connection could write or read accounts; looked at now and then."""
        if self.trusted.get(connection.connection, 0.0) > time.monotonic():
            return
        # Without a role to take, pages read with the writer's own account because the operator said so.
        if settings.READER_ROLE or connection.settings_dict["USER"] != connections["default"].settings_dict["USER"]:
            if rights := rights_too_many(cursor):
                raise RightsRefused(refusal(self.name, rights))
        self.trusted[connection.connection] = time.monotonic() + RIGHTS_HOLD


def refusal(name: str, rights: list[str]) -> str:
    shown = ", ".join(rights[:5]) + (f" and {len(rights) - 5} more" if len(rights) > 5 else "")
    role = settings.READER_ROLE or "futian_reader"
    return (
        f"The account that public pages read {name} with can {shown}. Let an administrator make one that can only read "
        f"(CREATE ROLE site_reader LOGIN PASSWORD '...' IN ROLE {role}) and name it in DATABASE_READER_URL, or leave "
        "DATABASE_READER_URL empty."
    )


def newest_version(alias: str):
    """The data version that a database has now."""
    return apps.get_model("measures", "DataVersion").objects.using(alias).order_by("-number").first()


def rank(version) -> tuple[int, int]:
    """What orders data versions: after a restored backup, numbers of the lineage before do not count."""
    return getattr(version, "restores", 0), version.number


class Readers:
    """All of them, and which to ask."""

    def __init__(self, aliases: list[str]):
        self.all = [Reader(alias) for alias in aliases]
        self.primary = next((reader for reader in self.all if reader.alias == "primary"), None)
        self.turns = itertools.count()

    def in_order(self) -> list[Reader]:
        """The readers in turn, then the primary, then those that failed just now."""
        readers = [reader for reader in self.all if reader is not self.primary]
        first = next(self.turns) % len(readers)
        found = readers[first:] + readers[:first] + ([self.primary] if self.primary else [])
        now = time.monotonic()
        return sorted(found, key=lambda reader: reader.resting_until > now)

    def newest(self):
        """The newest data version that any of them is known to have; None where there is one reader only."""
        seen = [reader.seen for reader in self.all if reader.seen]
        return max(seen, key=rank) if self.primary and seen else None

    def open(self) -> Snapshot:
        """A snapshot of the first that answers and is not behind; where all are, of one that is. Raises django.db.Error."""
        behind, failure = [], None
        for reader in self.in_order():
            try:
                snapshot = reader.open()
            except Error as error:
                failure = error
                continue
            newest = self.newest()
            if newest is None or rank(snapshot.version) >= rank(newest):
                return snapshot
            snapshot.end(None, None, None)
            # Not kept: after a restored backup it may lead to the database that had the name before.
            connections[reader.alias].close()
            behind.append(reader)
        for reader in sorted(behind, key=lambda reader: rank(reader.seen), reverse=True):
            try:
                return reader.open()
            except Error as error:
                failure = error
        raise failure


@cache
def readers() -> Readers:
    return Readers([alias for alias, config in settings.DATABASES.items() if "PER_TRANSACTION" in config])
