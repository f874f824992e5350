"""The vocabulary of one data version: plans, categories, centres, audiences, places, terms and synonyms."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .records import Audience, Category, Centre, Cited, District, Plan, Record, Synonym, Term

KINDS = ("plan", "category", "centre", "audience", "district", "term", "synonym")


@dataclass(frozen=True)
class Vocabulary:
    """The records of every kind but measures, by slug, in the order in which they are shown."""

    plan: dict[str, Plan]
    category: dict[str, Category]
    centre: dict[str, Centre]
    audience: dict[str, Audience]
    district: dict[str, District]
    term: dict[str, Term]
    synonym: dict[str, Synonym] = field(default_factory=dict)

    @classmethod
    def of_documents(cls, documents: Iterable[tuple[str, dict[str, Any]]]) -> "Vocabulary":
        """The vocabulary of pairs (kind, document)."""
        found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        for kind, document in documents:
            found[kind].append(document)
        plans = _in_order(map(Plan.of_document, found["plan"]), lambda plan: plan.year)
        by_year = {plan.year: plan for plan in plans.values()}
        centres = [
            Centre.of_document(own, cited=_by_plan(own["paragraphs"], plans.values()))
            for own in found["centre"]
        ]
        terms = [Term.of_document(own, plan=by_year[own["plan_year"]]) for own in found["term"]]
        return cls(
            plan=plans,
            category={category.slug: category for category in _categories(found["category"], by_year)},
            centre=_in_order(centres, lambda centre: centre.order),
            audience=_in_order(map(Audience.of_document, found["audience"]), lambda audience: audience.order),
            district=_in_order(
                map(District.of_document, found["district"]),
                # As the model orders them: by division code, those without one last.
                lambda place: (place.code is None, place.code or "", place.kind, place.slug),
            ),
            term=_in_order(terms, lambda term: (term.plan.year, term.slug)),
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
    def _names_of_categories(self) -> Counter[str]:
        return Counter(
            name for category in self.category.values() for name in (category.name_zh, category.name_en)
        )

    def has_namesake(self, category: Category) -> bool:
        """Whether another category, of another plan, has the same name in one of the languages."""
        counts = self._names_of_categories
        return counts[category.name_zh] > 1 or counts[category.name_en] > 1

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


def _by_plan(paragraphs: Iterable[tuple[int, int]], plans: Iterable[Plan]) -> list[Cited]:
    """The numbers of these paragraphs, (year of the plan, number), by plan; those of other plans are left out."""
    cited = (Cited(plan, [number for year, number in paragraphs if year == plan.year]) for plan in plans)
    return [own for own in cited if own.numbers]


def _in_order(records, key) -> dict:
    return {record.slug: record for record in sorted(records, key=key)}


def _categories(documents: Iterable[dict[str, Any]], plans: dict[int, Plan]) -> list[Category]:
    """The categories in the order of their plans, each with its position in its plan.

    A paragraph of the source that consists of a category's name is marked as shown whole.
    """
    categories = [Category.of_document(document, plan=plans[document["plan_year"]]) for document in documents]
    categories.sort(key=lambda category: (category.plan.year, category.number))
    so_far: Counter[int] = Counter()  # year of the plan -> its categories
    for category in categories:
        so_far[category.plan.year] += 1
        category.position = so_far[category.plan.year]
        for paragraph in category.plan.source_paragraphs:
            paragraph.whole |= paragraph.opening == category.name_zh
    return categories
