"""What changed between two moments: the page, the API and the feed tell the same events of the same time."""

from datetime import UTC, datetime

import feedparser
import pytest
from django.utils.timezone import localdate

from measures.catalogue.moments import end_of_day
from measures.models import Category, DataVersion, Measure, PublicVersion
from measures.pages.history import Changes
from measures.snapshots import editing_as
from tests.models.steps import live, new_measure, new_plan


def told(client, query: str) -> dict[str, list[tuple]]:
    page = client.get(f"/en/changes/{query}").context["versions"]
    api = client.get(f"/api/changes/{query}").json()["results"]
    return {
        "page": [(event.kind, event.key, event.number, event.event) for event in page],
        "API": [(each["kind"], each["key"], each["number"], each["event"]) for each in api],
    }


@pytest.fixture
def edits(restored) -> list[int]:
    """Five edits; the data versions after each, beginning with the one before."""
    numbers = [live()]
    for at in range(5):
        with editing_as("lin", note=f"edit {at}"):
            Measure.objects.filter(code=f"2020-0{at + 1}").update(title_en=f"Edited {at}")
        numbers.append(live())
    return numbers


def test_changes_after_one_data_version_up_to_another(client, edits):
    middle = [("measure", "2020-03", 2, "changed"), ("measure", "2020-02", 2, "changed")]
    query = f"?from={edits[1]}&to={edits[3]}"
    assert told(client, query) == {"page": middle, "API": middle}
    feed = feedparser.parse(client.get(f"/en/changes.atom{query}").content)
    assert [entry.title.split()[1] for entry in feed.entries] == ["2020-03", "2020-02"]
    assert feed.feed.links[0].href.endswith(f"/en/changes/{query}")
    since = [("measure", f"2020-0{at}", 2, "changed") for at in (5, 4)]
    assert told(client, f"?from={edits[3]}") == {"page": since, "API": since}
    assert told(client, f"?from={edits[5]}") == {"page": [], "API": []}
    assert "Nothing changed in this time." in client.get(f"/en/changes/?from={edits[5]}").text


def test_the_ends_of_a_time_may_come_in_either_order(client, edits):
    right, wrong = (f"?from={edits[at]}&to={edits[4 - at]}" for at in (1, 3))
    assert (
        client.get(f"/api/changes/{wrong}").json()["results"]
        == client.get(f"/api/changes/{right}").json()["results"]
        != []
    )
    for path in ("/en/changes/", "/changes.atom"):
        assert client.get(f"{path}{wrong}").headers["Location"] == f"{path}{right}"


def test_a_whole_plan_is_told_in_one_line_by_the_page_and_record_by_record_to_programs(client, edits):
    shown = told(client, "")
    assert shown["page"][5:] == [("plan", "2020", 1, "added")]
    assert len(shown["API"]) == 50
    plan = client.get("/en/changes/").context["versions"][5]
    counts = dict(plan.along)
    assert 28 in counts.values()
    assert sum(counts.values()) == PublicVersion.objects.filter(data_version=1).count() - 1
    assert "With it became public:" in client.get("/en/changes/").text


def test_only_what_came_with_the_first_publication_is_folded(client, restored):
    plan = new_plan(2021, "draft")
    new_measure(1, "随计划发布", plan=2021)
    before = live()
    with editing_as("lin"):
        plan.status = "published"
        plan.save()
    with editing_as("lin"):
        new_measure(2, "后来加入", plan=2021)
    with editing_as("lin"):
        plan.status = "draft"
        plan.save()
    with editing_as("lin"):
        plan.status = "published"
        plan.save()
    shown = [(kind, key, event) for kind, key, _number, event in told(client, f"?from={before}")["page"]]
    assert shown[-1] == ("plan", "2021", "added")
    assert shown[-2] == ("measure", "2021-02", "added")
    assert ("measure", "2021-01", "added") not in shown
    assert ("measure", "2021-01", "published_again") in shown


def test_months_have_headings(client, edits):
    page = client.get("/en/changes/").text
    assert page.count(f">{localdate():%B %Y}</h2>") == 1


def test_a_day_leads_to_the_numbers(client, edits):
    today = localdate().isoformat()
    response = client.get(f"/en/changes/?from={edits[2]}&to={today}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/en/changes/?from={edits[2]}&to={edits[5]}"
    answer = client.get(f"/api/changes/?from={edits[2]}&to={today}")
    assert answer.json()["count"] == 3


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("value", ["0", "9999999", "2999-01-01", "1999-01-01", "2026-02-30", "0001"])
def test_what_is_no_moment_is_refused_with_those_there_are(client, edits, name, value):
    first = localdate(DataVersion.objects.get(number=edits[0]).at)
    for path in ("/en/changes/", "/en/changes.atom", "/api/changes/"):
        response = client.get(f"{path}?{name}={value}")
        assert response.status_code == 400, path
        assert f"There are {edits[0]}–{edits[5]}" in response.text
        assert f"a day, from {first} to {localdate()}, means" in response.text


def test_what_messengers_add_is_no_moment(client, edits):
    assert client.get("/changes/?from=timeline").headers["Location"] == "/changes/"


def test_the_pages_of_a_time_stay_in_it(client, restored, monkeypatch):
    monkeypatch.setattr(Changes, "paginate_by", 2)
    for at in range(5):
        with editing_as("lin"):
            Category.objects.filter(slug="well-being").update(name_en=f"Name {at}")
    page = client.get("/en/changes/?from=1&page=2")
    assert [event.number for event in page.context["versions"]] == [4, 3]
    assert 'href="/en/changes/?from=1" rel="prev"' in page.text
    assert 'href="/en/changes/?from=1&amp;page=3" rel="next"' in page.text
    assert client.get("/en/changes/?from=1&page=4").status_code == 404


def test_the_end_of_a_day_is_that_in_beijing():
    assert end_of_day("2026-03-01") == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert end_of_day("2999-03-01") is None
