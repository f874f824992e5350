"""How many may have something done at once, of all together and of one client's address, without those who must wait."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager


class Full(Exception):
    """There is no place, or none for this client."""


class Room:
    """Used in one event loop, so it needs no lock."""

    def __init__(self, places: int, of_one: int, patience: float = 0.0):
        self.places, self.of_one, self.patience = places, of_one, patience
        self.taken: Counter[str] = Counter()
        self.total = 0
        self.changed = asyncio.Event()

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """A place, waited for no longer than `patience` seconds. Raises Full."""
        try:
            async with asyncio.timeout(self.patience):
                while not self._has_place_for(client):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise Full from None
        self.total += 1
        self.taken[client] += 1
        try:
            yield
        finally:
            self.total -= 1
            self.taken[client] -= 1
            if not self.taken[client]:
                del self.taken[client]
            self.changed.set()

    def _has_place_for(self, client: str) -> bool:
        return self.total < self.places and self.taken[client] < self.of_one


class Rooms:
    """Of one web process."""

    def __init__(self):
        self.bodies = Room(128, of_one=16)  # whose bodies are being read
        self.desk = Room(16, of_one=12, patience=2.0)  # whose requests Django answers for the staff desk
        self.downloads = Room(24, of_one=8)  # who are sent a file that is made while it is sent
        # More threads than ever wait in the page cache: 40 for a page (single_flight.py), 8 for a download (rendering.py).
        self.public_threads = ThreadPoolExecutor(64, "public")
        self.desk_threads = ThreadPoolExecutor(self.desk.places, "desk")
        self.other_threads = ThreadPoolExecutor(4, "other")  # static files and refusals: nothing that waits
        self.health_thread = ThreadPoolExecutor(1, "health")
        self.file_threads = ThreadPoolExecutor(self.downloads.places, "file")
