"""What a selection means in facet tokens, and the numbers that follow from it. No database here.

A measure's tokens stand in two sets (see models.FacetSet). Facets of one family are chosen together: a centre and the basis
of the link hold in one link, a place and its role in one role.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from .bilingual import CHINESE, ENGLISH, Text

NONE = "none"
FACETS = ("category", "centre", "link", "audience", "district", "role", "basis")
FAMILIES = (("category",), ("centre", "link"), ("audience",), ("district", "role"), ("basis",))
PLACES = ("district", "role")
ABOUT = tuple(family for family in FAMILIES if family != PLACES)

Selection = dict[str, list[str]]


@dataclass(frozen=True)
class Option:
    """A value of a facet: a category, centre, audience or place by its slug and name."""

    slug: str
    name_zh: str
    name_en: str
    parent: str | None = None

    def name(self, language: str) -> Text:
        return (
            Text(self.name_en, ENGLISH) if language == "en" and self.name_en else Text(self.name_zh, CHINESE)
        )


@dataclass(frozen=True)
class Vocabulary:
    """The records that can be chosen, facet -> slug -> option, in the records' order."""

    options: dict[str, dict[str, Option]]

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """Each place with those it lies in, from the smallest to the largest."""
        above = {}
        for slug in (places := self.options["district"]):
            above[slug] = own = []
            place = places.get(slug)
            while place and place.slug not in own:
                own.append(place.slug)
                place = places.get(place.parent)
        return above

    def with_places_above(self, slug: str) -> list[str]:
        return self._above.get(slug, [])

    def with_all_above(self, slugs: Collection[str]) -> Collection[str]:
        if len(slugs) == 1:
            return self.with_places_above(*slugs)
        return {above for slug in slugs for above in self.with_places_above(slug)}

    def with_places_below(self, slugs: Iterable[str]) -> list[str]:
        wanted = set(slugs)
        return [
            slug for slug in self.options["district"] if wanted.intersection(self.with_places_above(slug))
        ]


class Kept(dict):
    """Key of a facet set -> what `read` makes of its tokens, made once for each. `read` must not lead back here: what is kept goes
    with its data version, and need not wait for the collector of cycles."""

    def __init__(self, tokens: dict[int, frozenset[str]], read: Callable[[frozenset[str]], tuple]):
        super().__init__()
        self.tokens, self.read = tokens, read

    def __missing__(self, key: int) -> tuple:
        self[key] = found = self.read(self.tokens[key])
        return found


class FacetSets:
    """The tokens of every facet set by its key, and what they say; there may be thousands, and every page asks for all."""

    def __init__(self, tokens: dict[int, frozenset[str]], vocabulary: Vocabulary):
        #: Facet -> set -> its values, places with those they lie in.
        self.values = {facet: Kept(tokens, partial(_values, facet)) for facet in FACETS}
        self.values["district"] = Kept(
            tokens, lambda own: vocabulary.with_all_above(_values("district", own))
        )
        #: Family of two -> set -> the values that hold together: (centre, basis), (place, role).
        self.pairs = {
            family: Kept(tokens, partial(_pairs, family[0])) for family in FAMILIES if len(family) == 2
        }
        #: Set -> its (category, centre), one for each centre or one with NONE.
        self.cells = Kept(tokens, _cells)
        self._having: dict[str, set[int]] = defaultdict(set)  # token -> the sets that have it
        for key, own in tokens.items():
            for token in own:
                self._having[token].add(key)

    def having(self, keys: Iterable[int], tokens: list[str]) -> set[int]:
        """Those of the sets with one of these tokens."""
        return set().union(*(self._having.get(token, ()) for token in tokens)).intersection(keys)


def _values(facet: str, tokens: frozenset[str]) -> tuple[str, ...]:
    start = f"{facet}:"
    return tuple(token[len(start) :] for token in tokens if token.startswith(start) and "/" not in token)


def _pairs(facet: str, tokens: frozenset[str]) -> tuple[tuple[str, str], ...]:
    start = f"{facet}:"
    return tuple(
        tuple(token[len(start) :].split("/")) for token in tokens if token.startswith(start) and "/" in token
    )


def _cells(tokens: frozenset[str]) -> tuple[tuple[str, str], ...]:
    (category,) = _values("category", tokens)
    return tuple((category, centre) for centre in _values("centre", tokens))


