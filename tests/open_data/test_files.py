"""The list in other forms: the same measures in the same order, of one snapshot, in files of the same bytes."""

import pytest
from django.db import DataError, connection, connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.catalogue import store
from measures.models import DataVersion, Measure
from measures.open_data import csv_table, files
from measures.open_data.files import file_name
from measures.snapshots import editing_as
from tests.queries import statements

from .forms import FORMS, body, codes_of_page, records_of_csv

FACETS = {
    "category": ["technology-innovation", "business-environment", "well-being"],
    "centre": ["finance", "technology", "none"],
    "link": ["text", "editorial"],
    "audience": ["residents", "businesses", "none"],
    "district": ["futian", "xiangmihu", "hetao-zone"],
    "role": ["responsible", "pilot"],
    "basis": ["named", "derived"],
}


@st.composite
def selections(draw) -> str:
    query = QueryDict(mutable=True)
    for facet in draw(st.sets(st.sampled_from(list(FACETS)), max_size=3)):
        query.setlist(
            facet, draw(st.lists(st.sampled_from(FACETS[facet]), min_size=1, max_size=2, unique=True))
        )
    if words := draw(st.sampled_from(["", "金融", "營商", "jiaoyu", "reform", "“改革"])):
        query["q"] = words
    if sort := draw(st.sampled_from(["", "title", "edited", "number"])):
        query["sort"] = sort
    return query.urlencode()


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=selections())
def test_every_form_has_the_measures_of_the_page(client, query):
    page = codes_of_page(client, query)
    assert {form: codes(client, query) for form, codes in FORMS.items()} == dict.fromkeys(FORMS, page)


WRITTEN = [
    ("role=pilot", ["role=pilot&utm_source=x&page=1&q=&sort=number", "q=&role=pilot&role=pilot"]),
    (
        "centre=finance&centre=technology&role=pilot",
        [
            "role=pilot&centre=technology&centre=finance",
            "sort=number&centre=technology&role=pilot&centre=finance",
        ],
    ),
    ("", ["page=1", "sort=number", "q="]),
]


@pytest.mark.parametrize(("canonical", "written"), WRITTEN)
def test_a_selection_has_one_feed(client, canonical, written):
    address = f"/measures.atom?{canonical}".rstrip("?")
    for query in written:
        assert client.get(f"/measures.atom?{query}", follow=True).redirect_chain[-1] == (address, 302)


@pytest.mark.parametrize("path", ["/measures.csv", "/measures.xlsx", "/measures.json", "/api/measures/"])
@pytest.mark.parametrize(("canonical", "written"), WRITTEN)
def test_however_it_is_written_programs_get_a_selection_at_once(client, path, canonical, written):
    """Clients that are made from the description write out every default, and follow no redirect."""
    right = client.get(f"{path}?{canonical}")
    for query in written:
        if "page" in query and not path.startswith("/api/"):
            query = query.replace("page=1", "")
        response = client.get(f"{path}?{query}")
        assert response.status_code == 200
        assert body(response) == body(right)
        assert response.headers.get("Content-Disposition") == right.headers.get("Content-Disposition")


def test_file_names_say_filter_and_version(client):
    version = DataVersion.objects.live().number
    names = {
        path: client.get(path).headers["Content-Disposition"]
        for path in ("/measures.csv", "/measures.xlsx?centre=finance&centre=none&role=pilot")
    }
    assert names == {
        "/measures.csv": f'attachment; filename="futian-reforms_all_v{version}.csv"',
        "/measures.xlsx?centre=finance&centre=none&role=pilot": (
            f'attachment; filename="futian-reforms_centre-finance+none_role-pilot_v{version}.xlsx"'
        ),
    }


def test_a_long_selection_has_a_short_file_name():
    query = "&".join(f"district=place-{number}" for number in range(50))
    name = file_name(query, 7, ".csv")
    assert len(name) <= 100
    assert name != file_name(f"{query}&role=pilot", 7, ".csv")


@pytest.fixture
def streamed(monkeypatch):
    """As if the shipped content were large."""
    large(monkeypatch)


def large(monkeypatch):
    for module, name, small in (
        (files, "MAX_WHOLE", 0),
        (csv_table, "PIECE", 1_000),
        (store, "FIRST_CHUNK", 3),
        (store, "CHUNK", 7),
    ):
        monkeypatch.setattr(module, name, small)


def test_rows_and_file_name_are_of_one_snapshot(client, restored, streamed):
    """An edit between the headers and the rows shows in neither."""
    before = DataVersion.objects.live().number
    response = client.get("/measures.csv")
    assert response.headers["Content-Disposition"].endswith(f'_v{before}.csv"')
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(title_en="Changed meanwhile")
    assert DataVersion.objects.using("default").live().number == before + 1
    titles = [record["title_en"] for record in records_of_csv(body(response))]
    assert "Changed meanwhile" not in titles
    assert records_of_csv(body(client.get("/measures.csv")))[4]["title_en"] == "Changed meanwhile"


def test_a_reader_who_leaves_ends_the_snapshot(client, streamed):
    response = client.get("/measures.csv")
    next(iter(response.streaming_content))
    response.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        )
        assert cursor.fetchone() == (0,)


def test_a_database_that_fails_while_it_reads_ahead_ends_the_download(client, streamed, monkeypatch):
    response = client.get("/measures.csv")
    pieces = iter(response.streaming_content)
    next(pieces)
    monkeypatch.setattr(store, "MEASURES_OF_KEYS", "SELECT 1/0, %(keys)s")
    with pytest.raises(DataError):
        list(pieces)
    response.close()
    assert response.snapshot.connection.closed
    monkeypatch.undo()
    assert len(records_of_csv(body(client.get("/measures.csv")))) == 28


def test_small_and_large_exports_have_the_same_bytes(client, monkeypatch):
    for path in ("/measures.csv", "/measures.xlsx", "/measures.json"):
        small = client.get(path)
        large(monkeypatch)
        streamed = client.get(path)
        assert (small.streaming, streamed.streaming) == (False, True)
        assert body(small) == body(streamed)
        monkeypatch.undo()


def test_an_export_costs_the_same_queries_for_three_rows_and_for_all(client):
    body(client.get("/measures.csv"))  # the first request of a data version reads its vocabulary and bitmaps
    counts = []
    for query in ("?role=pilot", ""):
        with CaptureQueriesContext(connections["reader"]) as captured:
            body(client.get(f"/measures.csv{query}"))
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]


def test_an_unchanged_set_makes_the_same_bytes(client):
    for suffix in ("csv", "xlsx", "json"):
        first, second = (body(client.get(f"/measures.{suffix}")) for _ in range(2))
        assert first == second
