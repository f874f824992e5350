"""A measure of a plan."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat, Greatest, Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.language.bilingual import Bilingual
from measures.language.chinese import validate_simplified

from .fields import BilingualField, ChineseField, Keyed, NaturalKeyManager, PlanYearField, Searched, Status
from .plan import Category, SourceParagraph
from .versions import Version
from .vocabulary import Audience


class MeasureQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Status.PUBLISHED)

    def with_last_edit(self):
        """With `last_edit`, when the latest version was written."""
        versions = Version.objects.filter(kind="measure", key=OuterRef("code")).order_by("-number")
        return self.annotate(last_edit=Subquery(versions.values("at")[:1]))


class Measure(Keyed, Searched):
    class Basis(models.TextChoices):
        NAMED = "named", pgettext_lazy("basis of a measure", "Named in the source")
        DESCRIBED = "described", pgettext_lazy("basis of a measure", "Described in the source")
        DERIVED = "derived", pgettext_lazy("basis of a measure", "Split by the editors")

    Status = Status

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
    title = BilingualField(_("title (Chinese)"), _("title (English)"), blank_en=True)
    headline = BilingualField(_("headline (Chinese)"), _("headline (English)"), blank=True)
    official_name_zh = ChineseField(
        _("official name"), blank=True, help_text=_("The name in the source’s own words.")
    )
    summary = BilingualField(_("summary (Chinese)"), _("summary (English)"), blank=True)
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
    note = BilingualField(_("editors’ note (Chinese)"), _("editors’ note (English)"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)

    keywords = Bilingual()

    objects = NaturalKeyManager.from_queryset(MeasureQuerySet)("plan_id", "number")

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
            models.CheckConstraint(condition=Q(status__in=Status.values), name="measure_status_known"),
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
        return f"{self.number:02}"
