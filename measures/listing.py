"""A selection as readers see it: options with their numbers, chips, a sentence, the matrix, where each hit matched."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import nlargest
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from measures.language.bilingual import CHINESE, ENGLISH, Text
from measures.language.chinese import has_chinese
from measures.search import Search
from measures.search.query import tokens
from measures.search.snippets import hits, marked_title

from .editions import Dot, Row
from .facets import FACETS, NONE
from .filters import SORTS, MeasureFilter
from .models import Measure
from .querysets import records

PAGE_SIZE = 50
MOST_OPTIONS = 40  # of a facet; of more, those with the most measures are shown
MOST_MATRIX_ROWS = 24  # the categories of four plans
MOST_CLOSEST = 5  # measures shown for each close text
MOST_WORDS_TO_DROP = 5


@dataclass
class ShownOption:
    value: str
    label: Text
    count: int | None  # None where nothing was counted
    chosen: bool
    depth: int = 0


@dataclass
class ShownFacet:
    name: str
    label: str
    options: list[ShownOption]
    errors: list[str]
    more: int  # options that are not shown
    more_fitting: int | None  # of these, those that would find something; None where nothing was counted

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


@dataclass
class Chip:
    facet: str  # the facet's label
    label: str
    address: str  # of the list without this choice


@dataclass
class Way:
    """From nothing to something: the list without one facet's choices."""

    facet: str
    labels: list[str]
    address: str
    count: int


class ShownDot(NamedTuple):
    dot: Dot
    inside: bool  # the current selection

    @property
    def markup(self) -> SafeString:
        return self.dot.inside if self.inside else self.dot.outside


@dataclass
class Cell:
    centre: str
    address: str
    count: int  # that fit the current filter
    total: int = 0  # of all; the foot does not say
    dots: list[ShownDot] = field(default_factory=list)


@dataclass
class MatrixRow:
    category: object
    number: int
    count: int
    address: str
    cells: list[Cell]


@dataclass
class Matrix:
    centres: list[Cell]  # the foot: measures by centre
    names: list[Text]
    rows: list[MatrixRow]
    count: int
    total: int

    @property
    def columns(self) -> list[tuple[Text, int]]:
        """Each column's name and, up to six, the dots of its fullest cell: its width, known before its cells."""
        fullest = [
            max((len(row.cells[at].dots) for row in self.rows), default=0) for at in range(len(self.names))
        ]
        return [(name, min(dots, 6)) for name, dots in zip(self.names, fullest, strict=True)]


@dataclass
class Closest:
    """A text of the site that differs from the query in one character."""

    query: Text
    address: str
    count: int
    measures: list


