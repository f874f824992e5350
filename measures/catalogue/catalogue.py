"""The public content of one data version, from which every public answer is made."""

from array import array
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import TypeVar

from django.utils.functional import cached_property

from measures.models import DataVersion
from measures.snapshots import public_version

from .records import Measure, Plan
from .register import Register
from .store import Store
from .vocabulary import Vocabulary

MAX_CURRENT = 2  # while an edit arrives, some requests still read the version before it

Made = TypeVar("Made")


class Catalogue:
    """The content of one data version, in parts that are read when they are first asked for.

    `version` is the data version. What others derive from the content, such as markup, is kept with it: see `kept`.
    """

    def __init__(self, version: DataVersion, store: Store):
        self.version, self.store = version, store
        self._kept: dict[Hashable, object] = {}
        self._register: Register | None = None
        self._reading = Lock()
        self._orders: dict[str, array] = {}

    @classmethod
    def current(cls) -> "Catalogue":
        """The catalogue of the public snapshot that this thread reads.

        Elsewhere (the staff desk, commands, tests) the content may change at any time: there the catalogue is made for this
        call alone.
        """
        version = public_version.get()
        if version is None:
            return cls(DataVersion.objects.live(), Store("default"))
        return _current(version.number, version.at, version.lineage, version)

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` returned under this key the first time. `make` must depend on the content and the key alone."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return self.store.vocabulary()

    @property
    def register(self) -> Register:
        # Reading it takes half a second at 100,000 measures. After an edit many threads ask at once, and one should read.
        with self._reading:
            if self._register is None:
                self._register = self.store.register(self.vocabulary)
        return self._register

    def order(self, sort: str) -> array:
        """The positions of all measures in the register, sorted by "number", "title" (pinyin) or "edited" (newest first)."""
        if sort == "number":
            return self.register.in_plan_order
        if sort not in self._orders:
            self._orders[sort] = self.register.positions(self.store.keys_in_order(sort))
        return self._orders[sort]

    @property
    def newest_plan(self) -> Plan:
        return list(self.vocabulary.plan.values())[-1]

    # --- Records ---

    def measures(self, keys: Sequence[int]) -> list[Measure]:
        """The measures with these keys, in their order."""
        return self.store.measures(keys, self.vocabulary)

    def measures_in_chunks(self, keys: Sequence[int]) -> Iterator[Measure]:
        """The same, for as many as there are."""
        return self.store.in_chunks(keys, self.vocabulary)

    def measure(self, code: str) -> Measure | None:
        """The public measure with this code."""
        key = self.register.key_of(code)
        return None if key is None else self.measures([key])[0]

    def saved_measure(self, code: str) -> Measure | None:
        """The measure with this code as it was saved last, public or not; for the staff desk."""
        return self.store.saved_measure(code, self.vocabulary)

    def neighbours(self, code: str) -> tuple[str | None, str | None]:
        """The codes of the measures before and after this one in its plan; None at the ends."""
        return self.register.neighbours(code)

    def edited_last(self, count: int) -> list[Measure]:
        """The measures edited last; what stands as it was first published is not among them."""
        return self.measures(self.store.edited_last(count))

    def edit_times(self, keys: Sequence[int]) -> list[tuple[str, datetime]]:
        """For each of the keys the code of the measure and when it was edited last."""
        return self.store.edit_times(keys)

    def measures_by_code(self, codes: Sequence[str]) -> dict[str, Measure]:
        """Those of the measures with these codes that are public."""
        keys = [key for code in codes if (key := self.register.key_of(code)) is not None]
        return {measure.code: measure for measure in self.measures(keys)}


@lru_cache(maxsize=MAX_CURRENT)
def _current(number: int, at: object, lineage: object, version: DataVersion) -> Catalogue:
    return Catalogue(version, Store("reader"))
