"""Atom feeds: of any selection of measures, and of all public changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import View

from measures import site
from measures.addresses import (
    absolute,
    changes_path,
    history_path,
    in_language,
    list_path,
    measure_path,
    tag,
    version_path,
)
from measures.catalogue import Catalogue
from measures.catalogue.records import Measure, Plan
from measures.history.changes import Span
from measures.history.events import Event, described
from measures.history.names import public_names
from measures.language.bilingual import LANGUAGE_TAGS
from measures.models import DataVersion, Version
from measures.selection.filter import MeasureFilter

from .citations import description
from .files import SelectionView

MAX_ENTRIES = 100  # entries of a feed: programs fetch it often and show what is new
ATOM_TYPE = "application/atom+xml; charset=utf-8"


class AtomFeed(Atom1Feed):
    """A feed that, without entries, is as old as the data it was made from; Django would take the time of day."""

    def latest_post_date(self) -> datetime:
        times: list[datetime] = [item["updateddate"] for item in self.items]
        return max(times, default=self.feed["data_version"].at)


def new_feed(
    title: str, path: str, own_path: str, name: Iterable[str], version: DataVersion, plans: Sequence[Plan]
) -> AtomFeed:
    language = get_language()
    return AtomFeed(
        title=title,
        link=absolute(in_language(path, language)),
        description=None,
        language=LANGUAGE_TAGS[language],
        author_name=site.name(),
        author_link=absolute(in_language("/", language)),
        subtitle=site.unofficial([plan.year for plan in plans]),
        feed_url=absolute(in_language(own_path, language)),
        feed_guid=tag(language, *name),
        feed_copyright=site.licence_line(),
        data_version=version,
    )


def written(feed: AtomFeed) -> HttpResponse:
    response = HttpResponse(content_type=ATOM_TYPE)
    feed.write(response, "utf-8")
    return response


class MeasureFeed(SelectionView):
    """The measures of a selection in the order of its page; of more than a hundred, the hundred edited last.

    An entry is a measure: `updated` is when its record last changed, so a reader shows it anew exactly then.
    """

    def answer(self, filterset: MeasureFilter) -> HttpResponse:
        catalogue, query, language = filterset.catalogue, filterset.canonical_query(), get_language()
        title = _("Measures of the Futian Reform Database")
        if selection := description(filterset):
            title = f"{title} · {selection}"
        own_path = list_path(query, ".atom")
        name, plans = ("measures", query), filterset.plans
        feed = new_feed(title, list_path(query), own_path, name, catalogue.version, plans)
        for measure in catalogue.measures(newest_keys(filterset)):
            feed.add_item(
                title=f"{measure.code} {measure.title}",
                link=absolute(in_language(measure_path(measure.code), language)),
                description=escape(measure.summary),
                unique_id=tag(language, "measure", measure.code),
                updateddate=measure.edited_at,
                categories=categories_of(measure, catalogue),
            )
        return written(feed)


def newest_keys(filterset: MeasureFilter) -> list[int]:
    """The keys of the selection; where there are more than MAX_ENTRIES, of those edited last."""
    if filterset.fitting.total <= MAX_ENTRIES:
        return list(filterset.keys)
    return list(islice(filterset.fitting.in_order(filterset.catalogue.order("edited")), MAX_ENTRIES))


def categories_of(measure: Measure, catalogue: Catalogue) -> list[str]:
    """The categories of a feed's entry: the measure's plan where there are several, its category, centres and places."""
    return [
        *([measure.plan.short_title] if len(catalogue.plans) > 1 else ()),
        measure.category.name,
        *(link.centre.short for link in measure.centres),
        *(role.district.name for role in measure.districts),
    ]


class ChangeFeed(View):
    """Every event of every record between two moments, or all; the newest hundred."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        query = (span := Span.asked_for(request.GET)).query
        if request.META["QUERY_STRING"] != query:
            return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)
        language, catalogue = get_language(), Catalogue.current()
        title = _("Changes of the Futian Reform Database")
        path, own_path = changes_path(query), changes_path(query, ".atom")
        name = ("changes", query) if query else ("changes",)
        feed = new_feed(title, path, own_path, name, catalogue.version, catalogue.plans)
        names = public_names(catalogue.vocabulary)
        for event in described(span.events()[:MAX_ENTRIES], names, catalogue.vocabulary):
            feed.add_item(
                title=f"{event.kind_label} {event.key} {event.title} · {event.label}",
                link=absolute(page_of(event)),
                description=escape(event.note or event.label),
                unique_id=tag(language, event.kind, event.key, "version", event.number),
                updateddate=event.at,
                pubdate=event.at,
            )
        return written(feed)


def page_of(event: Event) -> str:
    """The page where a reader sees the event: the version of a measure, the page of another record, or where its history
    stands if it is no longer public."""
    if event.kind == Version.Kind.MEASURE:
        path = history_path(event.key) if event.withdrawn else version_path(event.key, event.number)
        return in_language(path, get_language())
    return event.page or in_language(changes_path(), get_language())
