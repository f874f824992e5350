"""Feeds: what they name their entries, when those change, and where they are found."""

import re

import feedparser
import pytest
from django.conf import settings
from django.utils.translation import override

from measures.models import Category, Measure, Version
from measures.open_data import feeds
from measures.snapshots import editing_as


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
    assert links == {
        "self": f"{settings.SITE_ORIGIN}{path}",
        "alternate": f"{settings.SITE_ORIGIN}{path.replace('.atom', '/')}",
    }
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


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/measures/", "/measures.atom"),
        ("/en/measures/?role=pilot", "/en/measures.atom?role=pilot"),
        ("/en/categories/well-being/", "/en/measures.atom?category=well-being"),
        ("/centres/finance/", "/measures.atom?centre=finance"),
        ("/audiences/residents/", "/measures.atom?audience=residents"),
        ("/en/districts/xiangmihu/", "/en/measures.atom?district=xiangmihu"),
    ],
)
def test_lists_announce_their_feed(client, page, feed):
    language = "/en" if page.startswith("/en") else ""
    assert FOUND.findall(client.get(page).text) == [feed, f"{language}/changes.atom"]
    assert client.get(feed).status_code == 200
