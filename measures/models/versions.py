"""The memory of the database: the data version, and each record as every commit left it."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _


class DataVersion(models.Model):
    """The one row that says which version of the public data this is; raised by the triggers of migration 0002."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.BigIntegerField(_("number"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data version")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_data_version")]

    def __str__(self):
        return str(self.number)


class VersionQuerySet(models.QuerySet):
    def public(self):
        """Those that public pages may show, without what only staff may read."""
        return self.filter(public=True).defer(*self.model.staff_columns)

    def of(self, kind: str, key: str):
        """The versions of one record, newest first."""
        return self.filter(kind=kind, key=key).order_by("-number")

    def latest_number(self, kind: str, key: str) -> int:
        """The number of the record's latest version; 0 before there is one."""
        return self.of(kind, key).values_list("number", flat=True).first() or 0

    def token(self, kind: str, key: str) -> str:
        """The record's edit-conflict token, `number@time` of its latest version; "" before there is one.

        With the time, because a restored backup gives out its numbers a second time.
        """
        latest = self.of(kind, key).values_list("number", "at").first()
        return f"{latest[0]}@{latest[1].isoformat()}" if latest else ""

    def since(self, token: str):
        """The versions after the one of this token; all where it cannot be read."""
        try:
            seen = datetime.fromisoformat(token.partition("@")[2]).astimezone(UTC)
        except (ValueError, OverflowError):
            return self
        return self.filter(at__gt=seen)

    def with_previous(self):
        """With `previous_document`, what the record was before: None where it did not exist."""
        before = self.model.objects.filter(
            kind=OuterRef("kind"), key=OuterRef("key"), number__lt=OuterRef("number")
        ).order_by("-number")
        return self.annotate(previous_document=Subquery(before.values("document")[:1]))

    def public_events(self):
        """What the public may know of, each with the `public_before` it replaced: the public versions, and the
        withdrawals (not public, but the version before was), whose document is nobody's business."""
        same = self.model.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"))
        public_before = same.filter(public=True, number__lt=OuterRef("number")).order_by("-number")
        just_before = same.filter(number=OuterRef("number") - 1)
        return (
            self.annotate(
                public_before=Subquery(public_before.values("document")[:1]),
                was_public=Subquery(just_before.values("public")[:1]),
            )
            .filter(Q(public=True) | Q(was_public=True))
            .defer(*self.model.staff_columns)
        )


class Version(models.Model):
    """A record as it stood after a transaction that changed it. Written by a trigger, append-only.

    `document` is the whole public record (a measure with its actions, links and places; a plan with its paragraphs;
    a category, centre, audience or place), as `measures_document()` of migration 0002 builds it; None says that the
    record was deleted.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("plan")
        CATEGORY = "category", _("category")
        CENTRE = "centre", _("centre")
        AUDIENCE = "audience", _("audience")
        DISTRICT = "district", _("district or place")
        MEASURE = "measure", _("measure")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    key = models.CharField(_("code or slug"), max_length=80)
    number = models.PositiveIntegerField(_("number"))
    document = models.JSONField(_("record"), null=True)
    public = models.BooleanField(_("public"))
    actor = models.TextField(_("who"))
    at = models.DateTimeField(_("when"))
    note = models.TextField(_("why"), blank=True)
    data_version = models.BigIntegerField(_("data version"))

    objects = VersionQuerySet.as_manager()
    staff_columns = ("actor",)  # the role of public pages cannot read them

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key", "number"], name="version_unique")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.key} #{self.number}"
