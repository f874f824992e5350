"""The choice of a server: one that answers and is not behind."""

import itertools
import threading
import time
from functools import cache

from django.conf import settings
from django.db import Error, connections

from .reader import SILENCE, Reader
from .snapshot import Snapshot
from .versions import is_behind, rank

INTERVAL = 0.3  # seconds between two looks at each


class Readers:
    """All readers, and the order in which they are asked.

    Where there are several, a thread for each follows it, so that no request has to find out that one is down, hangs or is
    behind. Where there is one, there is nothing to choose and nothing to follow.
    """

    def __init__(self, aliases: list[str]):
        self.all = [Reader(alias, has_others=len(aliases) > 1) for alias in aliases]
        self.primary = next((reader for reader in self.all if reader.alias == "primary"), None)
        self.turns = itertools.count()
        self.starting, self.started = threading.Lock(), len(self.all) == 1

    def in_order(self) -> list[Reader]:
        """The readers in turn, then the primary, then those that are behind, then those that fail."""
        readers = [reader for reader in self.all if reader is not self.primary]
        first = next(self.turns) % len(readers)
        found = readers[first:] + readers[:first] + ([self.primary] if self.primary else [])
        newest = self.newest()
        return sorted(found, key=lambda reader: (reader.is_resting, is_behind(reader.seen, newest)))

    def newest(self):
        """The newest data version that any of them is known to have; None where there is only one of them."""
        seen = [reader.seen for reader in self.all if reader.seen]
        return max(seen, key=rank) if len(self.all) > 1 and seen else None

    def open(self) -> Snapshot:
        """A snapshot of the first that answers and is not behind; where all are, of one that is. Raises django.db.Error."""
        self.follow()
        behind, failure = [], None
        for reader in self.in_order():
            try:
                snapshot = reader.open()
            except Error as error:
                failure = error
                continue
            if not is_behind(snapshot.version, self.newest()):
                return snapshot
            snapshot.end()
            # Not kept: after a restored backup it may lead to the database that had the name before.
            connections[reader.alias].close()
            behind.append(reader)
        for reader in sorted(behind, key=lambda reader: rank(reader.seen), reverse=True):
            try:
                return reader.open()
            except Error as error:
                failure = error
        raise failure

    def follow(self) -> None:
        """Start the threads, once, and give them a moment to look."""
        if self.started:
            return
        with self.starting:
            if self.started:
                return
            for reader in self.all:
                threading.Thread(target=self._follow, args=[reader], daemon=True).start()
            until = time.monotonic() + SILENCE
            for reader in self.all:
                reader.looked.wait(max(0.0, until - time.monotonic()))
            self.started = True

    def _follow(self, reader: Reader) -> None:
        while True:
            self.look_at(reader)
            time.sleep(INTERVAL)

    def look_at(self, reader: Reader) -> None:
        """Find out which data version a reader has, and end the connections that say nothing. Whatever fails is logged."""
        reader.asked = time.monotonic()
        try:
            reader.open().end()
            if is_behind(reader.seen, self.newest()):
                connections[reader.alias].close()
            reader.asked = None  # it has answered, however late
            for other in self.all:
                other.cut()
        except Exception as error:  # whatever it is, the next look may succeed
            reader.failed(error)
            connections[reader.alias].close()
        finally:
            reader.asked = None
            reader.looked.set()


@cache
def readers() -> Readers:
    return Readers([alias for alias, config in settings.DATABASES.items() if "PER_TRANSACTION" in config])
