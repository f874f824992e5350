"""The changes between two moments: the events after one data version up to another."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from measures.addresses import with_query
from measures.catalogue.moments import moment_of
from measures.models import DataVersion, PublicVersion, Version

from .events import Event


@dataclass(frozen=True)
class Span:
    """The time that an address asks for: `from` and `to`, each a number or a day; without them all that was and is."""

    after: DataVersion | None = None
    until: DataVersion | None = None

    @classmethod
    def asked_for(cls, given: QueryDict) -> "Span":
        """Its ends may come in either order; raises UnknownMoment where there is no such number or day."""
        since, until = given.get("from", ""), given.get("to", "")
        after, end = moment_of(since) if since else None, moment_of(until) if until else None
        return cls(end, after) if after and end and after.number > end.number else cls(after, end)

    @property
    def query(self) -> str:
        """The span as addresses write it: in numbers."""
        return self.page(1)

    def page(self, number: int) -> str:
        """The query string of this page of the span."""
        ends = {"from": self.after, "to": self.until}
        written = {name: end.number for name, end in ends.items() if end}
        return urlencode(written | ({"page": number} if number > 1 else {}))

    def redirect(self, request: HttpRequest, number: int) -> HttpResponseRedirect | None:
        """The redirect of this page, if it names a day, to the same in numbers; 0 is no page."""
        query = self.page(number)
        if not number or request.META["QUERY_STRING"] == query:
            return None
        return HttpResponseRedirect(with_query(request.path, query))

    def events(self) -> QuerySet[PublicVersion]:
        """The events of this time, newest first."""
        found: QuerySet[PublicVersion] = PublicVersion.objects.events()
        if self.after:
            found = found.filter(data_version__gt=self.after.number)
        return found.filter(data_version__lte=self.until.number) if self.until else found


def on_page(
    events: QuerySet[PublicVersion], request: HttpRequest, number: int, size: int
) -> tuple[list[PublicVersion], bool]:
    """The events on a page, and whether another page follows; raises Http404 where there is no such page.

    They are not counted, which would read the whole history.
    """
    first = (number - 1) * size
    found = list(events[first : first + size + 1]) if number else []
    if not found and number != 1:
        raise Http404(_("There is no page “%(number)s” of changes.") % {"number": request.GET["page"][:20]})
    return found[:size], len(found) > size


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
