"""Catalogues of the past: kept while they fit into a limit of memory, and read one at a time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar

# Of all catalogues of the past in a web process. The one asked for last is kept even if it alone is larger.
MAX_BYTES = 8 * 2**20

#: Held while the register of a past catalogue is read: readers of the past wait for one another, those of the present never.
reading = Lock()


class Weighed(Protocol):
    @property
    def bytes(self) -> int:
        """About how much memory it takes."""


Kept = TypeVar("Kept", bound=Weighed)


class PastCatalogues(Generic[Kept]):
    """The most recently used catalogues of the past."""

    def __init__(self, max_bytes: int = MAX_BYTES):
        self.max_bytes = max_bytes
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._changing = Lock()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The catalogue kept under this key, or the one that `make` returns."""
        with self._changing:
            catalogue = self._kept.pop(key, None) or make()
            self._kept[key] = catalogue
            while len(self._kept) > 1 and sum(kept.bytes for kept in self._kept.values()) > self.max_bytes:
                self._kept.popitem(last=False)
            return catalogue

    def __len__(self) -> int:
        return len(self._kept)

    def forget(self) -> None:
        with self._changing:
            self._kept.clear()
