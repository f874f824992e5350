"""What a selection means in facet tokens. No database here.

A measure's tokens stand in two sets (see models.FacetSet). Facets of one family are chosen together: a centre and the basis
of the link hold in one link, a place and its role in one role.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import cached_property

from measures.language.bilingual import CHINESE, ENGLISH, Text

NONE = "none"
FACETS = ("category", "centre", "link", "audience", "district", "role", "basis")
FAMILIES = (("category",), ("centre", "link"), ("audience",), ("district", "role"), ("basis",))
PLACES = ("district", "role")
ABOUT = tuple(family for family in FAMILIES if family != PLACES)
FAMILY = {facet: family for family in FAMILIES for facet in family}

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
