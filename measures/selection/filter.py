"""The one filter of the site: every parameter of a list, its label and its validation."""

from collections.abc import Iterator, Mapping
from copy import copy
from functools import lru_cache
from urllib.parse import urlencode

import django_filters
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measures.catalogue import Catalogue, Vocabulary
from measures.catalogue.records import Category, Centre, Plan, Record
from measures.language.bilingual import CHINESE, ENGLISH, Text
from measures.models import CentreLink, DistrictRole, Measure
from measures.search import Search

from .facets import FACETS, NONE, Selection
from .numbers import Fitting, everything

MAX_QUERY_LENGTH = 200  # characters
# The facets whose values are records.
RECORD_FACETS = ("plan", "category", "centre", "audience", "district")
SORTS = (
    ("number", _("Number")),
    ("title", _("Official title (pinyin)")),
    ("edited", _("Last edited")),
    ("relevance", _("Relevance")),
)


@lru_cache(maxsize=4096)  # a list page links to some fifty other lists, most of whose parameters are the same
def _parameter(name: str, *values: str) -> str:
    return urlencode([(name, value) for value in values if value])


def validate_readable(query: str) -> None:
    if "\ufffd" in query:  # what undecodable bytes become
        raise ValidationError(_("The search contains characters that cannot be read (not UTF-8)."))


class SharedField(django_filters.fields.MultipleChoiceField):
    """A field that all forms of a data version and language share: no request changes it."""

    def __deepcopy__(self, memo: dict[int, object]) -> "SharedField":
        return self


class Facet(django_filters.MultipleChoiceFilter):
    """A facet, whose values are slugs. Where they name records, its choices are set when the form is made."""

    field_class = SharedField

    def __init__(self, choices=(), none_label=None, **options):
        self.none_label = none_label
        super().__init__(
            choices=choices,
            error_messages={
                "invalid_choice": _("“%(value)s” is not one of the values of this filter."),
            },
            **options,
        )

    def __deepcopy__(self, memo):
        return copy(self)  # each filterset copies its filters, which no request changes


def label_of(record: Record, vocabulary: Vocabulary) -> Text:
    """A record as an option is called: a plan and a centre by a short name, a category that has a namesake with its year."""
    label: Text
    if isinstance(record, Plan):
        label = record.short_title
    elif isinstance(record, Category) and vocabulary.has_namesake(record):
        named = _("%(category)s (%(year)s)") % {"category": record.name, "year": record.plan.year}
        label = Text(named, record.name.lang)
    else:
        label = record.short if isinstance(record, Centre) else record.name  # type: ignore[attr-defined]
    return label


