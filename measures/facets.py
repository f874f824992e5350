"""What a selection means in facet tokens, and the numbers that follow from it. No database here.

A measure's tokens stand in two sets (see models.FacetSet). Facets of one family are chosen together: a centre and the basis
of the link hold in one link, a place and its role in one role.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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

    @cached_property
    def values(self) -> dict[str, "Kept"]:
        """Facet -> facet set -> its values, places with those they lie in."""
        return {facet: Kept(partial(self._values, facet)) for facet in FACETS}

    @cached_property
    def pairs(self) -> dict[tuple[str, ...], "Kept"]:
        """Family of two -> facet set -> the values that hold together: (centre, basis), (place, role)."""
        return {family: Kept(partial(_pairs, family[0])) for family in FAMILIES if len(family) == 2}

    def _values(self, facet: str, tokens: frozenset[str]) -> tuple[str, ...]:
        start = f"{facet}:"
        values = {token[len(start) :] for token in tokens if token.startswith(start) and "/" not in token}
        return tuple(self.with_all_above(values) if facet == "district" else values)

    def with_all_above(self, slugs: Iterable[str]) -> set[str]:
        return {above for slug in slugs for above in self.with_places_above(slug)}

    def with_places_below(self, slugs: Iterable[str]) -> list[str]:
        wanted = set(slugs)
        return [
            slug for slug in self.options["district"] if wanted.intersection(self.with_places_above(slug))
        ]


class Kept(dict):
    """What `read` makes of a facet set, made once for each: there are thousands of them, and every page reads them all."""

    def __init__(self, read: Callable[[frozenset[str]], tuple]):
        super().__init__()
        self.read = read

    def __missing__(self, tokens: frozenset[str]) -> tuple:
        self[tokens] = found = self.read(tokens)
        return found


def _pairs(facet: str, tokens: frozenset[str]) -> tuple[tuple[str, str], ...]:
    start = f"{facet}:"
    return tuple(
        tuple(token[len(start) :].split("/")) for token in tokens if token.startswith(start) and "/" in token
    )


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


@dataclass
class Histogram:
    """How many measures have exactly these tokens; only tokens that the family in question speaks of matter."""

    entries: list[tuple[frozenset[str], int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(count for _tokens, count in self.entries)

    def fitting(self, tokens: list[str] | None) -> int:
        return sum(count for own, count in self.entries if tokens is None or not own.isdisjoint(tokens))


Entry = tuple[int, frozenset[str], int]  # number of a facet set, its tokens, measures


@dataclass
class Counts:
    """The numbers of one selection.

    `about` counts the measures that fit search and places by what they are; `places` those that fit search and everything
    but the places by where they are.
    """

    selection: Selection
    vocabulary: Vocabulary
    about: list[Entry]
    places: list[Entry]

    def __post_init__(self):
        limits = [(family, wanted(family, self.selection, self.vocabulary)) for family in ABOUT]
        limits = [(family, set(tokens)) for family, tokens in limits if tokens is not None]
        #: The measures that fit everything.
        self.fitting = Histogram()
        #: For each family the measures that fit everything else.
        self.without = dict.fromkeys(ABOUT, self.fitting) | {
            family: Histogram() for family, _tokens in limits
        }
        self.without[PLACES] = Histogram([(own, count) for _key, own, count in self.places])
        for _key, own, count in self.about:
            failed = [family for family, tokens in limits if own.isdisjoint(tokens)]
            if not failed:
                self.fitting.entries.append((own, count))
            for family, _tokens in limits:
                if not failed or failed == [family]:
                    self.without[family].entries.append((own, count))
        self._of: dict[str, Counter[str]] = {}

    @cached_property
    def total(self) -> int:
        return self.fitting.total

    def of(self, facet: str) -> Counter[str]:
        """For each value the measures that would fit if it were the facet's only choice."""
        if facet not in self._of:
            self._of[facet] = self._counted(facet)
        return self._of[facet]

    def _counted(self, facet: str) -> Counter[str]:
        family = next(family for family in FAMILIES if facet in family)
        other = next((other for other in family if other != facet), None)
        chosen = self.selection.get(other) if other else None
        read = self._with(family, facet, chosen) if chosen else self.vocabulary.values[facet].__getitem__
        counts: dict[str, int] = defaultdict(int)
        for own, count in self.without[family].entries:
            for value in read(own):
                counts[value] += count
        return Counter(counts)

    def _with(self, family: tuple[str, ...], facet: str, others: list[str]) -> Callable:
        """What reads off a facet set the values of `facet` that hold together with one of the `others`."""
        places, pairs = self.vocabulary, self.vocabulary.pairs[family]
        if facet == family[0]:
            others = frozenset(others)
            if facet == "district":
                return lambda own: places.with_all_above(one for one, other in pairs[own] if other in others)
            return lambda own: {one for one, other in pairs[own] if other in others}
        others = frozenset(places.with_places_below(others) if family == PLACES else others)
        return lambda own: {other for one, other in pairs[own] if one in others}

    def dropping(self, facet: str) -> int:
        """How many measures fit when nothing is chosen in `facet`."""
        family = next(family for family in FAMILIES if facet in family)
        return self.without[family].fitting(wanted(family, self.selection | {facet: []}, self.vocabulary))


def cells(entries: Iterable[tuple[frozenset[str], int]]) -> Counter[tuple[str, str]]:
    """Measures by category and centre (or NONE); a measure with two centres counts in both cells."""
    counts: Counter[tuple[str, str]] = Counter()
    for tokens, count in entries:
        category, centres = category_and_centres(tokens)
        for centre in centres:
            counts[category, centre] += count
    return counts


def by_value(entries: Iterable[tuple[frozenset[str], int]], facet: str) -> Counter[str]:
    """Measures by category or by centre (or NONE)."""
    counts: Counter[str] = Counter()
    for tokens, count in entries:
        category, centres = category_and_centres(tokens)
        counts.update(dict.fromkeys([category] if facet == "category" else centres, count))
    return counts


def category_and_centres(tokens: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The category's slug, and centre -> basis of the link; {NONE: ""} where there is no link."""
    category, centres = "", {}
    for token in tokens:
        name, _, value = token.partition(":")
        if name == "category":
            category = value
        elif name == "centre" and "/" in value:
            centre, _, centres_basis = value.partition("/")
            centres[centre] = centres_basis
    return category, centres or {NONE: ""}
