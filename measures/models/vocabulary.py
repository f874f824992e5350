"""Centres, audiences and places, to which measures are linked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .fields import BilingualField, Searched, Slugged
from .plan import SourceParagraph


class Centre(Slugged, Searched):
    """One of the "four centres" that the reforms are meant to serve."""

    slug = models.SlugField(_("slug"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), unique=True)
    name = BilingualField(_("name (Chinese)"), _("name (English)"))
    short = BilingualField(_("short name (Chinese)"), _("short name (English)"))
    epithet = BilingualField(_("epithet (Chinese)"), _("epithet (English)"))
    description = BilingualField(_("description (Chinese)"), _("description (English)"))
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="centres", blank=True
    )

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ["order"]


class Audience(Slugged, Searched):
    """A group of people whom measures concern, in the editors' reading."""

    slug = models.SlugField(_("slug"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), unique=True)
    name = BilingualField(_("name (Chinese)"), _("name (English)"))

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["order"]


class District(Slugged, Searched):
    """The district itself or a place in it."""

    class Kind(models.TextChoices):
        DISTRICT = "district", pgettext_lazy("kind of place", "District")
        SUBDISTRICT = "subdistrict", pgettext_lazy("kind of place", "Sub-district")
        AREA = "area", pgettext_lazy("kind of place", "Area")
        SITE = "site", pgettext_lazy("kind of place", "School or site")

    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = BilingualField(_("name (Chinese)"), _("name (English)"))
    pinyin = models.CharField(_("pinyin"), max_length=200)
    code = models.CharField(
        _("division code"),
        max_length=12,
        null=True,
        blank=True,
        unique=True,
        help_text=_(
            "Statistical division code of the National Bureau of Statistics; empty if there is none."
        ),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    aliases = ArrayField(
        models.CharField(max_length=200), verbose_name=_("other names"), default=list, blank=True
    )
    note = BilingualField(_("note (Chinese)"), _("note (English)"), blank=True)

    class Meta:
        verbose_name = _("district or place")
        verbose_name_plural = _("districts and places")
        ordering = [F("code").asc(nulls_last=True), "kind", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["district", "subdistrict", "area", "site"]), name="district_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="district_not_inside_itself"
            ),
        ]