class MeasureFilter(django_filters.FilterSet):
    """A selection of the measures of a catalogue: `MeasureFilter(request.GET)`. Only a valid one can be asked for more.

    `keys` are the keys of the measures that fit, sorted, and `fitting` the numbers; `qs` are the same as model instances,
    in the order of the plan.
    """

    q = django_filters.CharFilter(
        max_length=MAX_QUERY_LENGTH, validators=[validate_readable], label=_("Search")
    )
    plan = Facet(label=_("Plan"))
    category = Facet(label=_("Category"))
    centre = Facet(label=_("Centre"), none_label=_("No centre"))
    link = Facet(choices=CentreLink.Basis.choices, label=_("Basis of the link to the centre"))
    audience = Facet(label=_("Whom it concerns"), none_label=pgettext_lazy("audience", "Nobody named"))
    district = Facet(label=_("District or place"))
    role = Facet(choices=DistrictRole.Role.choices, label=_("Role of the place"))
    basis = Facet(choices=Measure.Basis.choices, label=_("Basis of the measure"))
    sort = django_filters.ChoiceFilter(choices=SORTS, empty_label=None, label=_("Order"))

    class Meta:
        model = Measure
        fields = []

    def __init__(self, data=None, queryset=None, *, catalogue: Catalogue | None = None, **options):
        super().__init__(_without_empty_values(data or QueryDict()), queryset, **options)
        self.catalogue = catalogue or Catalogue.current()
        for filter_ in self.filters.values():
            # Breaks a cycle that would keep the bitmaps in memory until garbage is collected.
            filter_.parent = None

    def get_form_class(self) -> type[Form]:
        return self.catalogue.kept(("form", get_language()), self._form_class)

    def _form_class(self) -> type[Form]:
        for facet in RECORD_FACETS:
            filter_ = self.filters[facet]
            filter_.extra = filter_.extra | {"choices": list(self.labels[facet].items())}
        return super().get_form_class()

    @property
    def vocabulary(self) -> Vocabulary:
        return self.catalogue.vocabulary

    @property
    def labels(self) -> dict[str, dict[str, Text]]:
        """Facet -> value -> its name in the active language, in the options' order."""
        return self.catalogue.kept(("labels", get_language()), self._labels)

    def _labels(self) -> dict[str, dict[str, Text]]:
        language = ENGLISH if get_language() == "en" else CHINESE
        found: dict[str, dict[str, Text]] = {}
        for facet in FACETS:
            filter_ = self.filters[facet]
            if facet in RECORD_FACETS:
                records = self.vocabulary.records(facet)
                found[facet] = {slug: label_of(own, self.vocabulary) for slug, own in records.items()}
            else:
                found[facet] = {value: Text(own, language) for value, own in filter_.extra["choices"]}
            if filter_.none_label:
                found[facet][NONE] = Text(filter_.none_label, language)
        return found

    @cached_property
    def selection(self) -> Selection:
        """The chosen slugs of every facet, in the facets' and the options' order."""
        cleaned = self.form.cleaned_data
        return {facet: [value for value in self.labels[facet] if value in cleaned[facet]] for facet in FACETS}

    @cached_property
    def plans(self) -> list[Plan]:
        """The plans that this selection asks for, the newest first: those chosen, those of the categories chosen, or all."""
        slugs = self.selection["plan"] or [
            self.vocabulary.category[slug].plan.slug for slug in self.selection["category"]
        ]
        return [plan for plan in self.catalogue.plans if not slugs or plan.slug in slugs]

    @property
    def query(self) -> str:
        """The words searched for, with single spaces; empty where there are none."""
        return " ".join(self.form.cleaned_data["q"].split())

    @property
    def order(self) -> str:
        chosen = self.form.cleaned_data["sort"]
        if not chosen or (chosen == "relevance" and not self.query):
            return self.default_order
        return chosen

    @property
    def default_order(self) -> str:
        return "relevance" if self.query else "number"

    @cached_property
    def _written(self) -> dict[str, str]:
        """Each parameter of this selection as its address writes it; empty where the address leaves it out."""
        written = {"q": _parameter("q", self.query)}
        written |= {facet: _parameter(facet, *values) for facet, values in self.selection.items()}
        return written | {"sort": self._written_order(self.query), "page": ""}

    def _written_order(self, query: str) -> str:
        usual = self.order == "relevance" or (self.order == "number" and not query)
        return "" if usual else _parameter("sort", self.order)

    def canonical_query(self, page: str = "1", **changes: str | list[str]) -> str:
        """The one query string of this valid selection: facets and options in their fixed order, nothing else.

        `changes` are other values for search and facets: `canonical_query(centre=[], q="")`.
        """
        written = dict(self._written)
        for name, values in changes.items():
            written[name] = _parameter(name, *([values] if isinstance(values, str) else values))
        if "q" in changes:
            written["sort"] = self._written_order(changes["q"])
        if page != "1":
            written["page"] = _parameter("page", page)
        return "&".join(filter(None, written.values()))

    @cached_property
    def search(self) -> Search | None:
        return Search(self.query, self.catalogue) if self.query else None

    def filter_queryset(self, queryset):
        return queryset.filter(code__in=list(self.catalogue.register.codes(self.fitting.bitmap)))

    @cached_property
    def fitting(self) -> Fitting:
        """The measures of this selection, as far as a page needs to know them."""
        return self._fitting(self.search.found if self.search else None)

    @cached_property
    def fitting_without_search(self) -> Fitting:
        return self._fitting(None)

    def _fitting(self, found: int | None) -> Fitting:
        if found is None and not any(self.selection.values()):
            return everything(self.catalogue)
        return Fitting(self.catalogue.register, self.selection, found)

    @property
    def keys(self) -> Iterator[int]:
        """The keys of the measures, sorted."""
        if self.order == "relevance":
            return self.fitting.in_order(self.catalogue.order("number"), self.search.in_title)
        return self.fitting.in_order(self.catalogue.order(self.order))

    def count_of(self, found: int) -> int:
        """Count the measures of a bitmap, which another search found, that fit the facets of this selection."""
        return self._fitting(found).total


def _without_empty_values(data: QueryDict | Mapping[str, str | list[str]]) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in data:
        given = data.getlist(name) if isinstance(data, QueryDict) else data[name]
        values = [str(value) for value in ([given] if isinstance(given, str) else given)]
        if values := [value for value in values if value.strip()]:
            kept.setlist(name, values)
    return kept