def wanted(family: tuple[str, ...], selection: Selection, vocabulary: Vocabulary) -> list[str] | None:
    """The tokens of which a measure must have one to fit the family's choices; None where nothing is chosen."""
    chosen = [selection.get(facet) or [] for facet in family]
    if not any(chosen):
        return None
    if family == PLACES and chosen[0]:
        chosen[0] = vocabulary.with_places_below(chosen[0])
    if len(family) == 2 and all(chosen):
        # Where there is no link, there is no basis of it: NONE has no pair.
        return [f"{family[0]}:{value}/{other}" for value in chosen[0] for other in chosen[1]]
    return [f"{facet}:{value}" for facet, values in zip(family, chosen, strict=True) for value in values]


def limits(families: Iterable[tuple[str, ...]], selection: Selection, vocabulary: Vocabulary) -> dict:
    """Those of the families in which something is chosen -> the tokens that are then `wanted`."""
    asked = {family: wanted(family, selection, vocabulary) for family in families}
    return {family: tokens for family, tokens in asked.items() if tokens is not None}


@dataclass
class Counts:
    """The numbers of one selection.

    `about` counts the measures that fit search and places by what they are; `places` those that fit search and everything
    but the places by where they are: key of a facet set -> how many.
    """

    selection: Selection
    vocabulary: Vocabulary
    sets: FacetSets
    about: Mapping[int, int]
    places: Mapping[int, int]

    def __post_init__(self):
        asked = limits(ABOUT, self.selection, self.vocabulary)
        fits = {family: self.sets.having(self.about, tokens) for family, tokens in asked.items()}
        #: The measures that fit everything.
        self.fitting = self._about_in(fits.values())
        #: For each family the measures that fit everything else.
        self.without = dict.fromkeys(ABOUT, self.fitting) | {PLACES: self.places}
        for family in fits:
            self.without[family] = self._about_in(own for other, own in fits.items() if other != family)
        self._of: dict[str, Counter[str]] = {}

    def _about_in(self, fits: Iterable[set[int]]) -> Mapping[int, int]:
        fits = list(fits)
        return {key: self.about[key] for key in set.intersection(*fits)} if fits else self.about

    @cached_property
    def total(self) -> int:
        return sum(self.fitting.values())

    def of(self, facet: str) -> Counter[str]:
        """For each value the measures that would fit if it were the facet's only choice."""
        if facet not in self._of:
            self._of[facet] = self._counted(facet)
        return self._of[facet]

    def _counted(self, facet: str) -> Counter[str]:
        family = next(family for family in FAMILIES if facet in family)
        other = next((other for other in family if other != facet), None)
        chosen = self.selection.get(other) if other else None
        read = self._with(family, facet, chosen) if chosen else self.sets.values[facet].__getitem__
        counts: dict[str, int] = defaultdict(int)
        for key, count in self.without[family].items():
            for value in read(key):
                counts[value] += count
        return Counter(counts)

    def _with(self, family: tuple[str, ...], facet: str, others: list[str]) -> Callable:
        """What reads off a facet set the values of `facet` that hold together with one of the `others`."""
        places, pairs = self.vocabulary, self.sets.pairs[family]
        if facet == family[0]:
            others = frozenset(others)
            if facet == "district":
                return lambda key: places.with_all_above(
                    {one for one, other in pairs[key] if other in others}
                )
            return lambda key: {one for one, other in pairs[key] if other in others}
        others = frozenset(places.with_places_below(others) if family == PLACES else others)
        return lambda key: {other for one, other in pairs[key] if one in others}

    def dropping(self, facet: str) -> int:
        """How many measures fit when nothing is chosen in `facet`."""
        family = next(family for family in FAMILIES if facet in family)
        others, tokens = self.without[family], wanted(family, self.selection | {facet: []}, self.vocabulary)
        return sum(others[key] for key in (others if tokens is None else self.sets.having(others, tokens)))

    @cached_property
    def matrix(self) -> tuple[Counter[tuple[str, str]], Counter[str], Counter[str]]:
        """The measures that fit by category and centre (or NONE), by category, by centre; one with two centres counts twice in
        the first and the last."""
        cells, categories, centres = defaultdict(int), defaultdict(int), defaultdict(int)
        for key, count in self.fitting.items():
            own = self.sets.cells[key]
            categories[own[0][0]] += count
            for cell in own:
                cells[cell] += count
                centres[cell[1]] += count
        return Counter(cells), Counter(categories), Counter(centres)
