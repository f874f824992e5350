"""Atom feeds: of any selection of measures, and of all public changes.

A feed of more than MAX_ENTRIES goes on in pages that link to each other (RFC 5005, section 3).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

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
from measures.history.changes import Span, on_page
from measures.history.events import Event, described
from measures.history.names import public_names
from measures.language.bilingual import LANGUAGE_TAGS
from measures.models import DataVersion, Version
from measures.selection.filter import MeasureFilter
from measures.selection.requests import canonical_redirect, existing_page, page_number, selected

from .citations import description

MAX_ENTRIES = 100  # on a page of a feed: programs fetch it often and show what is new
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
ATOM_TYPE = "application/atom+xml; charset=utf-8"


class Writer(SimplerXMLGenerator):
    """A writer that takes any text: what XML cannot hold becomes U+FFFD."""

    def characters(self, content: str) -> None:
        super().characters(NOT_IN_XML.sub("\ufffd", content))

    def startElement(self, name: str, attrs: Any) -> None:
        texts: Any = {key: NOT_IN_XML.sub("\ufffd", text) for key, text in attrs.items()}
        super().startElement(name, texts)


class AtomFeed(Atom1Feed):
    """A page of a feed, with links to the others. Without entries it is as old as the data it was made from; Django would take
    the time of day."""

    def write(self, outfile: HttpResponse, encoding: str) -> None:
        writer = Writer(outfile, encoding, short_empty_elements=True)
        writer.startDocument()
        writer.startElement("feed", self.root_attributes())
        self.add_root_elements(writer)
        self.write_items(writer)
        writer.endElement("feed")

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for relation, address in self.feed["others"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": address})

    def latest_post_date(self) -> datetime:
        times: list[datetime] = [item["updateddate"] for item in self.items]
        return max(times, default=self.feed["data_version"].at)


class Page(NamedTuple):
    """The page of a feed that a request asks for; `more` says whether another follows."""

    number: int
    more: bool
    version: DataVersion


def new_feed(
    title: str, path: str, own_path: str, page: Page, name: Iterable[str], plans: Sequence[Plan]
) -> AtomFeed:
    """A page of the feed that tells what people read at `path`."""
    language = get_language()

    def address(number: int) -> str:
        query = "" if number == 1 else f"{'&' if '?' in own_path else '?'}page={number}"
        return absolute(in_language(own_path + query, language))

    # By the relations of RFC 5005.
    others = {"first": 1, "previous": page.number - 1} if page.number > 1 else {}
    if page.more:
        others["next"] = page.number + 1
    return AtomFeed(
        title=title,
        link=absolute(in_language(path, language)),
        description=None,
        language=LANGUAGE_TAGS[language],
        author_name=site.name(),
        author_link=absolute(in_language("/", language)),
        subtitle=site.unofficial([plan.year for plan in plans]),
        feed_url=address(page.number),
        feed_guid=tag(language, *name),
        feed_copyright=site.licence_line(),
        data_version=page.version,
        others={relation: address(number) for relation, number in others.items()},
    )


def written(feed: AtomFeed) -> HttpResponse:
    response = HttpResponse(content_type=ATOM_TYPE)
    feed.write(response, "utf-8")
    return response


def measure_feed(request: HttpRequest) -> HttpResponse:
    """The measures of a selection in the order of its page; more than MAX_ENTRIES in the order of their last edit.

    An entry is a measure: `updated` is when its record last changed, so a reader shows it anew exactly then.
    """
    filterset = selected(request)
    asked = request.GET.get("page") or "1"
    if redirect := canonical_redirect(request, filterset, asked):
        return redirect
    catalogue, query, language = filterset.catalogue, filterset.canonical_query(), get_language()
    title = _("Measures of the Futian Reform Database")
    if selection := description(filterset):
        title = f"{title} · {selection}"
    pages = max(1, -(-filterset.fitting.total // MAX_ENTRIES))
    number = existing_page(asked, pages)
    page = Page(number, number < pages, catalogue.version)
    path, own_path = list_path(query), list_path(query, ".atom")
    feed = new_feed(title, path, own_path, page, ("measures", query), filterset.plans)
    for measure in catalogue.measures(keys_on(page, filterset)):
        feed.add_item(
            title=f"{measure.code} {measure.headline or measure.title}",  # as rows of lists
            link=absolute(in_language(measure_path(measure.code), language)),
            description=escape(measure.summary),
            unique_id=tag(language, "measure", measure.code),
            updateddate=measure.edited_at,
            categories=categories_of(measure, catalogue),
        )
    return written(feed)


def keys_on(page: Page, filterset: MeasureFilter) -> list[int]:
    """The keys of the page's measures; where there are several pages, those edited last come first."""
    if page.number == 1 and not page.more:
        return list(filterset.keys)
    keys = filterset.fitting.in_order(filterset.catalogue.order("edited"))
    first = (page.number - 1) * MAX_ENTRIES
    return list(islice(keys, first, first + MAX_ENTRIES))


def categories_of(measure: Measure, catalogue: Catalogue) -> list[str]:
    """The categories of a feed's entry: the measure's plan where there are several, its category, centres and places."""
    return [
        *([measure.plan.short_title] if len(catalogue.plans) > 1 else ()),
        measure.category.name,
        *(link.centre.short for link in measure.centres),
        *(role.district.name for role in measure.districts),
    ]


def change_feed(request: HttpRequest) -> HttpResponse:
    """Every event of every record between two moments, or all; the newest first."""
    span, number = Span.asked_for(request.GET), page_number(request)
    if redirect := span.redirect(request, number):
        return redirect
    language, catalogue, query = get_language(), Catalogue.current(), span.query
    events, more = on_page(span.events(), request, number, MAX_ENTRIES)
    page = Page(number, more, catalogue.version)
    title = _("Changes of the Futian Reform Database")
    path, own_path = changes_path(query), changes_path(query, ".atom")
    feed = new_feed(title, path, own_path, page, filter(None, ["changes", query]), catalogue.plans)
    names = public_names(catalogue.vocabulary)
    for event in described(events, names, catalogue.vocabulary):
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
