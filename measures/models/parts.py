"""The parts of a measure, edited with it: actions, links to centres, roles of places."""

from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .fields import BilingualField, Keyed, NaturalKeyManager, Searched
from .measure import Measure
from .plan import SourceParagraph
from .vocabulary import Centre, District


class Action(Keyed, Searched):
    """One thing that the plan says will be done; with `background`, what it reports from before the plan."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField(_("position"))
    text = BilingualField(_("action (Chinese)"), _("action (English)"), blank_en=True)
    paragraph = models.ForeignKey(
        SourceParagraph, on_delete=models.PROTECT, related_name="actions", verbose_name=_("source paragraph")
    )
    background = models.BooleanField(_("is background"), default=False)

    objects = NaturalKeyManager("measure__plan_id", "measure__number", "position")

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["measure", "position"]
        constraints = [
            # Deferred, so that actions can swap places within one transaction.
            models.UniqueConstraint(
                fields=["measure", "position"],
                name="action_position_unique",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="action_position_positive"),
        ]

    def __str__(self):
        return f"{self.position}. {self.text}"


class CentreLink(Keyed, Searched):
    """A link of a measure to a centre that it serves, with its basis and the editors' reason."""

    class Basis(models.TextChoices):
        TEXT = "text", pgettext_lazy("basis of a link", "From the text")
        EDITORIAL = "editorial", pgettext_lazy("basis of a link", "Editorial judgement")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="centre_links")
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, related_name="links", verbose_name=_("centre")
    )
    basis = models.CharField(_("basis"), max_length=9, choices=Basis)
    reason = BilingualField(_("reason (Chinese)"), _("reason (English)"), blank_en=True)

    objects = NaturalKeyManager("measure__plan_id", "measure__number", "centre__slug")

    class Meta:
        verbose_name = _("link to a centre")
        verbose_name_plural = _("links to centres")
        ordering = ["measure", "centre__order"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "centre"], name="one_link_per_measure_and_centre"),
            models.CheckConstraint(condition=Q(basis__in=["text", "editorial"]), name="link_basis_known"),
        ]

    def __str__(self):
        return f"{self.centre} ({self.get_basis_display()})"


class DistrictRole(Keyed, Searched):
    """The part that a place plays in a measure. The source names no responsible unit, so there is none here."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", pgettext_lazy("role of a place", "Responsible district")
        PILOT = "pilot", pgettext_lazy("role of a place", "Pilot")
        SITE = "site", pgettext_lazy("role of a place", "Site")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="district_roles")
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="roles", verbose_name=_("district or place")
    )
    role = models.CharField(_("role"), max_length=11, choices=Role)
    note = BilingualField(_("note (Chinese)"), _("note (English)"), blank=True)

    objects = NaturalKeyManager("measure__plan_id", "measure__number", "district__slug", "role")

    class Meta:
        verbose_name = _("role of a place")
        verbose_name_plural = _("roles of places")
        ordering = ["measure", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "district", "role"], name="one_role_per_place"),
            models.CheckConstraint(condition=Q(role__in=["responsible", "pilot", "site"]), name="role_known"),
        ]

    def __str__(self):
        return f"{self.district} ({self.get_role_display()})"
