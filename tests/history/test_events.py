"""History for everyone: readable differences, permanent versions, and no names of who did it."""

import re

import pytest

from measures.catalogue import Catalogue
from measures.history.events import described
from measures.history.names import public_names
from measures.history.texts import compared_texts
from measures.models import Category, Measure, PublicVersion, Synonym, Version
from measures.snapshots import editing_as
from tests.admin.desk import signed_in
from tests.models.steps import live

from .conftest import SECRET


def test_the_public_history_shows_what_was_public(client, edited):
    response = client.get("/en/measures/2020-07/history/")
    assert response.status_code == 200
    shown = [
        (version.number, version.withdrawn, [(change.label, change.parts) for change in version.changes])
        for version in response.context["versions"]
    ]
    title = "title (English)"
    first = Version.objects.of("measure", "2020-07").last().document["title_en"]
    assert shown == [
        (6, False, [(title, [("del", "Second"), ("ins", "Third"), ("same", " title")])]),
        (3, True, []),
        (2, False, [(title, compared_texts(first, "Second title", "en"))]),
        (1, False, []),
    ]
    for hidden in ("zhou", SECRET, "withdrawn for checking"):
        assert hidden not in response.text
    assert not re.search(r"\blin\b", response.text)
    assert "typing error" in response.text


def test_versions_have_permanent_addresses(client, edited):
    response = client.get("/en/measures/2020-07/history/2/")
    assert response.status_code == 200
    assert "This is an old version. It was followed by version 6." in response.text
    assert "Second title" in response.text
    assert "Third title" not in response.text
    assert "This is the current version." in client.get("/en/measures/2020-07/history/6/").text
    for number in (3, 4, 5, 7, 0, 99999999999999999999):  # never public, or not there
        assert client.get(f"/en/measures/2020-07/history/{number}/").status_code == 404
    assert client.get("/measures/2020-90/history/").status_code == 404
    assert client.get("/measures/2020-90/history/1/").status_code == 404


def test_the_changes_of_the_site(client, edited):
    with editing_as("lin", "a clearer name"):
        Category.objects.filter(slug="well-being").update(name_en="Well-being for all")
    response = client.get("/en/changes/")
    shown = [(version.kind, version.key, version.number) for version in response.context["versions"]][:5]
    assert shown == [
        ("category", "well-being", 2),
        ("measure", "2020-07", 6),
        ("measure", "2020-07", 3),
        ("measure", "2020-07", 2),
        ("plan", "2020", 1),
    ]
    assert "a clearer name" in response.text
    for page in ("99", "0", "x", "-1", "99999999999"):
        assert client.get(f"/changes/?page={page}").status_code == 404


def test_a_deleted_measure_keeps_its_public_history(client, restored):
    measure = Measure.objects.get(code="2020-05")
    measure.delete()
    response = client.get("/en/measures/2020-05/history/")
    assert [version.withdrawn for version in response.context["versions"]] == [True, False]
    assert "This measure is no longer published." in response.text
    assert "This was its last public version." in client.get("/en/measures/2020-05/history/1/").text


def test_staff_see_names_compare_and_find_who_changed_what(edited):
    lin = signed_in("lin", "editor")
    text = lin.get(f"/en/admin/measures/measure/{edited.pk}/history/").text
    assert "zhou" in text
    versions = {version.number: version.pk for version in Version.objects.of("measure", "2020-07")}
    response = lin.get(f"/en/admin/measures/version/compare/?old={versions[1]}&new={versions[6]}")
    assert [change.label for change in response.context["changes"]] == ["title (English)"]
    response = lin.get("/en/admin/measures/version/?actor=zhou")
    assert [(v.key, v.number) for v in response.context["cl"].result_list] == [("2020-07", 6)]
    response = lin.get(f"/en/admin/measures/version/{versions[4]}/change/")
    assert response.context["changes"][0].label == "editors’ note (Chinese)"


def events_of(code: str) -> list[tuple]:
    names = public_names(Catalogue.current().vocabulary)
    found = described(PublicVersion.objects.events().of("measure", code), names)
    return [(event.number, event.event, event.note, event.document is None) for event in found]


def test_each_kind_of_event_is_told_in_one_way(edited):
    with editing_as("lin", "closing"):
        edited.parts.update(parent=None, basis="named")
        edited.delete()
    assert events_of("2020-07") == [
        (7, "deleted", "", True),
        (6, "published_again", "checked", False),
        (3, "withdrawn", "", True),
        (2, "changed", "typing error", False),
        (1, "added", "", False),
    ]


def test_a_measure_that_began_as_a_draft_is_added_when_it_is_published(edited):
    assert events_of("2020-90") == []
    with editing_as("lin", "ready"):
        Measure.objects.filter(number=90).update(status="published")
    assert events_of("2020-90") == [(2, "added", "ready", False)]
    with editing_as("lin", "not ready"):
        Measure.objects.filter(number=90).update(status="draft")
    with editing_as("lin", "never mind"):
        Measure.objects.get(number=90).delete()
    # The public knows of the withdrawal; that the draft was deleted afterwards is no event.
    assert [event[1] for event in events_of("2020-90")] == ["withdrawn", "added"]


def test_pages_say_which_event_it_was(client, edited):
    text = client.get("/en/measures/2020-07/history/").text
    said = re.findall(r'<p class="event">([^<]+)</p>', text)
    assert said == ["Published again", "Withdrawn", "Changed", "Added"]
    text = client.get("/measures/2020-07/history/").text
    assert re.findall(r'<p class="event">([^<]+)</p>', text) == ["重新发布", "撤下", "修改", "新增"]


def test_an_event_of_a_record_without_a_page_leads_nowhere(client, restored):
    with editing_as("lin"):
        Synonym.objects.create(word="数币", means="数字人民币")
    response = client.get("/en/changes/")
    event = response.context["versions"][0]
    assert (event.kind, event.event, event.title, event.page) == ("synonym", "added", "数币", "")
    assert client.get("/changes.atom").status_code == 200


@pytest.mark.parametrize("end", ["withdrawn", "deleted"])
def test_what_was_public_leads_to_its_versions(client, restored, end):
    """An old link, or a citation without a version, need not end at a page that says nothing was ever there."""
    before = live()
    with editing_as("lin"):
        measure = Measure.objects.get(code="2020-06")
        if end == "deleted":
            measure.delete()
        else:
            Measure.objects.filter(pk=measure.pk).update(status="draft")
    for prefix in ("", "/en", "/zh-hant"):
        history = f"{prefix}/measures/2020-06/history/"
        page = client.get(f"{prefix}/measures/2020-06/")
        assert (page.status_code, f'href="{history}"' in page.text) == (404, True)
        assert client.get(history).status_code == 200
    for address in ("/measures/2020-06.json", "/measures/2020-06.bib", "/api/measures/2020-06/"):
        answer = client.get(address)
        assert (answer.status_code, "/measures/2020-06/history/" in answer.text) == (404, True), address
    assert client.get(f"/measures/2020-06/?as_of={before}").status_code == 200
    assert "/history/" not in client.get("/measures/2020-66/").text
