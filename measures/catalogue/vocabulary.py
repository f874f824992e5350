"""The vocabulary of one data version: plans, categories, centres, audiences and places."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .records import Audience, Category, Centre, District, Plan, Record, Synonym

KINDS = ("plan", "category", "centre", "audience", "district", "synonym")


@dataclass(frozen=True)
class Vocabulary:
    """The records of every kind but measures, by slug, in the order in which they are shown."""

    plan: dict[str, Plan]
    category: dict[str, Category]
    centre: dict[str, Centre]
    audience: dict[str, Audience]
    district: dict[str, District]
    synonym: dict[str, Synonym] = field(default_factory=dict)

    @classmethod
    def of_documents(cls, documents: Iterable[tuple[str, dict]]) -> "Vocabulary":
        """The vocabulary of pairs (kind, document)."""
        found: dict[str, list[dict]] = {kind: [] for kind in KINDS}
        for kind, document in documents:
            found[kind].append(document)
        plans = _in_order(map(Plan.of_document, found["plan"]), lambda plan: (plan.year,))
        by_year = {plan.year: plan for plan in plans.values()}
        categories = [
            Category.of_document(document, plan=by_year[document["plan_year"]])
            for document in found["category"]
        ]
        return cls(
            plan=plans,
            category=_in_order(categories, lambda category: (category.plan.year, category.number)),
            centre=_in_order(map(Centre.of_document, found["centre"]), lambda centre: (centre.order,)),
            audience=_in_order(
                map(Audience.of_document, found["audience"]), lambda audience: (audience.order,)
            ),
            district=_in_order(
                map(District.of_document, found["district"]),
                # As the model orders them: by division code, those without one last.
                lambda place: (place.code is None, place.code or "", place.kind, place.slug),
            ),
            synonym=_in_order(
                map(Synonym.of_document, found["synonym"]), lambda synonym: (synonym.word, synonym.means)
            ),
        )

    def records(self, kind: str) -> dict[str, Record]:
        return getattr(self, kind)

    @cached_property
    def plan_of_year(self) -> dict[int, Plan]:
        return {plan.year: plan for plan in self.plan.values()}

    @cached_property
    def positions(self) -> dict[str, dict[str, int]]:
        """Kind -> slug -> its place in the order of the kind."""
        return {kind: {slug: at for at, slug in enumerate(self.records(kind))} for kind in KINDS}

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """Each place with those it lies in, from the smallest to the largest."""
        above: dict[str, list[str]] = {}
        for slug in self.district:
            above[slug] = own = []
            place = self.district.get(slug)
            while place and place.slug not in own:
                own.append(place.slug)
                place = self.district.get(place.parent or "")
        return above

    def with_places_above(self, slug: str) -> list[str]:
        """A place and those it lies in, from the smallest to the largest."""
        return self._above.get(slug, [])

    def with_all_above(self, slugs: Collection[str]) -> Collection[str]:
        """These places and all that they lie in."""
        if len(slugs) == 1:
            return self.with_places_above(*slugs)
        return {above for slug in slugs for above in self.with_places_above(slug)}

    def with_places_below(self, slugs: Iterable[str]) -> list[str]:
        """These places and all that lie in them, in the order of places."""
        wanted = set(slugs)
        return [slug for slug in self.district if wanted.intersection(self.with_places_above(slug))]

    def places_in(self, slug: str) -> list[District]:
        """The places that lie directly in this one."""
        return [place for place in self.district.values() if place.parent == slug]


def _in_order(records, key) -> dict:
    return {record.slug: record for record in sorted(records, key=key)}
