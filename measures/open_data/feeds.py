"""Atom feeds: of any selection of measures, and of all public changes."""

from collections.abc import Iterable
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import View

from measures import site
from measures.addresses import CHANGES_PATH, absolute, in_language, list_path, measure_path, tag, version_path
from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.language.bilingual import LANGUAGE_TAGS
from measures.models import DataVersion, Version
from measures.selection.filter import MeasureFilter
from measures.selection.requests import without_parameters

from .citations import description
from .files import SelectionView

MAX_ENTRIES = 100  # of a feed: readers poll often and want the news
ATOM_TYPE = "application/atom+xml; charset=utf-8"
FOLDERS = {
    Version.Kind.CATEGORY: "categories",
    Version.Kind.CENTRE: "centres",
    Version.Kind.AUDIENCE: "audiences",
    Version.Kind.DISTRICT: "districts",
}


class AtomFeed(Atom1Feed):
    """A feed that, without entries, is as old as the data it was made from; Django would take the time of day."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=self.feed["data_version"].at)


def new_feed(title: str, path: str, own_path: str, name: Iterable[str], version: DataVersion) -> AtomFeed:
    language = get_language()
    return AtomFeed(
        title=title,
        link=absolute(in_language(path, language)),
        description=None,
        language=LANGUAGE_TAGS[language],
        author_name=site.name(),
        author_link=absolute(in_language("/", language)),
        subtitle=str(site.UNOFFICIAL),
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
        feed = new_feed(title, list_path(query), own_path, ("measures", query), catalogue.version)
        for measure in catalogue.measures(newest_keys(filterset)):
            feed.add_item(
                title=f"{measure.code} {measure.title}",
                link=absolute(in_language(measure_path(measure.code), language)),
                description=escape(measure.summary),
                unique_id=tag(language, "measure", measure.code),
                updateddate=measure.edited_at,
                categories=categories_of(measure),
            )
        return written(feed)


def newest_keys(filterset: MeasureFilter) -> list[int]:
    """The keys of the selection; where there are more than MAX_ENTRIES, of those edited last."""
    if filterset.fitting.total <= MAX_ENTRIES:
        return list(filterset.keys)
    return list(islice(filterset.fitting.in_order(filterset.catalogue.order("edited")), MAX_ENTRIES))


def categories_of(measure: Measure) -> list[str]:
    """What an entry is filed under: its category, centres and places."""
    return [
        measure.category.name,
        *(link.centre.short for link in measure.centres),
        *(role.district.name for role in measure.districts),
    ]


class ChangeFeed(View):
    """Every public change of every record, the newest hundred."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if redirect := without_parameters(request):
            return redirect
        language, version = get_language(), Catalogue.current().version
        title = _("Changes of the Futian Reform Database")
        feed = new_feed(title, CHANGES_PATH, "/changes.atom", ("changes",), version)
        for change in Version.objects.public().exclude(event="")[:MAX_ENTRIES]:
            what = f"{change.get_kind_display()} {change.key} {title_of(change)}"
            happened = (
                _("Added") if change.number == 1 else _("Version %(number)s") % {"number": change.number}
            )
            feed.add_item(
                title=f"{what} · {happened}",
                link=absolute(in_language(page_of(change), language)),
                description=escape(change.note or happened),
                unique_id=tag(language, change.kind, change.key, "version", change.number),
                updateddate=change.at,
                pubdate=change.at,
            )
        return written(feed)


def title_of(change: Version) -> str:
    """The record's own title as it was then, in the active language, else in Chinese."""
    suffixes = ("en", "zh") if get_language() == "en" else ("zh",)
    for suffix in suffixes:
        for name in ("title", "name"):
            if text := change.document.get(f"{name}_{suffix}"):
                return text
    return ""


def page_of(change: Version) -> str:
    """The path where a reader sees the change: the version of a measure, the page of another record."""
    if change.kind == Version.Kind.MEASURE:
        return version_path(change.key, change.number)
    folder = FOLDERS.get(change.kind)
    return f"/{folder}/{change.key}/" if folder else "/about/"
