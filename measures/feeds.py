"""Atom feeds: of any selection of measures, and of all public changes."""

from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import View

from .addresses import CHANGES_PATH, absolute, in_language, list_path, tag, version_path
from .citations import description
from .exports import LICENCE
from .filters import MeasureFilter
from .models import DataVersion, Version
from .selections import SelectionView, without_parameters

# Entries of a feed: readers poll often and want the news.
NEWEST = 100
ATOM_TYPE = "application/atom+xml; charset=utf-8"


class AtomFeed(Atom1Feed):
    """Without entries, a feed is as old as the data it was made from; Django would take the time of day."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=self.feed["data_version"].at)


def new_feed(title: str, path: str, own_path: str, name: tuple, version: DataVersion) -> AtomFeed:
    language = get_language()
    return AtomFeed(
        title=title,
        link=absolute(in_language(path, language)),
        description=None,
        language={"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}.get(language, language),
        author_name=_("Futian Reform Database"),
        author_link=absolute(in_language("/", language)),
        subtitle=_(
            "An editorial project, not an official site. A plan of 2020; outcomes are not recorded here."
        ),
        feed_url=absolute(in_language(own_path, language)),
        feed_guid=tag(language, *name),
        feed_copyright=f"{LICENCE['title']} {LICENCE['path']}",
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

    def answer(self, filterset: MeasureFilter, query: str, version: DataVersion):
        measures = filterset.qs.with_relations().with_edit_times()
        if measures.count() > NEWEST:
            measures = measures.newest(NEWEST)
        title = _("Measures of the Futian Reform Database")
        if selection := description(filterset):
            title = f"{title} · {selection}"
        feed = new_feed(title, list_path(query), list_path(query, ".atom"), ("measures", query), version)
        language = get_language()
        for measure in measures:
            feed.add_item(
                title=f"{measure.code} {measure.title}",
                link=absolute(in_language(f"/measures/{measure.code}/", language)),
                description=escape(measure.summary),
                unique_id=tag(language, "measure", measure.code),
                updateddate=measure.edited_at,
                categories=[
                    measure.category.name,
                    *(link.centre.short for link in measure.centre_links.all()),
                    *(place.district.name for place in measure.district_roles.all()),
                ],
            )
        return written(feed)


class ChangeFeed(View):
    """Every public change of every record, the newest hundred."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        if redirect := without_parameters(request):
            return redirect
        feed = new_feed(
            _("Changes of the Futian Reform Database"),
            CHANGES_PATH,
            "/changes.atom",
            ("changes",),
            request.data_version,
        )
        language = get_language()
        for change in Version.objects.public().exclude(event="")[:NEWEST]:
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
    """Where a reader sees the change: the version of a measure, the page of another record."""
    if change.kind == Version.Kind.MEASURE:
        return version_path(change.key, change.number)
    folders = {
        Version.Kind.CATEGORY: "categories",
        Version.Kind.CENTRE: "centres",
        Version.Kind.AUDIENCE: "audiences",
        Version.Kind.DISTRICT: "districts",
    }
    folder = folders.get(change.kind)
    return f"/{folder}/{change.key}/" if folder else "/about/"
