"""What readers are told of a record: that it was added, changed, withdrawn, deleted or published again.

The history of a measure, the page of changes, the feed and the API tell the same events in the same words. Who did it is told
to nobody, and of what was never public nothing is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import OuterRef, QuerySet, Subquery

from measures.models import Version

from .differences import Change, changes
from .documents import title_of
from .names import Names


@dataclass(kw_only=True)
class Event:
    """One event. `document` is the record as it became public by it, `before` as it was public before; a withdrawal has no
    document and no note, because what the record became is not public."""

    id: int
    kind: str
    key: str
    number: int
    event: Version.Event
    at: datetime
    data_version: int
    note: str
    document: dict | None
    before: dict | None
    names: Names = field(repr=False)

    @property
    def label(self) -> str:
        return self.event.label

    @property
    def kind_label(self) -> str:
        return Version.Kind(self.kind).label

    @property
    def withdrawn(self) -> bool:
        """Whether the record is not public since."""
        return self.event in (Version.Event.WITHDRAWN, Version.Event.DELETED)

    @property
    def title(self) -> str:
        """What the record was called then, in the active language."""
        return title_of(self.kind, self.before if self.withdrawn else self.document)

    @cached_property
    def changes(self) -> list[Change]:
        """What differs from what was public before; nothing where there was nothing before or is nothing now."""
        if self.withdrawn or self.before is None:
            return []
        return changes(self.kind, self.before, self.document, self.names)


def event_versions() -> QuerySet[Version]:
    """The versions that are events, the newest first; `described` makes the event of each.

    Each is annotated with `public_before`, the last document that was public before it.
    """
    earlier = Version.objects.filter(
        kind=OuterRef("kind"), key=OuterRef("key"), number__lt=OuterRef("number")
    ).order_by("-number")
    return (
        Version.objects.annotate(
            public_before=Subquery(earlier.filter(public=True).values("document")[:1]),
        )
        .exclude(event="")
        .defer(*Version.staff_columns)
    )


def described(versions: Iterable[Version], names: Names) -> list[Event]:
    """The events of these versions of `event_versions()`."""
    return [
        Event(
            id=version.id,
            kind=version.kind,
            key=version.key,
            number=version.number,
            event=Version.Event(version.event),
            at=version.at,
            data_version=version.data_version,
            note=version.note if version.public else "",
            document=version.document if version.public else None,
            before=version.public_before,
            names=names,
        )
        for version in versions
    ]
