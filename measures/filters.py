"""The one filter of the site: every parameter of a list, its label and its validation."""

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .models import Audience, Category, Centre, CentreLink, District, DistrictRole, Measure

NONE = "none"


class SlugsFilter(django_filters.ModelMultipleChoiceFilter):
    """A facet whose values are slugs of records, in the records' own order."""

    def __init__(self, **options):
        super().__init__(to_field_name="slug", **options)


class MeasureFilter(django_filters.FilterSet):
    """`MeasureFilter(request.GET, Measure.objects.published())`; the queryset is only good where `form` is valid."""

    category = SlugsFilter(queryset=Category.objects.all(), label=_("Category"))
    centre = SlugsFilter(
        queryset=Centre.objects.all(), label=_("Centre"), null_label=_("No centre"), null_value=NONE
    )
    link = django_filters.MultipleChoiceFilter(
        choices=CentreLink.Basis, label=_("Basis of the link to the centre")
    )
    audience = SlugsFilter(
        queryset=Audience.objects.all(),
        label=_("Whom it concerns"),
        null_label=_("Nobody named"),
        null_value=NONE,
    )
    district = SlugsFilter(queryset=District.objects.all(), label=_("District or place"))
    role = django_filters.MultipleChoiceFilter(choices=DistrictRole.Role, label=_("Role of the place"))
    basis = django_filters.MultipleChoiceFilter(choices=Measure.Basis, label=_("Basis of the measure"))

    FACETS = ("category", "centre", "link", "audience", "district", "role", "basis")

    class Meta:
        model = Measure
        fields = []

    @property
    def selection(self) -> dict[str, list[str]]:
        """The chosen slugs of every facet, in the facets' and the options' order."""
        cleaned = self.form.cleaned_data
        return {
            facet: [value if isinstance(value, str) else value.slug for value in cleaned[facet]]
            for facet in self.FACETS
        }

    def canonical_query(self, page: str = "1") -> str:
        """The one query string of this valid selection: facets and options in their fixed order, nothing else."""
        query = QueryDict(mutable=True)
        for facet, values in self.selection.items():
            query.setlist(facet, values)
        if page != "1":
            query["page"] = page
        return query.urlencode()

    def filter_queryset(self, queryset):
        return queryset.narrowed(self.selection)
