"""How many may do at once what holds a thread: of all together and of one client's address.

The server has THREADS threads in a process (operations/worker.py). The rooms below, and those who wait for a page
(single_flight.py), hold fewer than that even when all are full, so kept pages and /healthz always find one.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Full(Exception):
    """There is no place, or none for this client."""


class Room:
    def __init__(self, places: int, of_one: int, patience: float = 0.0):
        self.places, self.of_one, self.patience = places, of_one, patience
        self.taken: Counter[str] = Counter()
        self.changed = threading.Condition()

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        self.enter(client)
        try:
            yield
        finally:
            self.leave(client)

    def enter(self, client: str) -> None:
        """Take a place, waiting no longer than `patience` seconds for one. Raises Full."""
        with self.changed:
            if not self.changed.wait_for(lambda: self._has_place_for(client), self.patience):
                raise Full
            self.taken[client] += 1

    def leave(self, client: str) -> None:
        with self.changed:
            self.taken[client] -= 1
            if not self.taken[client]:
                del self.taken[client]
            self.changed.notify_all()

    def _has_place_for(self, client: str) -> bool:
        return self.taken.total() < self.places and self.taken[client] < self.of_one


BODIES = Room(48, of_one=8)  # whose bodies are being read
DESK = Room(24, of_one=12, patience=2.0)  # whose requests Django answers for the staff desk
DOWNLOADS = Room(8, of_one=4)  # whose files are being made, each on a connection of its own to the database
READERS = Room(32, of_one=8)  # who are sent a file that was too large to hand over at once
