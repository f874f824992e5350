"""A selection as readers see it: a sentence, chips, rows, and ways out where nothing fits."""

import itertools
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures.addresses import with_query
from measures.catalogue import Catalogue
from measures.catalogue.records import District, Plan
from measures.language.bilingual import CHINESE, ENGLISH, Text
from measures.language.chinese import has_chinese
from measures.selection.filter import SORTS, MeasureFilter
from measures.selection.numbers import everything
from measures.selection.requests import existing_page

from .matrix import MAX_ROWS, Matrix, matrix
from .options import MAIN, ShownFacet, ShownOption, shown_facets
from .rows import found_rows, rows
from .sentences import sentence
from .strip import Strip, strip
from .wrapping import wrapping

PAGE_SIZE = 50
MATRIX = "matrix"  # the view of a list that shows it by category and centre
COMPARED = ("category", "plan")
MAX_CLOSEST = 5  # measures shown for each close text


@dataclass
class Chip:
    facet: str  # the facet's label
    label: str
    address: str  # of the list without this choice


@dataclass
class Relaxation:
    """The list without the choices of one facet, offered where nothing fits all of them."""

    facet: str
    labels: list[str]
    address: str
    count: int
    alone: bool = False  # not what is left without it, but what it finds by itself


@dataclass
class Closest:
    """A text of the site that differs from the query in one character."""

    query: Text
    address: str
    count: int
    measures: list


@dataclass
class Group:
    """The measures of one of the categories or plans that are compared."""

    slug: str
    name: Text
    rows: list[SafeString]


