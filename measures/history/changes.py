"""The changes between two moments: the events after one data version up to another."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from measures.catalogue.moments import is_day, moment_of
from measures.models import DataVersion, PublicVersion, Version

from .events import Event


@dataclass(frozen=True)
class Span:
    """The time that an address asks for: `from` and `to`, each a number or a day; without them all that was and is."""

    after: DataVersion | None = None
    until: DataVersion | None = None
    by_day: bool = False  # whether the address names a day: the same in numbers is its permanent form

    @classmethod
    def asked_for(cls, given: QueryDict) -> "Span":
        """Raises UnknownMoment where there is no such number or day."""
        since, until = given.get("from", ""), given.get("to", "")
        return cls(
            moment_of(since) if since else None,
            moment_of(until) if until else None,
            is_day(since) or is_day(until),
        )

    @property
    def query(self) -> str:
        """The span as addresses write it."""
        ends = {"from": self.after, "to": self.until}
        return urlencode({name: end.number for name, end in ends.items() if end})

    def events(self) -> QuerySet[PublicVersion]:
        """The events of this time, newest first."""
        found: QuerySet[PublicVersion] = PublicVersion.objects.events()
        if self.after:
            found = found.filter(data_version__gt=self.after.number)
        return found.filter(data_version__lte=self.until.number) if self.until else found


def folded(events: QuerySet[PublicVersion]) -> QuerySet[PublicVersion]:
    """The events without those that are told with their plan's: what became public when the plan first did."""
    plans = PublicVersion.objects.filter(kind=Version.Kind.PLAN, event=Version.Event.ADDED)
    along = ~Q(kind=Version.Kind.PLAN) & Q(
        event=Version.Event.ADDED, data_version__in=plans.values("data_version")
    )
    return events.exclude(along)


def tell_what_came_along(events: list[Event]) -> None:
    """Give the first publications of plans the number of records of each kind that became public with them."""
    added = [
        event for event in events if (event.kind, event.event) == (Version.Kind.PLAN, Version.Event.ADDED)
    ]
    rows = (
        PublicVersion.objects.filter(
            event=Version.Event.ADDED, data_version__in={event.data_version for event in added}
        )
        .exclude(kind=Version.Kind.PLAN)
        .order_by()
        .values_list("data_version", "kind")
        .annotate(count=Count("id"))
    )
    counts = {(number, kind): count for number, kind, count in rows}
    for event in added:
        event.along = [
            (kind.label, count) for kind in Version.Kind if (count := counts.get((event.data_version, kind)))
        ]
