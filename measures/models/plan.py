"""A plan, the paragraphs of its source, and its categories."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.language.bilingual import Bilingual, paragraph_number

from .fields import ChineseField, NaturalKeyManager, PlanYearField, Searched, Written


class Plan(Written):
    """A plan. What belongs to it (categories, terms, measures) is public only while it is published."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    slug = models.SlugField(_("slug"), unique=True)
    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    title_zh = ChineseField(_("title (Chinese)"))
    title_en = models.TextField(_("title (English)"))
    short_title_zh = ChineseField(_("short title (Chinese)"))
    short_title_en = models.TextField(_("short title (English)"))
    issuer_zh = ChineseField(_("issuer (Chinese)"))
    issuer_en = models.TextField(_("issuer (English)"))
    source_zh = ChineseField(_("source (Chinese)"))
    source_en = models.TextField(_("source (English)"))
    intro_zh = ChineseField(_("introduction (Chinese)"))
    intro_en = models.TextField(_("introduction (English)"))
    method_zh = ChineseField(_("method (Chinese)"))
    method_en = models.TextField(_("method (English)"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)

    title = Bilingual()
    short_title = Bilingual()
    issuer = Bilingual()
    source = Bilingual()
    intro = Bilingual()
    method = Bilingual()

    objects = NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "published"]), name="plan_status_known"),
        ]

    def __str__(self):
        return self.short_title

    def natural_key(self):
        return (self.slug,)


class SourceParagraph(Written):
    """A paragraph of the plan's source: its number and its opening words, never its text."""

    plan = PlanYearField(related_name="source_paragraphs")
    number = models.PositiveSmallIntegerField(_("number"))
    heading = models.BooleanField(_("is a heading"), default=False)
    opening = models.CharField(_("opening words"), max_length=40)

    objects = NaturalKeyManager("plan", "number")

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

    def natural_key(self):
        return (self.plan_id, self.number)


class Category(Searched):
    plan = PlanYearField(related_name="categories")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("slug"), unique=True)
    name_zh = ChineseField(_("name (Chinese)"))
    name_en = models.TextField(_("name (English)"))
    intro_zh = ChineseField(_("introduction (Chinese)"))
    intro_en = models.TextField(_("introduction (English)"))
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="categories", blank=True
    )

    name = Bilingual()
    intro = Bilingual()

    objects = NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="category_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="category_number_positive"),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)
