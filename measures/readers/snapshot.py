"""One read-only transaction of one server."""

import itertools

from django.db import InterfaceError, OperationalError, connections, transaction

from .rights import RightsRefused
from .versions import newest_version


class Snapshot:
    """A READ ONLY transaction of one reader, to which the alias `reader` leads until `end()`. Raises django.db.Error."""

    def __init__(self, reader):
        self.reader, self.usual = reader, connections["reader"]
        self.connection = connections[reader.alias]
        kept = self.connection.connection is not None
        try:
            self._begin()
        except (OperationalError, InterfaceError) as error:
            # What was kept since an earlier request may have ended meanwhile.
            if not kept or isinstance(error, RightsRefused) or reader.is_resting:
                raise
            self._begin()

    def _begin(self) -> None:
        connections["reader"] = self.connection
        self.transaction = transaction.atomic(using="reader")
        begun = False
        try:
            self.transaction.__enter__()
            begun = True
            with self.reader.awaited(self.connection.connection):
                self._hold_to_limits()
                self.version = newest_version("reader")
        except BaseException as error:
            self.connection.close()
            if begun:
                self.transaction.__exit__(type(error), error, error.__traceback__)
            connections["reader"] = self.usual
            raise

    def _hold_to_limits(self) -> None:
        """Set what the transaction runs under: one statement, whatever the session was told when it began."""
        limits = {"transaction_read_only": "on", **self.connection.settings_dict["PER_TRANSACTION"]}
        with self.connection.cursor() as cursor:
            calls = ", ".join(["set_config(%s, %s, true)"] * len(limits))
            cursor.execute(f"SELECT {calls}", list(itertools.chain(*limits.items())))  # noqa: S608
            self.reader.trust(self.connection, cursor)

    def end(self, kind=None, error=None, frames=None) -> None:
        """Leave the transaction, unless an answer has taken the connection with it; an exception is told as to `__exit__`."""
        if connections["reader"] is not self.connection:
            if self.connection is not self.usual:
                connections["reader"] = self.usual
                connections[self.reader.alias] = connections.create_connection(self.reader.alias)
            return
        try:
            if self.is_lost:
                self.connection.close()
            self.transaction.__exit__(kind, error, frames)
        finally:
            connections["reader"] = self.usual

    @property
    def is_lost(self) -> bool:
        """Whether the server has gone away since."""
        return self.connection.connection is None or self.connection.connection.closed
