"""A TimeMap leads to moments at which its address is answered, in every form of a record alike, and there is none of what has
no past."""

import re

import pytest
from django.conf import settings

from measures.models import Audience, Category, Measure, Plan, PublicVersion
from measures.snapshots import editing_as
from tests.models.steps import live, new_measure, new_plan
from tests.public_pages import PREFIXES

QUERY = "role=pilot"
LINK = re.compile(r'<([^>]+)>; rel="([^"]+)"(?:; type="[^"]+")?(?:; datetime="[^"]+")?')
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


RECORDS = {
    "/audiences/newcomers/": "audience",
    "/en/audiences/newcomers/": "audience",
    "/api/audiences/newcomers/": "audience",
    "/api/measures/2020-05/": "measure",
    "/measures/2020-05/": "measure",
}


@pytest.mark.parametrize("address", [*RECORDS, "change"])
def test_a_timemap_leads_to_moments_in_which_there_is_something(client, restored, address):
    """Not to those before a record came, nor to those while it was withdrawn or after it was deleted."""
    with editing_as("lin"):
        newcomers = Audience.objects.create(slug="newcomers", name_zh="新来者", name_en="Newcomers", order=99)
    came = live()
    for status in ("draft", "published"):
        with editing_as("lin"):
            Measure.objects.filter(code="2020-05").update(status=status)
    with editing_as("lin"):
        newcomers.delete()
    if address == "change":
        address = f"/api/changes/{PublicVersion.objects.get(kind='measure', data_version=came + 2).pk}/"
    links = [
        link
        for link, relation in LINK.findall(client.get(f"/timemap{address}").text)
        if "memento" in relation
    ]
    own = [link.removeprefix(settings.SITE_ORIGIN) for link in links]
    assert own
    assert {link: client.get(link).status_code for link in own} == dict.fromkeys(own, 200)
    if RECORDS.get(address) == "audience":
        assert own == [f"{address}?as_of={number}" for number in range(came, came + 3)]


def test_a_timemap_lists_the_moments(client, restored, monkeypatch):
    first = live()
    for text in "abc":
        with editing_as("lin"):
            Measure.objects.filter(code="2020-05").update(title_en=text)
    response = client.get(f"/timemap/en/measures/?{QUERY}")
    assert response.headers["Content-Type"] == "application/link-format"
    links = LINK.findall(response.text)
    address = f"{settings.SITE_ORIGIN}/en/measures/?{QUERY}"
    assert links[0] == (address, "original")
    assert links[1][1] == "self"
    assert links[2:] == [
        (f"{address}&as_of={number}", relation)
        for number, relation in zip(
            range(first, first + 4), ("first memento", "memento", "memento", "last memento"), strict=True
        )
    ]
    assert (
        client.get(links[2][0].removeprefix(settings.SITE_ORIGIN)).headers["Link"].count("/timemap/en/") == 1
    )
    assert len(LINK.findall(client.get("/timemap/measures/2020-06/").text)) == 3
    assert len(LINK.findall(client.get("/timemap/measures/2020-05.json").text)) == 6
    assert client.get("/timemap/").status_code == 200
    monkeypatch.setattr("measures.pages.timemaps.MAX_MEMENTOS", 3)
    links = dict(map(reversed, LINK.findall(client.get(f"/timemap/en/measures/?{QUERY}").text)))
    assert links["timemap"] == f"{settings.SITE_ORIGIN}/timemap/en/measures/?{QUERY}&p=2"
    second = LINK.findall(client.get(f"/timemap/en/measures/?{QUERY}&p=2").text)
    assert (f"{address}&as_of={first + 3}", "last memento") in second
    for path in (
        "about/",
        "measures/2020-05/history/1/",
        "measures/2020-99/",
        "nowhere/",
        f"measures/?{QUERY}&p=9",
    ):
        assert client.get(f"/timemap/{path}").status_code == 404, path
