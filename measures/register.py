"""Every published measure of one data version by its key: which fit a selection, and the numbers that follow. No database here.

What a search finds has to be asked for; all else about a selection is in memory, as facet sets (see models.FacetSet).
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property
from itertools import chain, compress
from typing import NamedTuple

from .facets import ABOUT, PLACES, Counts, FacetSets, Selection, Vocabulary, limits


class Found(NamedTuple):
    """What a search finds: keys of measures, and those of them with all that is asked for in the title."""

    keys: array
    in_title: array


class Column:
    """One of the two facet sets that each measure has."""

    def __init__(self, keys: Iterable[int], sets: Iterable[int]):
        self.of: dict[int, int] = dict(zip(keys, sets, strict=True))  # measure -> facet set
        members = defaultdict(list)
        for key, own in self.of.items():
            members[own].append(key)
        self.members: dict[int, list[int]] = dict(members)  # facet set -> measures
        self.counts = Counter({own: len(keys) for own, keys in members.items()})

    def tally(self, keys: Iterable[int]) -> Counter[int]:
        """How many of these measures have each facet set."""
        return Counter(map(self.of.__getitem__, keys))


class Register(NamedTuple):
    """The measures by what they are (`about`) and where they take place (`places`)."""

    about: Column
    places: Column
    sets: FacetSets


class Fitting:
    """The measures that fit a selection and what was found; `found` is None where nothing was searched for."""

    def __init__(self, register: Register, selection: Selection, vocabulary: Vocabulary, found: Found | None):
        self.register, self.selection, self.vocabulary, self.found = register, selection, vocabulary, found
        self._about = self._having(register.about, *ABOUT)
        self._places = self._having(register.places, PLACES)

    def _having(self, column: Column, *families: tuple[str, ...]) -> Set[int] | None:
        """The facet sets that fit the choices in these families; None where nothing is chosen."""
        if not (asked := limits(families, self.selection, self.vocabulary)):
            return None
        sets = column.counts.keys()
        for tokens in asked.values():
            sets = self.register.sets.having(sets, tokens)
        return sets

    def _found_within(self, column: Column, sets: Set[int] | None) -> Iterable[int] | None:
        """What was found, as far as it has one of these facet sets; None where that is everything."""
        if self.found is not None:
            return _within(self.found.keys, column, sets)
        return None if sets is None else list(chain.from_iterable(map(column.members.__getitem__, sets)))

    @cached_property
    def _fit_about(self) -> Iterable[int] | None:
        return self._found_within(self.register.about, self._about)

    @cached_property
    def _fit_places(self) -> Iterable[int] | None:
        return self._found_within(self.register.places, self._places)

    @cached_property
    def counts(self) -> Counts:
        """The numbers of the selection."""
        about, places, sets = self.register
        return Counts(
            self.selection,
            self.vocabulary,
            sets,
            about.counts if self._fit_places is None else about.tally(self._fit_places),
            places.counts if self._fit_about is None else places.tally(self._fit_about),
        )

    @cached_property
    def keys(self) -> Mapping[int, int] | set[int]:
        """All of them, in no order."""
        if self._fit_about is None and self._fit_places is None:
            return self.register.about.of
        if self._about is None:
            return set(self._fit_places)
        return set(_within(self._fit_about, self.register.places, self._places))

    def in_order(self, order: Iterable[int], titles_first: bool) -> Iterable[int]:
        """All of them as `order` has them, which holds every key; those found in their title first, if so asked."""
        if not titles_first:
            keys = self.keys
            return order if keys is self.register.about.of else (key for key in order if key in keys)
        first = _within(self.found.in_title, self.register.about, self._about)
        first = set(_within(first, self.register.places, self._places))
        # Mostly these fill the page, and nobody needs a set of all.
        return chain(
            (key for key in order if key in first),
            (key for key in order if key in self.keys and key not in first),
        )


def _within(keys: Sequence[int], column: Column, sets: Set[int] | None) -> Sequence[int]:
    """Those of the keys with one of these facet sets; all of them where `sets` is None."""
    if sets is None:
        return keys
    return list(compress(keys, map(sets.__contains__, map(column.of.__getitem__, keys))))
