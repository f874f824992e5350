"""The public measures of one data version as bitmaps. No database here.

A bitmap is an int with a bit for each measure. To combine two, or to count the bits of one, takes microseconds, so every
number of a page is counted when it is asked for. Only what a search finds comes from the database; everything else about a
selection follows from facet tokens (see models.FacetSet).
"""

import sys
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, compress

from .vocabulary import Vocabulary

WORD = 64  # bits: PostgreSQL sends a bitmap in words of this length
MAX_BITMAPS = 500  # kept in memory; each takes 12 kB at 100,000 measures
# A bitmap of more tokens is not kept: the slugs of hundreds of places take more memory than the bitmap.
MAX_TOKENS = 40
FLAGS = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True)
class Columns:
    """The index rows of all measures in plan order, column by column: arrays of 64-bit numbers."""

    keys: "array[int]"
    years: "array[int]"
    numbers: "array[int]"
    about: "array[int]"  # the facet set of what a measure is
    places: "array[int]"  # the facet set of where it takes place
    cites: "array[int]"  # the facet set of the paragraphs it rests on


class Register:
    """The measures of one data version and their facet tokens.

    Each measure has one bit, at its position. Keys may have large gaps, so positions are counted in words of 64 bits: the
    lowest six bits of a key are the place in its word, the others name the word, and words without a measure are left out.
    """

    def __init__(self, columns: Columns, tokens: Mapping[int, Collection[str]], vocabulary: Vocabulary):
        """Index the columns. `tokens` are those of each facet set, by its number."""
        self.vocabulary = vocabulary
        self._columns, keys = columns, columns.keys
        self._words = {word: at for at, word in enumerate(sorted({key // WORD for key in keys}))}
        self.in_plan_order = self.positions(keys)
        #: The key, and the facet set of places, of the measure at each position; 0 where no measure has the bit.
        self._keys, self._places = (array("q", bytes(8 * WORD * len(self._words))) for _each in range(2))
        at_of: dict[int, array[int]] = defaultdict(lambda: array("q"))  # facet set -> positions
        rows = zip(self.in_plan_order, keys, columns.about, columns.places, columns.cites, strict=True)
        for at, key, about, places, cites in rows:
            self._keys[at], self._places[at] = key, places
            for facet_set in (about, places, cites):
                at_of[facet_set].append(at)
        self._at = dict(at_of)
        self.everything = self._bitmap(self.in_plan_order)
        self._having: dict[str, list[int]] = defaultdict(list)  # token -> the facet sets that have it
        for own in self._at:
            for token in tokens[own]:
                self._having[token].append(own)
        #: Facet -> the values that measures have.
        self.values: dict[str, list[str]] = defaultdict(list)
        for token in self._having:
            facet, _colon, value = token.partition(":")
            if "/" not in value:
                self.values[facet].append(value)
        self._bitmaps: dict[tuple[str, ...], int] = {}
        # By the roles chosen: facet set -> its places; place -> how many of all measures.
        self._places_of: dict[frozenset[str], dict[int, Collection[str]]] = {}
        self._in_places: dict[frozenset[str], Counter[str]] = {}

    def __len__(self) -> int:
        return len(self._columns.keys)

    def key_of(self, code: str) -> int | None:
        at = self._row_of(code)
        return self._columns.keys[at] if at < len(self) and self._code(at) == code else None

    def _row_of(self, code: str) -> int:
        """The place in plan order where the measure with this code stands, or would stand if there were one."""
        year, number = map(int, code.split("-"))
        years, numbers = self._columns.years, self._columns.numbers
        return bisect_left(range(len(self)), (year, number), key=lambda at: (years[at], numbers[at]))

    def codes(self, bitmap: int | None = None) -> Iterator[str]:
        """The public codes of these measures, or of all, in plan order."""
        rows: Iterable[int] = range(len(self))
        if bitmap is not None:
            rows = compress(rows, map(self.flags(bitmap).__getitem__, self.in_plan_order))
        return map(self._code, rows)

    def _code(self, at: int) -> str:
        return f"{self._columns.years[at]}-{self._columns.numbers[at]:02}"

    def neighbours(self, code: str) -> tuple[str | None, str | None]:
        """The codes of the measures before and after this one in its plan; None at the ends."""
        years, at = self._columns.years, self._row_of(code)
        here = at < len(self) and self._code(at) == code

        def of_same_plan(other: int) -> str | None:
            same = 0 <= other < len(self) and f"{years[other]}" == code.partition("-")[0]
            return self._code(other) if same else None

        return of_same_plan(at - 1), of_same_plan(at + 1 if here else at)

    def position(self, key: int) -> int:
        """The position of the measure's bit in every bitmap."""
        return self._words[key // WORD] * WORD + key % WORD

    def positions(self, keys: Iterable[int]) -> "array[int]":
        return array("q", map(self.position, keys))

    def _bitmap(self, positions: Iterable[int]) -> int:
        digits, one = bytearray(b"0") * len(self._keys), ord("1")
        for at in positions:
            digits[at] = one
        digits.reverse()
        return int(digits or b"0", 2)

    def of_words(self, words: Iterable[tuple[int, int]]) -> int:
        """The bitmap made of `words`: pairs of a word's number and its 64 bits as a signed number."""
        found = array("q", bytes(8 * len(self._words)))
        for word, bits in words:
            found[self._words[word]] = bits
        if sys.byteorder == "big":
            found.byteswap()
        return int.from_bytes(found.tobytes(), "little")

    def having(self, *tokens: str) -> int:
        """The bitmap of the measures with at least one of these tokens."""
        if (bitmap := self._bitmaps.get(tokens)) is None:
            sets = set().union(*(self._having.get(token, ()) for token in tokens))
            bitmap = self._bitmap(chain.from_iterable(map(self._at.__getitem__, sets)))
            if len(self._bitmaps) >= MAX_BITMAPS:
                self._bitmaps = {}
            if len(tokens) <= MAX_TOKENS:
                self._bitmaps[tokens] = bitmap
        return bitmap

    def flags(self, bitmap: int) -> bytes:
        """The bitmap as bytes: 1 or 0 for each position."""
        return format(bitmap, f"0{len(self._keys)}b").encode().translate(FLAGS)[::-1]

    def keys_of(self, bitmap: int, order: Iterable[int]) -> Iterator[int]:
        """The keys of these measures, in the order of the positions in `order`."""
        flags = self.flags(bitmap)
        return map(self._keys.__getitem__, compress(order, map(flags.__getitem__, order)))

    def in_places(self, bitmap: int, roles: Iterable[str]) -> Counter[str]:
        """Count these measures by place: those in which the place plays one of the roles, or any role if none is given.

        A measure counts for its place and for every place above it. There may be thousands of places, and a bitmap for each
        would take gigabytes, so measures are counted by their facet sets instead.
        """
        roles = frozenset(roles)
        if bitmap != self.everything:
            return self._counted(bitmap, roles)
        if roles not in self._in_places:  # the counts of a list without other choices
            self._in_places[roles] = self._counted(bitmap, roles)
        return self._in_places[roles]

    def _counted(self, bitmap: int, roles: frozenset[str]) -> Counter[str]:
        if roles not in self._places_of:
            self._places_of[roles] = self._places_in(roles)
        places_of, counts = self._places_of[roles], Counter[str]()
        for own, count in Counter(compress(self._places, self.flags(bitmap))).items():
            for slug in places_of.get(own, ()):
                counts[slug] += count
        return counts

    def _places_in(self, roles: frozenset[str]) -> dict[int, Collection[str]]:
        slugs: dict[int, set[str]] = defaultdict(set)
        for token, sets in self._having.items():
            facet, _colon, value = token.partition(":")
            slug, _slash, role = value.partition("/")
            if facet == "district" and (role in roles if roles else not role):
                for own in sets:
                    slugs[own].add(slug)
        return {own: self.vocabulary.with_all_above(found) for own, found in slugs.items()}