class Listing:
    """A valid selection, of which the page `number` (as the address writes it) is shown; with the `view` "matrix" by category
    and centre too."""

    def __init__(self, filterset: MeasureFilter, number: str = "1", view: str = ""):
        self.filterset, self.number = filterset, number
        self.address = reverse("measure-list")
        self.view = view if view == MATRIX and self.matrix_is_possible else ""

    @classmethod
    def of_plan(cls, plan: Plan, catalogue: Catalogue) -> "Listing":
        """All measures of a plan. Where there is no other plan, these are all: their addresses need not name it."""
        filterset = MeasureFilter(
            {"plan": plan.slug} if len(catalogue.plans) > 1 else None, catalogue=catalogue
        )
        filterset.is_valid()
        return cls(filterset)

    @property
    def mixed(self) -> bool:
        """Whether measures of several plans may stand in it, whose numbers alone would not tell them apart."""
        return len(self.filterset.plans) > 1

    def _address(self, view: str = "", **changes) -> str:
        return with_query(self.address, self.filterset.canonical_query(**changes), view and f"view={view}")

    def label(self, facet: str, value: str) -> Text:
        return self.filterset.labels[facet][value]

    @property
    def count(self) -> int:
        return self.filterset.fitting.total

    @cached_property
    def page(self) -> Page:
        """The keys of the measures on the page shown; raises Http404 where there is no such page."""
        paginator = Paginator(range(self.count), PAGE_SIZE)
        page = paginator.page(existing_page(self.number, paginator.num_pages))
        shown = page.object_list
        page.object_list = list(itertools.islice(self.filterset.keys, shown.start, shown.stop))
        return page

    @cached_property
    def rows(self) -> list[SafeString]:
        """The measures on the page as markup; those of a search say where they matched."""
        keys, catalogue = self.page.object_list, self.filterset.catalogue
        one_category = len(self.filterset.selection["category"]) == 1 or self.compared == "category"
        shown = {"coded": self.mixed, "in_one_category": one_category}
        if not (query := self.filterset.search):
            return rows(catalogue, keys, **shown)
        return found_rows(catalogue, keys, query, **shown)

    @property
    def compared(self) -> str:
        """The facet whose choices are set side by side: of several categories or plans, in order of number, on one page."""
        if self.filterset.order != "number" or self.page.has_other_pages():
            return ""
        return next((facet for facet in COMPARED if len(self.filterset.selection[facet]) > 1), "")

    @cached_property
    def groups(self) -> list[Group]:
        facet, register = self.compared, self.filterset.catalogue.register
        if not facet:
            return []
        shown = dict(zip(self.page.object_list, self.rows, strict=True))
        groups = []
        for value in self.filterset.selection[facet]:
            own = self.filterset.fitting.bitmap & register.having(f"{facet}:{value}")
            keys = register.keys_of(own, register.in_plan_order)
            groups.append(Group(value, self.label(facet, value), [shown[key] for key in keys]))
        return groups

    @cached_property
    def facets(self) -> list[ShownFacet]:
        return shown_facets(self.filterset)

    @property
    def main_facets(self) -> list[ShownFacet]:
        return [facet for facet in self.facets if facet.name in MAIN]

    @property
    def other_facets(self) -> list[ShownFacet]:
        return [facet for facet in self.facets if facet.name not in MAIN]

    @property
    def others_in_use(self) -> bool:
        return any(facet.chosen or facet.errors for facet in self.other_facets)

    @cached_property
    def sorts(self) -> list[ShownOption]:
        order, usual = self.filterset.order, self.filterset.default_order
        return [
            # The address leaves the default order out. With a search, relevance is the default.
            ShownOption("" if value == usual else value, label, None, value == order)
            for value, label in SORTS
            if value != "relevance" or self.filterset.query
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        chips = []
        if query := self.filterset.query:
            chips.append(Chip(_("Search"), f"“{query}”", self._address(self.view, q="")))
        for facet, values in self.filterset.selection.items():
            for value in values:
                others = [other for other in values if other != value]
                label = self.filterset.filters[facet].label
                chips.append(
                    Chip(label, self.label(facet, value), self._address(self.view, **{facet: others}))
                )
        return chips

    @cached_property
    def sentence(self) -> str:
        return sentence(self.filterset)

    @property
    def heading(self) -> str:
        """The sentence as markup, which in Chinese breaks between words."""
        if get_language() == "en":
            return self.sentence
        return wrapping(self.filterset.catalogue).made(self.sentence)

    @cached_property
    def relaxations(self) -> list[Relaxation]:
        """The lists without the choices of one facet, without the search or one of its words; only where nothing fits."""
        if self.count:
            return []
        found = [
            Relaxation(
                self.filterset.filters[facet].label,
                [self.label(facet, value) for value in values],
                self._address(**{facet: []}),
                self.filterset.fitting.dropping(facet),
            )
            for facet, values in self.filterset.selection.items()
            if values
        ]
        query = self.filterset.query
        if query and found:
            count = self.filterset.fitting_without_search.total
            found.append(Relaxation(_("Search"), [f"“{query}”"], self._address(q=""), count))
        if query and not self.closest:
            for way in self.filterset.search.without:
                address, count = self._address(q=way.query), self.filterset.count_of(way.found)
                found.append(Relaxation(_("Search"), [f"“{way.part}”"], address, count, way.alone))
        return found

    @cached_property
    def closest(self) -> list[Closest]:
        """Texts of the site that resemble the search, where no measure fits the search alone."""
        query = self.filterset.search
        if self.count or not query or query.found:
            return []  # where the search finds something, it is the facets that exclude it
        closest = []
        for better in query.closest():
            like = MeasureFilter({"q": better}, catalogue=self.filterset.catalogue)
            if like.is_valid() and (count := like.fitting.total):
                shown = Text(better, CHINESE if has_chinese(better) else ENGLISH)
                address = f"{self.address}?{like.canonical_query()}"
                measures = like.catalogue.measures(list(itertools.islice(like.keys, MAX_CLOSEST)))
                closest.append(Closest(shown, address, count, measures))
        return closest

    @property
    def unnamed_places(self) -> list[District]:
        """The places that are searched for, where no measure names any of them."""
        query, catalogue = self.filterset.search, self.filterset.catalogue
        places, numbers = catalogue.vocabulary.district, everything(catalogue).numbers("district")
        fitting = {slug: query.reading.tokens[f"district:{slug}"] for slug in places} if query else {}
        best = [slug for slug, words in fitting.items() if 0 < words == max(fitting.values())]
        return [] if any(numbers[slug] for slug in best) else [places[slug] for slug in best]

    @property
    def exact_address(self) -> str:
        """The list of the query that is never divided."""
        words = " ".join(word.text for word in self.filterset.search.words)
        return self._address(q=f'"{words}"')

    @property
    def matrix_is_possible(self) -> bool:
        return len(self.filterset.vocabulary.category) <= MAX_ROWS

    @property
    def matrix_address(self) -> str:
        """The address of this list with its matrix; empty where there is none."""
        return self._address(MATRIX) if self.matrix_is_possible else ""

    @property
    def list_address(self) -> str:
        return self._address()

    @cached_property
    def strip(self) -> Strip:
        return strip(self.filterset.fitting, self.filterset.catalogue)

    @cached_property
    def matrix(self) -> Matrix:
        return matrix(self.filterset, self._address)

    @property
    def matrix_of_plans(self) -> Matrix | None:
        """The picture of the plans of this selection alone; None where they have too many categories for one."""
        plans = {plan.slug for plan in self.filterset.plans}
        categories = [
            category
            for category in self.filterset.vocabulary.category.values()
            if category.plan.slug in plans
        ]
        return None if len(categories) > MAX_ROWS else matrix(self.filterset, self._address, categories)
