"""Every published measure of one data version in bitmaps: which fit a selection, and the numbers that follow. No database here.

A bitmap is an int with a bit for each measure. To combine two and to count one takes microseconds, so each number of a page
is counted anew. What a search finds has to be asked for; all else about a selection follows from facet tokens (see
models.FacetSet).
"""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from itertools import chain, compress
from operator import and_

from django.utils.functional import cached_property

from .facets import FAMILIES, FAMILY, Selection, Vocabulary, limits, wanted

WORD = 64  # bits; what PostgreSQL counts with
MOST_BITMAPS = 500  # kept ready; 100,000 measures make 12 kB each
# Of a bitmap that is kept: the tokens of a region's hundreds of places would weigh more than it does.
MOST_TOKENS = 40
FLAGS = bytes.maketrans(b"01", b"\0\1")


class Register:
    """The measures by their `keys` in plan order, each with the set of what it is (`about`) and that of where it takes `places`.

    The last bits of a key say where in a word its bit stands, the others in which; words without a measure are left out.
    """

    def __init__(
        self,
        keys: array,
        about: array,
        places: array,
        tokens: Mapping[int, Collection[str]],  # facet set -> its tokens
        vocabulary: Vocabulary,
    ):
        self.vocabulary = vocabulary
        self._words = {word: at for at, word in enumerate(sorted({key // WORD for key in keys}))}
        self.in_plan_order = self.positions(keys)
        #: By position, 0 where there is no measure.
        self._keys, self._places = (array("q", bytes(8 * WORD * len(self._words))) for _each in range(2))
        at_of: dict[int, array] = defaultdict(lambda: array("q"))  # facet set -> positions
        for at, key, own, where in zip(self.in_plan_order, keys, about, places, strict=True):
            self._keys[at], self._places[at] = key, where
            at_of[own].append(at)
            at_of[where].append(at)
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

    def position(self, key: int) -> int:
        """Which bit is the measure's."""
        return self._words[key // WORD] * WORD + key % WORD

    def positions(self, keys: Iterable[int]) -> array:
        return array("q", map(self.position, keys))

    def _bitmap(self, positions: Iterable[int]) -> int:
        digits, one = bytearray(b"0") * len(self._keys), ord("1")
        for at in positions:
            digits[at] = one
        digits.reverse()
        return int(digits or b"0", 2)

    def of_words(self, words: Iterable[tuple[int, int]]) -> int:
        """The bitmap of (which word, its bits as a signed number)."""
        found = array("q", bytes(8 * len(self._words)))
        for word, bits in words:
            found[self._words[word]] = bits
        if sys.byteorder == "big":
            found.byteswap()
        return int.from_bytes(found.tobytes(), "little")

    def having(self, *tokens: str) -> int:
        """The measures with one of these tokens."""
        if (bitmap := self._bitmaps.get(tokens)) is None:
            sets = set().union(*(self._having.get(token, ()) for token in tokens))
            bitmap = self._bitmap(chain.from_iterable(map(self._at.__getitem__, sets)))
            if len(self._bitmaps) >= MOST_BITMAPS:
                self._bitmaps = {}
            if len(tokens) <= MOST_TOKENS:
                self._bitmaps[tokens] = bitmap
        return bitmap

    def flags(self, bitmap: int) -> bytes:
        """For each position 1 or 0."""
        return format(bitmap, f"0{len(self._keys)}b").encode().translate(FLAGS)[::-1]

    def keys_of(self, bitmap: int, order: Iterable[int]) -> Iterator[int]:
        """The keys, as `order` has the positions."""
        flags = self.flags(bitmap)
        return map(self._keys.__getitem__, compress(order, map(flags.__getitem__, order)))

    def in_places(self, bitmap: int, roles: Iterable[str]) -> Counter[str]:
        """How many of these measures are in each place in one of the roles, in any where there are none.

        A place has those that lie in it, and there may be thousands: a bitmap for each would take gigabytes.
        """
        roles = frozenset(roles)
        if bitmap != self.everything:
            return self._counted(bitmap, roles)
        if roles not in self._in_places:  # what lists without another choice ask for
            self._in_places[roles] = self._counted(bitmap, roles)
        return self._in_places[roles]

    def _counted(self, bitmap: int, roles: frozenset[str]) -> Counter[str]:
        if roles not in self._places_of:
            self._places_of[roles] = self._places_in(roles)
        places_of, counts = self._places_of[roles], defaultdict(int)
        for own, count in Counter(compress(self._places, self.flags(bitmap))).items():
            for slug in places_of.get(own, ()):
                counts[slug] += count
        return Counter(counts)

    def _places_in(self, roles: frozenset[str]) -> dict[int, Collection[str]]:
        slugs: dict[int, set[str]] = defaultdict(set)
        for token, sets in self._having.items():
            facet, _colon, value = token.partition(":")
            slug, _slash, role = value.partition("/")
            if facet == "district" and (role in roles if roles else not role):
                for own in sets:
                    slugs[own].add(slug)
        return {own: self.vocabulary.with_all_above(found) for own, found in slugs.items()}


class Fitting:
    """The measures that fit a selection and what was `found` (a bitmap; None where nothing was searched for), and their numbers."""

    def __init__(self, register: Register, selection: Selection, found: int | None = None):
        self.register, self.selection, self.found = register, selection, found
        fits = {
            family: register.having(*tokens)
            for family, tokens in limits(FAMILIES, selection, register.vocabulary).items()
        }
        base = register.everything if found is None else found
        #: The measures that fit everything.
        self.bitmap = reduce(and_, fits.values(), base)
        #: For each family in which something is chosen the measures that fit everything else.
        self._without = {
            family: reduce(and_, (own for other, own in fits.items() if other != family), base)
            for family in fits
        }
        self._numbers: dict[str, Counter[str]] = {}

    @cached_property
    def total(self) -> int:
        return self.bitmap.bit_count()

    @cached_property
    def _flags(self) -> bytes:
        return self.register.flags(self.bitmap)

    def __contains__(self, key: int) -> bool:
        return bool(self._flags[self.register.position(key)])

    def numbers(self, facet: str) -> Counter[str]:
        """For each value the measures that would fit if it were the facet's only choice."""
        if facet not in self._numbers:
            self._numbers[facet] = self._counted(facet)
        return self._numbers[facet]

    def _counted(self, facet: str) -> Counter[str]:
        if facet == "district":
            return self.register.in_places(self._others(facet), self.selection.get("role") or ())
        return Counter({value: self._with(facet, [value]) for value in self.register.values[facet]})

    def _others(self, facet: str) -> int:
        """The measures that fit everything but the facet's family."""
        return self._without.get(FAMILY[facet], self.bitmap)

    def _with(self, facet: str, values: list[str]) -> int:
        """How many measures fit with these values chosen in `facet` instead."""
        tokens = wanted(FAMILY[facet], self.selection | {facet: values}, self.register.vocabulary)
        others = self._others(facet)
        return (others if tokens is None else others & self.register.having(*tokens)).bit_count()

    def dropping(self, facet: str) -> int:
        """How many measures fit when nothing is chosen in `facet`."""
        return self._with(facet, [])

    @cached_property
    def matrix(self) -> tuple[Counter[tuple[str, str]], Counter[str], Counter[str]]:
        """The measures that fit by category and centre (or NONE), by category, by centre; one with two centres counts twice in
        the first and the last."""
        categories, centres = (
            {
                value: self.bitmap & self.register.having(f"{facet}:{value}")
                for value in self.register.values[facet]
            }
            for facet in ("category", "centre")
        )
        cells = {
            (category, centre): own & other
            for category, own in categories.items()
            for centre, other in centres.items()
        }
        return tuple(
            Counter({one: own.bit_count() for one, own in each.items()})
            for each in (cells, categories, centres)
        )

    def in_order(self, order: Iterable[int], first: int = 0) -> Iterator[int]:
        """The keys, as `order` has the positions, those of the bitmap `first` before the others."""
        for bitmap in filter(None, (self.bitmap & first, self.bitmap & ~first)):
            yield from self.register.keys_of(bitmap, order)
