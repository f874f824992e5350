"""A measure of a plan."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Cast, Concat, Greatest, Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.facets import ABOUT, PLACES, Selection, Vocabulary, limits
from measures.language.bilingual import Bilingual
from measures.language.chinese import validate_simplified

from .fields import ChineseField, NaturalKeyManager, PlanYearField
from .plan import Category, SourceParagraph
from .versions import Version
from .vocabulary import Audience


class MeasureQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status="published")

    def with_last_edit(self):
        """With `last_edit`, when the latest version was written."""
        versions = Version.objects.filter(kind="measure", key=OuterRef("code")).order_by("-number")
        return self.annotate(last_edit=Subquery(versions.values("at")[:1]))

    def with_edit_times(self):
        """With `published_at` and `edited_at`, the times of the first and the latest public version that readers were told
        of, and the latter's `version_number`; None where there is no public version."""
        versions = Version.objects.public().exclude(event="").filter(kind="measure", key=OuterRef("code"))
        latest = versions.order_by("-number")
        return self.annotate(
            published_at=Subquery(versions.order_by("number").values("at")[:1]),
            edited_at=Subquery(latest.values("at")[:1]),
            version_number=Subquery(latest.values("number")[:1]),
        )

    def edited_last(self, count: int):
        """The `count` measures edited last; what stands as it was first published is not among them."""
        changed = (
            Version.objects.public().exclude(event="").filter(kind="measure", number__gt=1).values("key")
        )
        edited = self.filter(code__in=changed).with_edit_times().filter(edited_at__gt=F("published_at"))
        return edited.order_by("-edited_at", "number")[:count]

    def neighbours(self, measure):
        """The measures before and after `measure` in plan order; None at the ends."""
        same_plan = self.filter(plan=measure.plan_id)
        return (
            same_plan.filter(number__lt=measure.number).order_by("-number").first(),
            same_plan.filter(number__gt=measure.number).order_by("number").first(),
        )

    def with_relations(self):
        """With everything that belongs to a measure but its texts, in four queries for any number of rows."""
        return self.with_marks().select_related("category", "parent").prefetch_related("audiences")

    def with_full_record(self):
        """With everything the page of one measure shows."""
        return self.with_relations().prefetch_related(
            Prefetch("actions", self._rows("actions").select_related("paragraph")),
            Prefetch("paragraphs", SourceParagraph.objects.order_by("number")),
            Prefetch("parts", self.model.objects.published()),
        )

    def for_export(self):
        """With everything that the columns of a table and the records of the API hold."""
        return self.with_full_record().with_edit_times()

    def newest(self, count: int):
        """The `count` measures whose records changed last, those changed last first."""
        return self.order_by("-search_row__edited_at", "plan", "number")[:count]

    def narrowed(self, selection: Selection, vocabulary: Vocabulary, searched: bool = False):
        """The measures that `selection` (facet -> chosen slugs) describes; `searched` says that they have to fit a search too.

        Within a facet the choices mean OR, between facets AND. A centre and the basis of the link must hold in one link;
        a place and its role in one role.
        """
        lookup = "has_unindexed" if searched else "has"
        measures = self.filter(search_row__isnull=False)
        for column, own in (("about", ABOUT), ("places", (PLACES,))):
            if asked := limits(own, selection, vocabulary):
                measures = measures.filter(**{f"search_row__{column}__{lookup}": list(asked.values())})
        return measures

    def _rows(self, name: str):
        """All rows of a relation that belongs to measures."""
        return self.model._meta.get_field(name).related_model.objects.all()

    def with_marks(self):
        """With the category, links and places of a row, in three queries for any number of rows."""
        return self.select_related("category").prefetch_related(
            Prefetch("centre_links", self._rows("centre_links").select_related("centre")),
            Prefetch("district_roles", self._rows("district_roles").select_related("district")),
        )


class Measure(models.Model):
    class Basis(models.TextChoices):
        NAMED = "named", pgettext_lazy("basis of a measure", "Named in the source")
        DESCRIBED = "described", pgettext_lazy("basis of a measure", "Described in the source")
        DERIVED = "derived", pgettext_lazy("basis of a measure", "Split by the editors")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    plan = PlanYearField(related_name="measures")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="measures", verbose_name=_("category")
    )
    number = models.PositiveIntegerField(_("number"))
    code = models.GeneratedField(
        verbose_name=_("code"),
        expression=Concat(
            Cast("plan", models.TextField()),
            Value("-"),
            # Two digits, and more once the numbers have more: lpad() would cut them.
            Func(
                Cast("number", models.TextField()),
                Greatest(Value(2), Length(Cast("number", models.TextField()))),
                Value("0"),
                function="lpad",
                output_field=models.TextField(),
            ),
            output_field=models.TextField(),
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
        unique=True,
    )
    slug = models.SlugField(_("slug"), max_length=80)
    title_zh = ChineseField(_("title (Chinese)"))
    title_en = models.TextField(_("title (English)"), blank=True)
    headline_zh = ChineseField(_("headline (Chinese)"), blank=True)
    headline_en = models.TextField(_("headline (English)"), blank=True)
    official_name_zh = ChineseField(
        _("official name"), blank=True, help_text=_("The name in the source’s own words.")
    )
    summary_zh = ChineseField(_("summary (Chinese)"), blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)
    basis = models.CharField(_("basis"), max_length=9, choices=Basis)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("split from"),
    )
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="measures", blank=True
    )
    audiences = models.ManyToManyField(
        Audience, verbose_name=_("whom it concerns"), related_name="measures", blank=True
    )
    keywords_zh = ArrayField(
        models.CharField(max_length=80, validators=[validate_simplified]),
        verbose_name=_("keywords (Chinese)"),
        default=list,
        blank=True,
    )
    keywords_en = ArrayField(
        models.CharField(max_length=80), verbose_name=_("keywords (English)"), default=list, blank=True
    )
    note_zh = ChineseField(_("editors’ note (Chinese)"), blank=True)
    note_en = models.TextField(_("editors’ note (English)"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)

    title = Bilingual()
    headline = Bilingual()
    summary = Bilingual()
    note = Bilingual()
    keywords = Bilingual()

    objects = NaturalKeyManager.from_queryset(MeasureQuerySet)("plan", "number")

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["plan", "number"]
        permissions = [("publish_measure", _("Can publish and unpublish measures"))]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="measure_number_unique"),
            models.UniqueConstraint(fields=["plan", "slug"], name="measure_slug_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="measure_number_positive"),
            models.CheckConstraint(
                condition=Q(basis__in=["named", "described", "derived"]), name="measure_basis_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published"]), name="measure_status_known"
            ),
            models.CheckConstraint(
                condition=Q(basis="derived", parent__isnull=False)
                | (~Q(basis="derived") & Q(parent__isnull=True)),
                name="measure_derived_has_parent",
                violation_error_message=_(
                    "A measure split by the editors names the measure it was split from; "
                    "a measure named or described in the source has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="measure_not_its_own_parent"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def folio(self) -> str:
        """The number as it is set in margins: 07."""
        return f"{self.number:02}"

    def natural_key(self):
        return (self.plan_id, self.number)
