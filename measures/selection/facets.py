"""A selection translated into facet tokens. No database here.

A measure has tokens for each facet (see models.FacetSet). Two facets can form a family, of which both values must hold
together: a centre and the basis of the link in the same link, a place and its role in the same mention of the place.
"""

from measures.catalogue.vocabulary import Vocabulary

NONE = "none"
FACETS = ("plan", "category", "centre", "link", "audience", "district", "role", "basis")
FAMILIES = (("plan",), ("category",), ("centre", "link"), ("audience",), ("district", "role"), ("basis",))
PLACES = ("district", "role")
FAMILY = {facet: family for family in FAMILIES for facet in family}

Selection = dict[str, list[str]]


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
