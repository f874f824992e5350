"""Feeds: what they name their entries, when those change, and where they are found."""

import re

import feedparser
import pytest
from django.conf import settings

from measures.models import Measure, Version
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
