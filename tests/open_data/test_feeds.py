"""Feeds: what they name their entries, when those change, and where they are found."""

import re
from html import unescape
from urllib.parse import urlencode
from xml.etree.ElementTree import fromstring as parse_xml

import feedparser
import pytest
from django.conf import settings
from django.utils.translation import override
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from measures.models import Category, Measure, Version
from measures.open_data import feeds
from measures.snapshots import editing_as
from tests.public_pages import PAGE_TYPES


def feed_of(client, path):
    response = client.get(path)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    return feed


def updated(client, path="/en/measures.atom"):
    return {entry.id: entry.updated for entry in feed_of(client, path).entries}


@pytest.mark.parametrize(
    "path",
    [
        "/measures.atom",
        "/en/measures.atom",
        "/zh-hant/measures.atom",
        "/en/measures.atom?district=xiangmihu&role=responsible",  # no entry
        "/changes.atom",
        "/en/changes.atom",
    ],
)
def test_feeds_are_well_formed_and_say_where_they_are(client, path):
    feed = feed_of(client, path).feed
    links = {link.rel: link.href for link in feed.links}
    others = ("next",) if "changes" in path else ()  # more than a hundred
    assert links == {
        "self": f"{settings.SITE_ORIGIN}{path}",
        "alternate": f"{settings.SITE_ORIGIN}{path.replace('.atom', '/')}",
    } | {relation: links[relation] for relation in others}
    assert feed.id.startswith("tag:127.0.0.1,2026:")
    assert feed.updated


def test_an_entry_is_updated_only_when_its_record_was(client, restored):
    before = updated(client)
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(title_en="Another title")
    after = updated(client)
    assert list(after) == list(before)
    assert {entry for entry in after if after[entry] != before[entry]} == {
        "tag:127.0.0.1,2026:en/measure/2020-05"
    }


def test_a_save_without_a_change_moves_nothing(client, restored):
    before = client.get("/en/measures.atom").content
    with editing_as("test"):
        Measure.objects.get(code="2020-05").save()
    assert client.get("/en/measures.atom").content == before


def test_all_entries_lead_somewhere_and_have_a_name_of_their_own(client):
    entries = feed_of(client, "/en/measures.atom").entries
    assert len({entry.id for entry in entries}) == 28
    assert [entry.link for entry in entries] == [
        f"{settings.SITE_ORIGIN}/en/measures/{code}/"
        for code in Measure.objects.published().values_list("code", flat=True)
    ]


def test_changes_tell_what_happened_to_which_record(client, restored):
    with editing_as("secret.editor", note="A <b>typo</b> & more"):
        Measure.objects.filter(code="2020-05").update(title_en="Corrected")
    feed = feed_of(client, "/en/changes.atom")
    newest = feed.entries[0]
    assert newest.id == "tag:127.0.0.1,2026:en/measure/2020-05/version/2"
    assert newest.link == f"{settings.SITE_ORIGIN}/en/measures/2020-05/history/2/"
    assert newest.title.startswith("measure 2020-05 Corrected")
    assert newest.summary == "A &lt;b&gt;typo&lt;/b&gt; &amp; more"
    assert len(feed.entries) == min(100, Version.objects.public().count())
    assert "secret.editor" not in client.get("/en/changes.atom").text


def test_of_many_measures_a_feed_has_those_edited_last(client, restored, monkeypatch):
    for code in ("2020-05", "2020-20"):
        with editing_as("test"):
            Measure.objects.filter(code=code).update(title_en=f"Edited {code}")
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 3)
    entries = feed_of(client, "/en/measures.atom").entries
    assert [entry.title.split()[0] for entry in entries[:2]] == ["2020-20", "2020-05"]
    assert len(entries) == 3
    assert len(feed_of(client, "/en/measures.atom?role=pilot").entries) == 3


def test_page_feed_and_api_tell_the_same_events_in_the_same_words(client, restored):
    measure = Measure.objects.get(code="2020-07")
    with editing_as("lin", note="never told"):
        Measure.objects.filter(pk=measure.pk).update(status="draft")
    with editing_as("lin", note="checked"):
        Measure.objects.filter(pk=measure.pk).update(status="published", title_en="Checked")
    with editing_as("lin"):
        measure.parts.update(parent=None, basis="named")
        Measure.objects.get(code="2020-07").delete()
    with editing_as("lin"):
        Category.objects.create(plan_id=2020, number=90, slug="new", name_zh="新类", name_en="New")
    with editing_as("lin"):
        Category.objects.filter(slug="new").delete()
    page = client.get("/en/changes/").context["versions"]
    told = [(event.kind, event.key, event.number, event.event) for event in page]
    assert told[:2] == [("category", "new", 2, "deleted"), ("category", "new", 1, "added")]
    assert [event for event in told if event[1] == "2020-07"][:3] == [
        ("measure", "2020-07", 4, "deleted"),
        ("measure", "2020-07", 3, "published_again"),
        ("measure", "2020-07", 2, "withdrawn"),
    ]
    api = client.get("/api/changes/").json()["results"]
    told = told[
        : told.index(("plan", "2020", 1, "added"))
    ]  # the page tells what came with the plan in one line
    assert [(each["kind"], each["key"], each["number"], each["event"]) for each in api[: len(told)]] == told
    feed = feed_of(client, "/en/changes.atom")
    with override("en"):
        said = [
            f"{event.kind_label} {event.key} {event.title} · {event.label}" for event in page[: len(told)]
        ]
    assert [entry.title for entry in feed.entries[: len(told)]] == said
    assert [entry.link.removeprefix(settings.SITE_ORIGIN) for entry in feed.entries[:2]] == [
        "/en/changes/",
        "/en/changes/",  # the category has no page any more
    ]
    deleted = next(entry for entry in feed.entries if "2020-07" in entry.title)
    assert deleted.link == f"{settings.SITE_ORIGIN}/en/measures/2020-07/history/"
    for path in ("/en/changes/", "/changes.atom", "/api/changes/", "/en/measures/2020-07/history/"):
        assert "never told" not in client.get(path).text


