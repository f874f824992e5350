"""Every query of the site."""

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery


class NaturalKeyManager(models.Manager):
    """Finds a record by the fields of its natural key, for fixtures."""

    def __init__(self, *key_fields: str):
        super().__init__()
        self.key_fields = key_fields

    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.key_fields, values, strict=True)))


class CategoryQuerySet(models.QuerySet):
    def with_published_measures(self):
        from .models import Measure

        return self.prefetch_related(Prefetch("measures", Measure.objects.published()))


class SourceParagraphQuerySet(models.QuerySet):
    def with_citing_measures(self):
        from .models import Measure

        return self.prefetch_related(
            Prefetch("measures", Measure.objects.published()), "categories", "centres"
        )


class DistrictQuerySet(models.QuerySet):
    def with_places_below(self, slugs) -> set[str]:
        """The slugs of the places named by `slugs` and of all that lie in them."""
        below = {}
        for slug, parent in self.values_list("slug", "parent__slug"):
            below.setdefault(parent, []).append(slug)
        found, waiting = set(), list(slugs)
        while waiting:
            slug = waiting.pop()
            if slug not in found:
                found.add(slug)
                waiting.extend(below.get(slug, ()))
        return found


class MeasureQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status="published")

    def counts_by_basis(self) -> dict[str, int]:
        """How many there are, `named` in the source, `derived` by the editors, and in `total`."""
        return self.aggregate(
            total=Count("pk"),
            named=Count("pk", filter=Q(basis="named")),
            derived=Count("pk", filter=Q(basis="derived")),
        )

    def with_edit_times(self):
        """With `published_at` and `edited_at`, the times of the first and the latest public version, and the latter's
        `version_number`; None where there is no public version."""
        from .models import Version

        versions = Version.objects.public().filter(kind="measure", key=OuterRef("code"))
        latest = versions.order_by("-number")
        return self.annotate(
            published_at=Subquery(versions.order_by("number").values("at")[:1]),
            edited_at=Subquery(latest.values("at")[:1]),
            version_number=Subquery(latest.values("number")[:1]),
        )

    def edited_last(self, count: int):
        """The `count` measures edited last; what stands as it was first published is not among them."""
        edited = self.with_edit_times().filter(edited_at__gt=F("published_at"))
        return edited.order_by("-edited_at", "number")[:count]

    def neighbours(self, measure):
        """The measures before and after `measure` in plan order; None at the ends."""
        same_plan = self.filter(plan=measure.plan_id)
        return (
            same_plan.filter(number__lt=measure.number).order_by("-number").first(),
            same_plan.filter(number__gt=measure.number).order_by("number").first(),
        )

    def with_relations(self):
        """With everything a row of a list shows, in five queries for any number of rows."""
        from .models import CentreLink, DistrictRole

        return self.select_related("category", "parent").prefetch_related(
            Prefetch("centre_links", CentreLink.objects.select_related("centre")),
            Prefetch("district_roles", DistrictRole.objects.select_related("district")),
            "audiences",
        )

    def with_full_record(self):
        """With everything the page of one measure shows."""
        from .models import Action, SourceParagraph

        return self.with_relations().prefetch_related(
            Prefetch("actions", Action.objects.select_related("paragraph")),
            Prefetch("paragraphs", SourceParagraph.objects.order_by("number")),
            Prefetch("parts", self.model.objects.published()),
        )

    def for_export(self):
        """With everything that the columns of a table and the records of the API hold."""
        return self.with_full_record().with_edit_times()

    def newest(self, count: int):
        """The `count` measures whose records changed last, those changed last first."""
        return self.with_edit_times().order_by("-edited_at", "number")[:count]

    def narrowed(self, selection: dict[str, list[str]]):
        """The measures that `selection` (facet -> chosen slugs) describes.

        Within a facet the choices mean OR, between facets AND. A centre and the basis of the link must hold in one link;
        a place and its role in one role.
        """
        chosen = {facet: values for facet, values in selection.items() if values}
        measures = self
        for facet, lookup in (
            ("category", "category__slug__in"),
            ("basis", "basis__in"),
        ):
            if facet in chosen:
                measures = measures.filter(**{lookup: chosen[facet]})
        if "audience" in chosen:
            measures = measures.filter(self._audience_condition(chosen["audience"]))
        if "centre" in chosen or "link" in chosen:
            measures = measures.filter(self._centre_condition(chosen.get("centre"), chosen.get("link")))
        if "district" in chosen or "role" in chosen:
            measures = measures.filter(self._place_condition(chosen.get("district"), chosen.get("role")))
        return measures

    def _audience_condition(self, slugs):
        audiences = self.model.audiences.through.objects.filter(measure=OuterRef("pk"))
        condition = Q(Exists(audiences.filter(audience__slug__in=slugs)))
        return condition | ~Exists(audiences) if "none" in slugs else condition

    def _centre_condition(self, slugs, bases):
        from .models import CentreLink

        links = CentreLink.objects.filter(measure=OuterRef("pk"))
        matching = links.filter(basis__in=bases) if bases else links
        if not slugs:
            return Q(Exists(matching))
        condition = Q(Exists(matching.filter(centre__slug__in=slugs)))
        if "none" in slugs and not bases:  # where there is no link, there is no basis of it
            condition |= ~Exists(links)
        return condition

    def _place_condition(self, slugs, roles):
        from .models import District, DistrictRole

        matching = DistrictRole.objects.filter(measure=OuterRef("pk"))
        if slugs:
            matching = matching.filter(district__slug__in=District.objects.with_places_below(slugs))
        if roles:
            matching = matching.filter(role__in=roles)
        return Q(Exists(matching))


class VersionQuerySet(models.QuerySet):
    def public(self):
        """Those that public pages may show, without what only staff may read."""
        return self.filter(public=True).defer(*self.model.staff_columns)
