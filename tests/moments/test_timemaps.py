"""A TimeMap leads to moments at which its address is answered, in every form of a record alike, and there is none of what has
no past."""

import pytest
from django.conf import settings

from measures.models import Category, Measure, Plan
from measures.snapshots import editing_as
from tests.models.steps import live, new_measure, new_plan
from tests.moments.test_citing import LINK
from tests.public_pages import PREFIXES

#: Addresses that are answered, and whose answer is no page or file of the record.
NO_PAST = [
    "/favicon.ico",
    "/apple-touch-icon.png",
    "/measures.ods",
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/sitemap.xml",
    "/api/schema/",
    "/measures.atom",
    "/about/",
    "/measures/2020-07/history/1/",
    "/timemap/measures/",
    "/static/site.css",
    *(
        f"/admin/{path}"
        for path in ("", "login/", "measures/measure/", "measures/measure", "r/1/1/", "styleguide/", "x/")
    ),
]


def mementos(client, address: str) -> list[str]:
    response = client.get(f"/timemap{address}")
    assert response.status_code == 200, address
    links = [link for link, relation in LINK.findall(response.text) if "memento" in relation]
    return [link.removeprefix(settings.SITE_ORIGIN) for link in links]


def moments(client, address: str) -> list[int]:
    return [int(link.rpartition("=")[2]) for link in mementos(client, address)]


@pytest.mark.parametrize("path", NO_PAST)
def test_what_has_no_past_has_no_timemap(client, path):
    for prefix in PREFIXES:
        assert client.get(f"/timemap{prefix}{path}", follow=True).status_code == 404


@pytest.fixture
def lived(restored):
    """A second plan came and went and came again; a measure was withdrawn, published again, and another deleted."""
    numbers = {"first": live()}

    def edit(name, change):
        with editing_as("lin"):
            change()
        numbers[name] = live()

    def second_plan():
        new_plan(2021, "published")
        new_measure(1, "新改革", plan=2021)

    edit("came", second_plan)
    edit("withdrawn", lambda: Plan.objects.filter(year=2021).update(status="draft"))
    edit("again", lambda: Plan.objects.filter(year=2021).update(status="published"))
    edit("gone", lambda: Measure.objects.filter(code="2020-24").delete())
    edit("renamed", lambda: Category.objects.filter(slug="well-being").update(name_zh="改了名"))
    return numbers


@pytest.mark.parametrize(
    "query",
    ["plan=2021", "category=category-2021", "category=well-being&category=category-2021", "q=x&plan=2021"],
)
def test_of_a_list_those_that_know_its_values(client, lived, query):
    there = [lived[name] for name in ("came", "again", "gone", "renamed")]
    for path in ("/measures/", "/en/measures/", "/measures.csv", "/api/measures/"):
        assert moments(client, f"{path}?{query}") == there
        for number in range(lived["first"], live() + 1):
            status = client.get(f"{path}?{query}&as_of={number}").status_code
            assert status == (200 if number in there else 400), number


def test_of_a_list_whose_values_are_always_there_all(client, lived):
    for query in ("centre=none", "role=pilot&sort=title", "q=jiaoyu", "view=matrix"):
        assert moments(client, f"/measures/?{query}") == list(range(1, live() + 1))


@pytest.mark.parametrize(
    "address",
    [
        "/measures/?centre=atlantis",
        "/measures/?category=none",
        "/measures.json?role=x",
        "/en/measures/?sort=x",
        "/api/measures/?q=%FF",
        f"/measures/?q={'x' * 201}",
        "/changes/?from=999999",
        "/api/changes/?to=2020-01-01",
    ],
)
def test_a_value_that_never_was_is_refused(client, databases, address):
    assert client.get(f"/timemap{address}").status_code == 400


def test_all_forms_of_a_record_have_the_same_moments(client, lived):
    for code in ("2020-24", "2021-01", "2020-05"):
        forms = [f"/measures/{code}/", f"/en/measures/{code}/", f"/api/measures/{code}/"]
        forms += [f"/measures/{code}{end}" for end in (".json", ".bib", ".ris")]
        found = {form: moments(client, form) for form in forms}
        assert len(set(map(tuple, found.values()))) == 1, found
    assert moments(client, "/measures/2021-01/") == [lived["came"], lived["again"]]
    assert moments(client, "/plans/2021/") == moments(client, "/api/plans/2021/")


def test_the_history_of_a_measure_changes_when_it_goes_too(client, lived):
    assert moments(client, "/measures/2020-24/history/") == [1, lived["gone"]]
    own = mementos(client, "/en/measures/2021-01/history/")
    assert [int(link.rpartition("=")[2]) for link in own] == [
        lived[name] for name in ("came", "withdrawn", "again")
    ]
    assert {client.get(link).status_code for link in own} == {200}
