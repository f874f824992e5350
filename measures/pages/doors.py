"""Ways into the measures: the topics of each kind with how many measures they have, on the home page and on pages of their own."""

from heapq import nlargest
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from measures.addresses import PLURALS
from measures.catalogue import Catalogue
from measures.catalogue.records import Plan, Record
from measures.models import District as DistrictModel
from measures.selection.numbers import everything


class Kind(NamedTuple):
    """A kind of topic: its facet, its heading, and what it says of itself."""

    facet: str
    label: str | Promise
    introduction: str | Promise

    @property
    def index(self) -> str:
        """The name of the page of all of them."""
        return PLURALS[self.facet]


#: In the order of citizens.
KINDS = {
    kind.facet: kind
    for kind in (
        Kind(
            "audience",
            _("Whom it concerns"),
            _(
                "Whom a measure concerns is the editors’ reading of its text; the source does not say it in so many words."
            ),
        ),
        Kind(
            "district",
            _("Where"),
            _(
                "The places that the source names, and the sub-districts of Futian. Where none is named, the plan speaks of the whole district."
            ),
        ),
        Kind(
            "category",
            _("By category"),
            _("The plan sorts its reforms into these categories; each measure belongs to one."),
        ),
        Kind(
            "centre",
            _("The four centres"),
            _(
                "The source links the reforms to the four centres only as a whole. Which measure serves which centre is the editors’ reading, by wording of the source or by judgement."
            ),
        ),
    )
}


MAX_DOORS = 12  # of a kind on the home page: those with the most measures
MAX_OF_A_KIND = 500  # on a page of their own


class Door(NamedTuple):
    record: Record
    count: int


class Doors(NamedTuple):
    """The topics of one kind: of places those that the source names, and apart from them all `streets`."""

    kind: Kind
    doors: list[Door]
    streets: list[Door]


def doors(facet: str, catalogue: Catalogue, plan: Plan | None = None, most: int = MAX_OF_A_KIND) -> Doors:
    """The topics of one kind, of categories those of this plan, with as many measures as their pages have, which are those of
    all plans; of more than `most` those with the most."""
    numbers = everything(catalogue).numbers(facet)
    records = [
        Door(record, numbers[slug])
        for slug, record in catalogue.vocabulary.records(facet).items()
        if not plan or getattr(record, "plan", plan) is plan
    ]
    if facet != "district":
        return Doors(KINDS[facet], _first(records, most), [])
    within = [door for door in records if door.record.parent]
    streets = [door for door in within if door.record.kind == DistrictModel.Kind.SUBDISTRICT]
    return Doors(KINDS[facet], _first([door for door in within if door.count], most), _first(streets, most))


def _first(doors: list[Door], most: int) -> list[Door]:
    if len(doors) <= most:
        return doors
    chosen = {door.record.slug for door in nlargest(most, doors, key=lambda door: door.count)}
    return [door for door in doors if door.record.slug in chosen]


def ways_in(plan: Plan, catalogue: Catalogue) -> list[Doors]:
    return catalogue.kept(
        ("ways in", plan.slug), lambda: [doors(facet, catalogue, plan, MAX_DOORS) for facet in KINDS]
    )
