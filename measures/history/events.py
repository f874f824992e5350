"""Events: a record was added, changed, withdrawn, deleted or published again.

The history of a measure, the page of changes, the feed and the API tell the same events in the same words. They never say who
did it, and they say nothing about what was never public.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property

from django.utils.timezone import localtime
from django.utils.translation import get_language

from measures.addresses import in_language, record_path
from measures.catalogue import Vocabulary
from measures.catalogue.vocabulary import KINDS
from measures.models import PublicVersion, Version

from .differences import Change, changes
from .names import Names, title_of


@dataclass(kw_only=True)
class Event:
    """One event. `document` is the record as it became public by it, `before` as it was public before; a withdrawal has no
    document and no note, because what the record became is not public. Both are what was recorded, without `secret()`, the
    codes of measures and years of plans that never were public."""

    id: int
    kind: str
    key: str
    number: int
    event: Version.Event
    at: datetime
    data_version: int
    note: str
    recorded: dict | None
    recorded_before: dict | None
    secret: Callable[[], set] = field(repr=False)
    names: Names = field(repr=False)
    present: Vocabulary | None = field(repr=False, default=None)
    #: Of a plan's first publication: how many records of each kind became public with it (see changes.py).
    along: list[tuple[str, int]] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.event.label

    @property
    def kind_label(self) -> str:
        return Version.Kind(self.kind).label

    @property
    def month(self) -> date:
        return localtime(self.at).date().replace(day=1)

    @property
    def withdrawn(self) -> bool:
        """Whether the record is no longer public since this event."""
        return self.event in (Version.Event.WITHDRAWN, Version.Event.DELETED)

    @property
    def title(self) -> str:
        """The name of the record at that time, in the active language."""
        return title_of(self.kind, self.recorded_before if self.withdrawn else self.recorded)

    @cached_property
    def document(self) -> dict | None:
        return _without(self.secret, self.kind, self.recorded)

    @cached_property
    def before(self) -> dict | None:
        return _without(self.secret, self.kind, self.recorded_before)

    @property
    def page(self) -> str:
        """The path of the record's own page in the active language; "" where it has none or is not public since."""
        gone = self.withdrawn or (
            self.present and self.kind in KINDS and self.key not in self.present.records(self.kind)
        )
        path = "" if gone else record_path(self.kind, self.key)
        return path and in_language(path, get_language())

    @cached_property
    def changes(self) -> list[Change]:
        """The differences from what was public before; none where nothing was public before or nothing is now."""
        if self.withdrawn or self.before is None:
            return []
        return changes(self.kind, self.before, self.document, self.names)


def described(
    versions: Iterable[PublicVersion], names: Names, present: Vocabulary | None = None
) -> list[Event]:
    """The events of these versions, which `PublicVersion.objects.events()` gives.

    Of categories, places and the like those lead to a page that are in the vocabulary `present`, if it is given.
    """
    versions = list(versions)

    @cache
    def secret() -> set:
        return _never_public(
            _referred(version.kind, document)
            for version in versions
            for document in (version.document, version.public_before)
        )

    return [
        Event(
            id=version.id,
            kind=version.kind,
            key=version.key,
            number=version.number,
            event=Version.Event(version.event),
            at=version.at,
            data_version=version.data_version,
            note=version.note,
            recorded=version.document,
            recorded_before=version.public_before,
            secret=secret,
            names=names,
            present=present,
        )
        for version in versions
    ]


# --- A public document may refer to a measure or a plan that is still a draft; readers are not told its code or year ---

#: Kind of a record -> what of its document names measures by their codes, or with paragraphs plans by their years.
REFERRING = {"measure": "parent", "term": "measures", "centre": "paragraphs"}


def _referred(kind: str, document: dict | None) -> list:
    """The codes of the measures and the years of the plans that a document refers to."""
    named = (document or {}).get(REFERRING.get(kind)) or []
    return [named] if isinstance(named, str) else [own[0] if isinstance(own, list) else own for own in named]


def _never_public(referred: Iterable[list]) -> set:
    """Those of the codes and years whose measures and plans never were public."""
    names = {name for own in referred for name in own}
    codes = [name for name in names if isinstance(name, str)]
    public = PublicVersion.objects.filter(public=True)
    if codes:
        names.difference_update(public.filter(kind="measure", key__in=codes).values_list("key", flat=True))
    if any(isinstance(name, int) for name in names):
        names.difference_update(public.filter(kind="plan").values_list("document__year", flat=True))
    return names


def _without(secret: Callable[[], set], kind: str, document: dict | None) -> dict | None:
    """The document without references to these, which are only looked up where it refers to any."""
    referred = _referred(kind, document)
    if not referred or not secret().intersection(referred):
        return document
    name = REFERRING[kind]
    if kind == "measure":
        return document | {name: None}
    kept = zip(document[name], referred, strict=True)
    return document | {name: [own for own, names in kept if names not in secret()]}