class Listing:
    """A valid selection, of which the page `number` (as the address writes it) is shown."""

    def __init__(self, filterset: MeasureFilter, number: str = "1"):
        self.filterset, self.number = filterset, number
        self.address = reverse("measure-list")

    @classmethod
    def of_everything(cls) -> "Listing":
        filterset = MeasureFilter({}, Measure.objects.published())
        filterset.is_valid()
        return cls(filterset)

    def _address(self, **changes) -> str:
        query = self.filterset.canonical_query(**changes)
        return f"{self.address}?{query}" if query else self.address

    def label(self, facet: str, value: str) -> Text:
        return self.filterset.labels[facet][value]

    @property
    def count(self) -> int:
        return self.filterset.fitting.total

    @cached_property
    def page(self) -> Page:
        """The keys of the measures on the page shown; raises Http404 where there is no such page."""
        paginator = Paginator(range(self.count), PAGE_SIZE)
        number = self.number
        if not (number.isascii() and number.isdecimal()) or not 1 <= int(number[:9]) <= paginator.num_pages:
            raise Http404(
                ngettext(
                    "This list has %(pages)s page; there is no page “%(number)s”.",
                    "This list has %(pages)s pages; there is no page “%(number)s”.",
                    paginator.num_pages,
                )
                % {"pages": paginator.num_pages, "number": number[:20]}
            )
        page = paginator.page(int(number))
        shown = page.object_list
        page.object_list = list(itertools.islice(self.filterset.keys, shown.start, shown.stop))
        return page

    @property
    def rows(self) -> list[Row]:
        """The measures on the page, ready to be shown; those of a search say where they matched."""
        keys, edition = self.page.object_list, self.filterset.edition
        rows = edition.rows(keys)
        if not (query := self.filterset.search):
            return rows
        template = get_template("_hits.html")
        shown = []
        for row, (document, *_more) in zip(rows, records(keys, edition.using), strict=True):
            where = template.render({"hits": hits(document, edition.searched_names, query)})
            shown.append(row._replace(title=marked_title(document, query), summary=row.summary + where))
        return shown

    @cached_property
    def facets(self) -> list[ShownFacet]:
        return shown_facets(self.filterset)

    @cached_property
    def sorts(self) -> list[ShownOption]:
        return [
            # The usual order goes without saying: it is another one once there is a search.
            ShownOption(
                "" if value == self.filterset.default_order else value,
                label,
                None,
                value == self.filterset.order,
            )
            for value, label in SORTS
            if value != "relevance" or self.filterset.query
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        chips = []
        if query := self.filterset.query:
            chips.append(Chip(_("Search"), f"“{query}”", self._address(q="")))
        for facet, values in self.filterset.selection.items():
            for value in values:
                others = [other for other in values if other != value]
                label = self.filterset.filters[facet].label
                chips.append(Chip(label, self.label(facet, value), self._address(**{facet: others})))
        return chips

    @cached_property
    def sentence(self) -> str:
        """The selection in words, with its number: "4 measures serving Finance or Technology"."""
        count = ngettext("%(count)s measure", "%(count)s measures", self.count) % {"count": f"{self.count:,}"}
        parts = [
            self._part(facet, values) % {"names": self._either(facet, values)}
            for facet, values in self.filterset.selection.items()
            if values
        ]
        if query := self.filterset.query:
            parts.append(_("found for “%(query)s”") % {"query": query})
        if not parts:
            return pgettext("the whole list", "All %(measures)s") % {"measures": count}
        return pgettext("a selection in words", "%(measures)s %(selection)s") % {
            "measures": count,
            "selection": pgettext("between the parts of a selection", ", ").join(parts),
        }

    def _either(self, facet: str, values: list[str]) -> str:
        return pgettext("between choices", " or ").join(self.label(facet, value) for value in values)

    def _part(self, facet: str, values: list[str]) -> str:
        if values == [NONE]:
            return {"centre": _("without a centre"), "audience": _("without a named audience")}[facet]
        return {
            "category": _("in the category %(names)s"),
            "centre": _("serving %(names)s"),
            "link": _("with a link to a centre by %(names)s"),
            "audience": _("for %(names)s"),
            "district": _("in %(names)s"),
            "role": _("with the role %(names)s"),
            "basis": _("with the basis %(names)s"),
        }[facet]

    @cached_property
    def ways(self) -> list[Way]:
        """What is left when one facet's choices go, where nothing fits all of them."""
        if self.count:
            return []
        ways = [
            Way(
                self.filterset.filters[facet].label,
                [self.label(facet, value) for value in values],
                self._address(**{facet: []}),
                self.filterset.fitting.dropping(facet),
            )
            for facet, values in self.filterset.selection.items()
            if values
        ]
        query = self.filterset.query
        if query and ways:
            ways.append(
                Way(
                    _("Search"),
                    [f"“{query}”"],
                    self._address(q=""),
                    self.filterset.fitting_without_search.total,
                )
            )
        words = [f'"{word}"' if quoted else word for word, quoted in tokens(query)]
        if 1 < len(words) <= MOST_WORDS_TO_DROP and not self.closest:
            for at, word in enumerate(words):
                rest = " ".join(words[:at] + words[at + 1 :])
                count = self.filterset.count_with(Search(rest, self.filterset.queryset.db))
                ways.append(Way(_("Search"), [f"“{word}”"], self._address(q=rest), count))
        return ways

    @cached_property
    def closest(self) -> list[Closest]:
        """What is like the search, where no measure at all fits it."""
        query = self.filterset.search
        if self.count or not query or query.tree is None:
            return []
        if self.filterset.fitting.found:
            return []  # it is the facets that exclude what was found
        closest = []
        for better in query.closest():
            like = MeasureFilter({"q": better}, self.filterset.queryset)
            if like.is_valid() and (count := like.fitting.total):
                shown = Text(better, CHINESE if has_chinese(better) else ENGLISH)
                address = f"{self.address}?{like.canonical_query()}"
                closest.append(Closest(shown, address, count, list(like.qs[:MOST_CLOSEST])))
        return closest

    @cached_property
    def unsearchable(self) -> bool:
        """Whether the search has no character, letter or digit to look for."""
        return bool(self.filterset.search and self.filterset.search.tree is None)

    @cached_property
    def matrix(self) -> Matrix | None:
        """None where there are too many categories for a picture."""
        if len(self.filterset.vocabulary.options["category"]) > MOST_MATRIX_ROWS:
            return None
        return matrix(self.filterset, self._address)


def shown_facets(filterset: MeasureFilter) -> list[ShownFacet]:
    """The facets with their options in fixed order; without numbers where the selection cannot be read.

    Of many options those are shown that are chosen or have the most measures, with how many are not.
    """
    valid = filterset.is_valid()
    facets = []
    for facet in FACETS:
        filter_, labels = filterset.filters[facet], filterset.labels[facet]
        counts = filterset.fitting.numbers(facet) if valid else Counter()
        chosen = set(filterset.selection[facet]) if valid else set(filterset.data.getlist(facet))
        shown = labels.keys()
        if len(labels) > MOST_OPTIONS:
            shown = chosen.union(nlargest(MOST_OPTIONS, labels, key=lambda value: counts[value]))
        options = [
            ShownOption(
                value,
                label,
                counts[value] if valid else None,
                value in chosen,
                len(filterset.vocabulary.with_places_above(value)) - 1 if facet == "district" else 0,
            )
            for value, label in labels.items()
            if value in shown
        ]
        errors = [] if valid else [str(error) for error in filterset.form.errors.get(facet, ())]
        fitting = sum(1 for value, count in counts.items() if count and value not in shown) if valid else None
        facets.append(ShownFacet(facet, filter_.label, options, errors, len(labels) - len(options), fitting))
    return facets


def matrix(filterset: MeasureFilter, address: Callable[..., str]) -> Matrix:
    """Categories by centres: how many measures, and while they are few, which.

    `address(category=[...], centre=[...])` is that of the list with these choices.
    """
    totals, *_sums = filterset.edition.everything.matrix
    counts, by_category, by_centre = filterset.fitting.matrix
    dots = filterset.edition.dots()
    options = filterset.vocabulary.options
    centres = [*options["centre"], NONE]
    rows = [
        MatrixRow(
            category=record.name(get_language()),
            number=number,
            count=by_category[category],
            address=address(category=[category]),
            cells=[
                Cell(
                    centre,
                    address(category=[category], centre=[centre]),
                    counts[category, centre],
                    totals[category, centre],
                    [ShownDot(dot, dot.key in filterset.fitting) for dot in dots.get((category, centre), ())],
                )
                for centre in centres
            ],
        )
        for number, (category, record) in enumerate(options["category"].items(), 1)
    ]
    return Matrix(
        centres=[Cell(centre, address(centre=[centre]), by_centre[centre]) for centre in centres],
        names=[filterset.labels["centre"][centre] for centre in centres],
        rows=rows,
        count=filterset.fitting.total,
        total=filterset.edition.figures["total"],
    )
