"""One server that public pages can read from."""

import logging
import os
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error, connections

from .rights import RightsRefused, refusal, rights_too_many
from .snapshot import Snapshot

RIGHTS_HOLD = 60.0  # seconds until the rights of an open connection are looked at again
REST = 2.0  # seconds for which a server that failed is asked last
SILENCE = 1.0  # seconds after which one that says nothing is given up

logger = logging.getLogger(__name__)


class Reader:
    """One server that public pages can read from, and what this process knows of it."""

    def __init__(self, alias: str, has_others: bool):
        self.alias, self.has_others = alias, has_others
        self.seen = None  # the data version that it had last
        self.reason = ""  # why it does not serve; "" while it does
        self.failed_at = -REST
        self.asked: float | None = None  # when the thread that follows it asked what is not answered yet
        self.looked = threading.Event()  # set once that thread knows something
        self.trusted: WeakKeyDictionary = WeakKeyDictionary()  # until when, of each connection
        self.sockets: WeakKeyDictionary = WeakKeyDictionary()  # of each connection, to end it from outside
        self.waiting: dict = {}  # connection -> since when somebody waits for its transaction to open

    @property
    def name(self) -> str:
        """As /readyz and the log call it: reader_1 is the first in DATABASE_READER_URL."""
        return "reader_1" if self.alias == "reader" else self.alias

    @property
    def is_silent(self) -> bool:
        """Whether it is connected to and says nothing."""
        return self.asked is not None and time.monotonic() - self.asked > SILENCE

    @property
    def is_resting(self) -> bool:
        """Whether others should be asked first, and nobody should wait for this one twice."""
        return self.has_others and (self.is_silent or time.monotonic() - self.failed_at < REST)

    @property
    def is_limited(self) -> bool:
        """Whether pages have an account or a role of their own there; without, the operator said to do without."""
        account, writer = (connections[alias].settings_dict["USER"] for alias in (self.alias, "default"))
        return bool(settings.READER_ROLE) or account != writer

    def open(self) -> Snapshot:
        """Raises django.db.Error."""
        try:
            snapshot = Snapshot(self)
        except Error as error:
            self.failed(error)
            raise
        if self.reason:
            logger.info("%s can be read from again", self.name)
        self.seen, self.reason, self.failed_at = snapshot.version, "", -REST
        return snapshot

    def failed(self, error: Exception) -> None:
        """Let others be asked first for a while, and log a reason that is a new one; where it is a fault of ours, with its frames."""
        reason = type(error).__name__
        if reason != self.reason:
            remedy = (
                str(error) if isinstance(error, RightsRefused) else "another fills in, where there is one"
            )
            frames = None if isinstance(error, Error) else error
            logger.error("%s cannot be read from (%s): %s", self.name, reason, remedy, exc_info=frames)
        self.reason, self.failed_at = reason, time.monotonic()

    def trust(self, connection, cursor) -> None:
        """Raise RightsRefused where the connection could write or read accounts; looked at now and then."""
        if self.trusted.get(connection.connection, 0.0) > time.monotonic():
            return
        if self.is_limited and (rights := rights_too_many(cursor)):
            raise RightsRefused(refusal(self.name, rights))
        self.trusted[connection.connection] = time.monotonic() + RIGHTS_HOLD

    @contextmanager
    def awaited(self, connection) -> Iterator[None]:
        """A context for what opens a transaction, in which `cut` ends the connection if it says nothing.

        By a second descriptor of its socket, which is ours whatever becomes of the first.
        """
        if connection not in self.sockets:
            self.sockets[connection] = socket.socket(fileno=os.dup(connection.fileno()))
            weakref.finalize(connection, self.sockets[connection].close)
        self.waiting[connection] = time.monotonic()
        try:
            yield
        finally:
            del self.waiting[connection]

    def cut(self) -> None:
        """End the connections that say nothing: who waits for them gets an error, and can ask another.

        Of a server that is silent that is all of them. Otherwise it may be one: a pooler keeps whoever asked just when its
        server went away waiting, and tells those who come later at once.
        """
        now = time.monotonic()
        if self.is_silent:
            silent = [reference() for reference in self.sockets.keyrefs()]
        else:
            silent = [connection for connection, since in list(self.waiting.items()) if now - since > SILENCE]
        if silent:
            self.failed_at = now  # so that nobody asks twice
        for connection in silent:
            with suppress(OSError, KeyError, TypeError):  # it has ended meanwhile
                self.sockets[connection].shutdown(socket.SHUT_RDWR)
