"""The public content of one data version, from which every public answer is made."""

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence, Sized
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import TypeVar
from uuid import UUID

from django.utils.functional import cached_property

from measures.models import DataVersion
from measures.snapshots import asked_moment, public_version

from . import past
from .moments import moment_of
from .records import Measure, Plan, Term
from .register import Register
from .store import Store

MAX_CURRENT = 2  # catalogues: just after an edit, some requests still read the data version before it
# About how much memory a catalogue takes: its vocabulary and forms, and for each measure a row in the register and bits.
BYTES = 200_000
BYTES_OF_A_MEASURE = 400
BYTES_KEPT = 3_000  # for each thing that others keep with it, such as a row of a list as markup
BYTES_OF_A_RECORD = 8_000
# Of measures, kept by a catalogue: where a site has no more, each is read once for a data version.
MAX_RECORDS = 200

Made = TypeVar("Made")


class Catalogue(Store):
    """The content of one data version. Its parts are read from the database when they are first asked for.

    `version` is the data version. What others derive from the content, such as markup, is kept with it: see `kept`.
    """

    def __init__(self, version: DataVersion, using: str, number: int | None = None, drafts: bool = False):
        super().__init__(using, number, drafts)
        self.version = version
        self._kept: dict[Hashable, object] = {}
        self._records: dict[int, Measure] = {}
        self._register: Register | None = None
        self._reading = Lock() if number is None else past.reading
        self._orders: dict[str, array[int]] = {}

    @classmethod
    def current(cls) -> "Catalogue":
        """The catalogue that the request of this thread asks for: of a moment of the past, else of the present."""
        moment = asked_moment.get()
        return cls.present() if moment is None else cls._at(moment)

    @classmethod
    def present(cls) -> "Catalogue":
        """The catalogue of the public snapshot that this thread reads.

        Elsewhere (the staff desk, commands, tests) the content may change at any time: there the catalogue is made for this
        call alone.
        """
        version = public_version.get()
        if version is None:
            return cls(DataVersion.objects.live(), "default")
        return _current(version.number, version.at, version.lineage, version)

    @classmethod
    def as_of(cls, number: int) -> "Catalogue":
        """The catalogue of the data version with this number; raises UnknownMoment where none has it."""
        return cls._at(moment_of(f"{number}"))

    @classmethod
    def _at(cls, version: DataVersion) -> "Catalogue":
        newest = public_version.get() or DataVersion.objects.live()
        if version.number == newest.number:
            return cls.present()
        using = "default" if public_version.get() is None else "reader"
        key = (using, version.number, version.at, version.lineage)
        return PAST.get(key, lambda: cls(version, using, version.number))

    @classmethod
    def with_drafts(cls) -> "Catalogue":
        """The content for the staff desk: also the plans, categories and terms that are not public, but no measures more."""
        return cls(DataVersion.objects.live(), "default", drafts=True)

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        kept = sum(len(each) if isinstance(each, Sized) else 1 for each in self._kept.values())
        rows = len(self._register) if self._register else 0
        return BYTES + BYTES_KEPT * kept + BYTES_OF_A_RECORD * len(self._records) + BYTES_OF_A_MEASURE * rows

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` returned for this key the first time. It must depend on the content and the key alone."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    @property
    def register(self) -> Register:
        # Reading takes 0.5 s at 100,000 measures. After an edit many threads want it at once; the lock lets one of them read.
        with self._reading:
            if self._register is None:
                self._register = self.read_register()
        return self._register

    def order(self, sort: str) -> "array[int]":
        """The positions of all measures in the register, sorted by "number", "title" (pinyin) or "edited" (newest first)."""
        if sort == "number":
            return self.register.in_plan_order
        if sort not in self._orders:
            self._orders[sort] = self.register.positions(self.keys_in_order(sort))
        return self._orders[sort]

    @cached_property
    def plans(self) -> list[Plan]:
        """The plans, the newest first."""
        return list(reversed(self.vocabulary.plan.values()))

    @cached_property
    def terms(self) -> dict[str, Term]:
        """The terms of the plans by their slugs, each with those of its measures that are public."""
        public = self.register.key_of
        return {
            slug: replace(term, measures=[code for code in term.measures if public(code) is not None])
            for slug, term in self.vocabulary.term.items()
        }

    def terms_of(self, code: str) -> list[Term]:
        return [term for term in self.vocabulary.term.values() if code in term.measures]

    def measures(self, keys: Sequence[int]) -> list[Measure]:
        """The measures with these keys, in their order. The first that are asked for are kept."""
        read = self._keep(super().measures([key for key in keys if key not in self._records]))
        return [record for key in keys if (record := read.get(key) or self._records.get(key))]

    def _keep(self, records: Iterable[Measure]) -> dict[int, Measure]:
        read = {record.key: record for record in records}
        if len(self._records) + len(read) <= MAX_RECORDS:
            self._records |= read
        return read

    def surroundings(self, code: str) -> dict[str, Measure]:
        """The public measures on the page of this one, itself included: neighbours, what it was split from, its parts."""
        keys = self._keys_of(code, *self.register.neighbours(code))
        if own := self._records.get(keys[0]):
            found = self.measures([*keys, *self._keys_of(own.parent, *own.parts)])
        else:
            found = list(self._keep(self.family(keys)).values())
        return {measure.code: measure for measure in found}

    def _keys_of(self, *codes: str | None) -> list[int]:
        keys = [self.register.key_of(code) for code in codes if code]
        return [key for key in keys if key is not None]


PAST: past.PastCatalogues[Catalogue] = past.PastCatalogues()


@lru_cache(maxsize=MAX_CURRENT)
def _current(number: int, at: datetime, lineage: UUID, version: DataVersion) -> Catalogue:
    return Catalogue(version, "reader")
