"""Terms with their explanations, and synonyms for searches."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import BilingualField, PlanYearField, Slugged
from .measure import Measure


class Term(Slugged):
    """A word of a plan that its readers may not know, and the editors' explanation of it. Public when its plan is."""

    plan = PlanYearField(related_name="terms")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = BilingualField(_("term (Chinese)"), _("term (English)"))
    gloss = BilingualField(_("explanation (Chinese)"), _("explanation (English)"))
    measures = models.ManyToManyField(Measure, verbose_name=_("measures"), related_name="terms", blank=True)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["plan", "slug"]


def new_synonym_slug() -> str:
    """A key for a synonym: it has no address, so its key need not say anything."""
    return f"synonym-{secrets.token_hex(4)}"


class Synonym(Slugged):
    """A word that stands for another: a search for `word` also finds `means`; with `both_ways` the reverse too."""

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_synonym_slug, editable=False)
    word = models.CharField(_("word"), max_length=80)
    means = models.CharField(_("means"), max_length=80)
    both_ways = models.BooleanField(_("both ways"), default=False)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["word", "means"]
        constraints = [
            models.UniqueConstraint(fields=["word", "means"], name="synonym_unique"),
            models.CheckConstraint(condition=~Q(word=F("means")), name="synonym_means_another_word"),
        ]

    def clean(self) -> None:
        if self.word == self.means:
            raise ValidationError({"means": _("This is the word itself.")})

    def __str__(self):
        return f"{self.word} {'=' if self.both_ways else '→'} {self.means}"
