"""A plan, the paragraphs of its source, and its categories."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.language.bilingual import paragraph_number

from .fields import BilingualField, Keyed, NaturalKeyManager, PlanYearField, Searched, Slugged, Status


class Plan(Slugged):
    """A plan. What belongs to it (categories, terms, measures) is public only while it is published."""

    Status = Status

    slug = models.SlugField(_("slug"), unique=True)
    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    title = BilingualField(_("title (Chinese)"), _("title (English)"))
    short_title = BilingualField(_("short title (Chinese)"), _("short title (English)"))
    issuer = BilingualField(_("issuer (Chinese)"), _("issuer (English)"))
    source = BilingualField(_("source (Chinese)"), _("source (English)"))
    intro = BilingualField(_("introduction (Chinese)"), _("introduction (English)"))
    method = BilingualField(_("method (Chinese)"), _("method (English)"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="plan_status_known"),
        ]

    def __str__(self):
        return self.short_title


class SourceParagraph(Keyed):
    """A paragraph of the plan's source: its number and its opening words, never its text."""

    plan = PlanYearField(related_name="source_paragraphs")
    number = models.PositiveSmallIntegerField(_("number"))
    heading = models.BooleanField(_("is a heading"), default=False)
    opening = models.CharField(_("opening words"), max_length=40)

    objects = NaturalKeyManager("plan_id", "number")

    class Meta:
        verbose_name = _("source paragraph")
        verbose_name_plural = _("source paragraphs")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="paragraph_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="paragraph_number_positive"),
        ]

    def __str__(self):
        return f"{self.plan_id} {paragraph_number(self.number)} {self.opening}…"


class Category(Slugged, Searched):
    plan = PlanYearField(related_name="categories")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("slug"), unique=True)
    name = BilingualField(_("name (Chinese)"), _("name (English)"))
    intro = BilingualField(_("introduction (Chinese)"), _("introduction (English)"))
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="categories", blank=True
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="category_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="category_number_positive"),
        ]