FOUND = re.compile(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">')
OF_A_TOPIC = re.compile("/(categories|centres|audiences|districts)/")


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/measures/", "/measures.atom"),
        ("/en/measures/?role=pilot", "/en/measures.atom?role=pilot"),
        ("/en/categories/well-being/", "/en/measures.atom?category=well-being"),
        ("/centres/finance/", "/measures.atom?centre=finance"),
        ("/audiences/residents/", "/measures.atom?audience=residents"),
        ("/en/districts/xiangmihu/", "/en/measures.atom?district=xiangmihu"),
        *((page, "/measures.atom") for page in PAGE_TYPES if "?" not in page and not OF_A_TOPIC.match(page)),
        ("/en/plans/2020/source/", "/en/measures.atom"),
    ],
)
def test_every_page_announces_its_feed(client, page, feed):
    language = "/en" if page.startswith("/en") else ""
    assert FOUND.findall(client.get(page).text) == [feed, f"{language}/changes.atom"]
    assert client.get(feed).status_code == 200


def pages_of(client, path):
    """The feeds that follow each other, by their links."""
    found, address = [], f"{settings.SITE_ORIGIN}{path}"
    while address:
        feed = feed_of(client, address.removeprefix(settings.SITE_ORIGIN))
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["self"] == address
        assert links.get("previous") == (found[-1][0] if found else None)
        assert links.get("first") in (None, f"{settings.SITE_ORIGIN}{path}")
        found.append((address, feed))
        address = links.get("next")
    assert len({feed.feed.id for _address, feed in found}) == 1
    return [feed for _address, feed in found]


@pytest.mark.parametrize("path", ["/en/measures.atom", "/en/measures.atom?basis=named", "/changes.atom"])
def test_a_long_feed_goes_on_in_pages(client, monkeypatch, path):
    """RFC 5005, section 3: all pages together are the whole."""
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 1_000)
    (whole,) = pages_of(client, path)
    assert {link.rel for link in whole.feed.links} == {"self", "alternate"}
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 7)
    pages = pages_of(client, path)
    assert [len(page.entries) for page in pages[:-1]] == [7] * (len(pages) - 1)
    assert sorted(entry.id for page in pages for entry in page.entries) == sorted(
        entry.id for entry in whole.entries
    )
    mark = "&" if "?" in path else "?"
    assert client.get(f"{path}{mark}page={len(pages) + 1}").status_code == 404
    assert client.get(f"{path}{mark}page=king").status_code == 404
    response = client.get(f"{path}{mark}page=1")
    assert (response.status_code, response.url) == (302, path)


def test_entries_are_called_as_on_the_pages(client):
    page = client.get("/en/measures/").text
    rows = re.findall(r'<h3><a href="/en/measures/([0-9-]+)/">(.*?)</a>', page, re.S)
    assert len(rows) == 28
    entries = feed_of(client, "/en/measures.atom").entries
    assert [entry.title for entry in entries] == [f"{code} {unescape(title)}" for code, title in rows]


# What any text may hold, and XML may not.
HOSTILE = [
    "<b>&amp;</b>",
    "]]>",
    "\x02abc",
    "a\x0bb",
    "\x7f\x85",
    "\ufffe",
    "\U0001f409\U0001ffff",
    "\u202e",
    "'\"\r\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_record_says_the_feeds_are_xml(client, restored, text):
    with editing_as("test", note=text):
        Measure.objects.filter(code="2020-05").update(title_en=text, summary_en=text, title_zh=f"改{text}")
        Category.objects.update(name_en=text, name_zh=text)
    for path in ("/measures.atom", "/en/measures.atom", "/zh-hant/measures.atom", "/changes.atom"):
        parse_xml(client.get(path).content)


@settings_of_hypothesis(max_examples=60, suppress_health_check=list(HealthCheck))
@given(query=st.text(min_size=1, max_size=30) | st.sampled_from(HOSTILE))
def test_of_any_search_the_feed_is_xml_that_names_itself(client, query):
    response = client.get(f"/en/measures.atom?{urlencode({'q': query}, errors='replace')}", follow=True)
    if response.status_code == 400:
        return
    assert response.status_code == 200
    root = parse_xml(response.content)
    atom = "{http://www.w3.org/2005/Atom}"
    own = root.find(f"{atom}link[@rel='self']").get("href")
    assert client.get(own.removeprefix(settings.SITE_ORIGIN)).content == response.content
    # As RFC 4151 has it.
    assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}:[\w;/?:@&=+$.!~*'()%,-]*", root.findtext(f"{atom}id"), re.A)
