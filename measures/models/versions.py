"""The memory of the database: the data version, and each record as every commit left it."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.snapshots import asked_moment


class DataVersionQuerySet(models.QuerySet):
    def live(self):
        """The newest: the version of the public data as they are now."""
        return self.order_by("-number")[:1].get()


class DataVersion(models.Model):
    """A version of the public data: each commit that changes them writes one, by trigger. Number 0 is the empty database.

    `lineage` tells the data from those of the same numbers before a backup was restored; `restores` counts how often one was.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("time"))
    lineage = models.UUIDField(_("lineage"))
    restores = models.PositiveSmallIntegerField(_("restorations"), default=0)

    objects = DataVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data versions")
        ordering = ["-number"]
        indexes = [models.Index(fields=["lineage", "number"], name="data_version_lineage")]

    def __str__(self):
        return str(self.number)


class VersionsOfRecords(models.QuerySet):
    def of(self, kind: str, key: str):
        """The versions of one record, newest first."""
        return self.filter(kind=kind, key=key).order_by("-number")


class VersionQuerySet(VersionsOfRecords):
    def public(self):
        return self.filter(public=True)

    def latest_number(self, kind: str, key: str) -> int:
        """The number of the record's latest version; 0 before there is one."""
        return self.of(kind, key).values_list("number", flat=True).first() or 0

    def newest_id(self) -> int:
        """The identifier of the version written last; 0 before there is one."""
        return self.order_by("-id").values_list("id", flat=True).first() or 0

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


class Version(models.Model):
    """A record as it stood after a transaction that changed it. Written by a trigger, append-only.

    `document` is the whole record (a measure with its actions, links and places; a plan with its paragraphs; vocabulary,
    terms and synonyms), as `measures_document()` in `sql/` builds it; None says that the record was deleted. `digest` is
    the document's SHA-256. `event` is what readers are told, empty where they are told nothing: of drafts, and of what a
    migration wrote in another shape.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("plan")
        CATEGORY = "category", _("category")
        CENTRE = "centre", _("centre")
        AUDIENCE = "audience", _("audience")
        DISTRICT = "district", _("district or place")
        MEASURE = "measure", _("measure")
        TERM = "term", _("term")
        SYNONYM = "synonym", _("synonym")

    class Event(models.TextChoices):
        ADDED = "added", pgettext_lazy("event", "Added")
        CHANGED = "changed", pgettext_lazy("event", "Changed")
        WITHDRAWN = "withdrawn", pgettext_lazy("event", "Withdrawn")
        DELETED = "deleted", pgettext_lazy("event", "Deleted")
        PUBLISHED_AGAIN = "published_again", pgettext_lazy("event", "Published again")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    key = models.CharField(_("code or slug"), max_length=80)
    number = models.PositiveIntegerField(_("number"))
    document = models.JSONField(_("record"), null=True)
    public = models.BooleanField(_("public"))
    actor = models.TextField(_("who"))
    at = models.DateTimeField(_("when"))
    note = models.TextField(_("why"), blank=True)
    private_note = models.TextField(_("private note"), blank=True, default="")
    data_version = models.BigIntegerField(_("data version"))
    event = models.CharField(_("event"), max_length=15, choices=Event, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, blank=True, default="")

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key", "number"], name="version_unique")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.key} #{self.number}"


class PublicVersionQuerySet(VersionsOfRecords):
    def events(self):
        """The versions that readers are told of, newest first, each with `public_before`, the last public document before it."""
        earlier = self.model.objects.filter(
            public=True, kind=OuterRef("kind"), key=OuterRef("key"), number__lt=OuterRef("number")
        ).order_by("-number")
        return self.exclude(event="").annotate(public_before=Subquery(earlier.values("document")[:1]))


class UpToTheMoment(models.Manager.from_queryset(PublicVersionQuerySet)):  # type: ignore[misc]
    """The versions that there were at the moment that a request asks for."""

    def get_queryset(self):
        versions, moment = super().get_queryset(), asked_moment.get()
        return versions.filter(data_version__lte=moment.number) if moment else versions


class PublicVersion(models.Model):
    """The part of the versions that the public may read: the view `measures_publicversion`.

    The public versions, and those that ended something public; of the latter neither document nor note.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Version.Kind)
    key = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    document = models.JSONField(null=True)
    public = models.BooleanField()
    event = models.CharField(max_length=15, choices=Version.Event, blank=True)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    data_version = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)

    objects = UpToTheMoment()
    ever = PublicVersionQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "measures_publicversion"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.key} #{self.number}"
