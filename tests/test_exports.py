"""The list in other forms: the same measures in the same order, in files that open where readers open them."""

import csv
import hashlib
import json
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.db import DataError, connection, connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures import exports, querysets
from measures.editions import Edition
from measures.models import DataVersion, Measure
from measures.snapshots import editing_as

from .forms import FORMS, body, codes_of_csv, codes_of_page, records_of_csv, rows_of_xlsx
from .queries import statements

SITE_ORIGIN = django_settings.SITE_ORIGIN

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
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=selections())
def test_every_form_has_the_measures_of_the_page(client, query):
    page = codes_of_page(client, query)
    assert {form: codes(client, query) for form, codes in FORMS.items()} == dict.fromkeys(FORMS, page)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json", "atom"])
@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("role=pilot&utm_source=x&page=2", "?role=pilot"),
        ("role=pilot&centre=technology&centre=finance", "?centre=finance&centre=technology&role=pilot"),
        ("page=1", ""),
    ],
)
def test_one_selection_has_one_address(client, suffix, query, canonical):
    response = client.get(f"/measures.{suffix}?{query}")
    assert (response.status_code, response.url) == (302, f"/measures.{suffix}{canonical}")


# --- CSV ---


def test_csv_is_utf_8_with_a_mark_for_excel_and_crlf(client):
    response = client.get("/measures.csv?role=pilot")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbfcode,year,number,")
    assert b"\r\n2020-" in content


def test_csv_holds_the_whole_record(client):
    record = records_of_csv(body(client.get("/measures.csv")))[4]
    measure = Measure.objects.for_export().get(code="2020-05")
    assert list(record) == [column.name for column in exports.COLUMNS]
    assert record["code"] == "2020-05"
    assert record["title_zh"] == measure.title_zh
    assert record["actions_en"].split("\n") == [action.text_en for action in measure.actions.all()]
    assert record["action_paragraphs"].split("\n") == [
        str(action.paragraph.number) for action in measure.actions.all()
    ]
    assert record["url"] == f"{SITE_ORIGIN}/measures/2020-05/"
    assert record["version_url"] == f"{SITE_ORIGIN}/measures/2020-05/history/1/"


def test_a_record_is_read_as_the_measure_is(client):
    edition = Edition("reader")
    measures = list(Measure.objects.for_export().order_by("plan", "number"))
    records = list(exports.records_of([measure.pk for measure in measures], edition))
    for column in exports.COLUMNS:
        assert [*map(column.cell, records)] == [*map(column.cell, measures)], column.name


def test_columns_of_a_group_have_as_many_values_as_each_other(client):
    edition = Edition("reader")
    for measure in exports.records_of(edition.everything.in_order(edition.order("number")), edition):
        lengths = {}
        for column in exports.COLUMNS:
            if column.group:
                lengths.setdefault(column.group, set()).add(len(column.value(measure)))
        assert {group: len(found) for group, found in lengths.items()} == {
            "actions": 1,
            "centres": 1,
            "audiences": 1,
            "districts": 1,
        }


@given(text=st.text(alphabet="'=+-@\t\r\n a中", max_size=6))
def test_the_guard_makes_formulas_text_and_comes_off_again(text):
    guarded = exports.guard(text)
    assert guarded[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert exports.unguard(guarded) == text


@given(values=st.lists(st.text(alphabet="a中\u3000\x00\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")))
def test_every_value_has_one_line(values):
    assert exports.in_lines(values) == "\n".join(" ".join(value.splitlines()) for value in values)
    assert exports.in_lines(values).count("\n") == max(0, len(values) - 1)


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", '=HYPERLINK("http://example.org","x")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_file_is_a_formula(client, restored, text):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(title_en=text)
    record = records_of_csv(body(client.get("/measures.csv")))[4]
    assert record["title_en"] == f"'{text}"
    assert exports.unguard(record["title_en"]) == text
    workbook = openpyxl.load_workbook(BytesIO(body(client.get("/measures.xlsx"))))
    cell = workbook.worksheets[0].cell(6, 7)
    assert (cell.data_type, cell.value) == ("s", text.replace("\r", "_x000D_"))


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
    name = exports.file_name(query, DataVersion(number=7), ".csv")
    assert len(name) <= 100
    assert name != exports.file_name(f"{query}&role=pilot", DataVersion(number=7), ".csv")


@pytest.fixture
def streamed(monkeypatch):
    """As if the shipped content were large."""
    large(monkeypatch)


def large(monkeypatch):
    for module, name, small in (
        (exports, "SMALL", 0),
        (exports, "PIECE", 1_000),
        (querysets, "FIRST", 3),
        (querysets, "CHUNK", 7),
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
    monkeypatch.setattr(querysets, "RECORDS", "SELECT 1/0, %s")
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
    counts = []
    for query in ("?role=pilot", ""):
        with CaptureQueriesContext(connections["reader"]) as captured:
            body(client.get(f"/measures.csv{query}"))
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]


# --- XLSX ---


def test_xlsx_has_data_dictionary_and_source(client):
    workbook = openpyxl.load_workbook(BytesIO(body(client.get("/measures.xlsx"))))
    data, dictionary, source = workbook.worksheets
    assert workbook.sheetnames == ["measures 改革", "dictionary 字段说明", "source 来源与许可"]
    assert (data.auto_filter.ref, data.freeze_panes) == ("A1:AO29", "B2")
    assert [cell.value for cell in data[1]] == [column.name for column in exports.COLUMNS]
    assert [data.column_dimensions[letter].width for letter in "AL"] == [
        pytest.approx(exports.COLUMNS[position].width, abs=1) for position in (0, 11)
    ]
    assert [row[0] for row in dictionary.iter_rows(min_row=2, values_only=True)] == [
        column.name for column in exports.COLUMNS
    ]
    assert "Creative Commons Attribution 4.0 International https://creativecommons.org/licenses/by/4.0/" in [
        row[1] for row in source.iter_rows(values_only=True)
    ]


def test_xlsx_and_csv_have_the_same_cells(client):
    rows = rows_of_xlsx(body(client.get("/measures.xlsx")))
    table = csv.reader(StringIO(body(client.get("/measures.csv")).decode("utf-8-sig"), newline=""))
    assert [["" if cell is None else str(cell) for cell in row] for row in rows] == [
        [exports.unguard(cell) for cell in row] for row in table
    ]


def test_an_unchanged_set_makes_the_same_bytes(client):
    for suffix in ("csv", "xlsx", "json"):
        first, second = (body(client.get(f"/measures.{suffix}")) for _ in range(2))
        assert first == second


# --- The package and the page ---


def test_data_page_prints_the_checksums_of_the_files(client):
    text = client.get("/en/data/").text
    for suffix in ("csv", "xlsx", "json"):
        assert hashlib.sha256(body(client.get(f"/measures.{suffix}"))).hexdigest() in text


def test_data_page_explains_every_column_in_both_languages(client):
    text = client.get("/data/").text
    for row in exports.data_dictionary():
        assert f'id="column-{row["name"]}"' in text
        assert row["label_zh"] != row["label_en"]
        assert row["description_zh"] != row["description_en"]


def test_package_describes_the_csv(client):
    package = client.get("/datapackage.json").json()
    content = body(client.get("/measures.csv"))
    (resource,) = package["resources"]
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    assert [field["name"] for field in resource["schema"]["fields"]] == list(records_of_csv(content)[0])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_data_page_has_structured_data(client):
    text = client.get("/data/").text
    start = text.index('<script type="application/ld+json">') + len('<script type="application/ld+json">')
    dataset = json.loads(text[start : text.index("</script>", start)])["@graph"][0]
    assert dataset["@type"] == "Dataset"
    assert dataset["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert [(part["contentUrl"], part["sha256"]) for part in dataset["distribution"]] == [
        (
            f"{SITE_ORIGIN}/measures.{suffix}",
            hashlib.sha256(body(client.get(f"/measures.{suffix}"))).hexdigest(),
        )
        for suffix in ("csv", "xlsx", "json")
    ]


# --- Errors, in the form asked for ---

LONG = "x" * 5000


@pytest.mark.parametrize(
    ("path", "status", "content_type"),
    [
        ("/measures.csv?centre=atlantis", 400, "text/plain; charset=utf-8"),
        ("/measures.xlsx?centre=atlantis", 400, "text/plain; charset=utf-8"),
        ("/en/measures.atom?centre=atlantis", 400, "text/plain; charset=utf-8"),
        ("/measures.json?centre=atlantis", 400, "application/problem+json"),
        ("/api/measures/?centre=atlantis", 400, "application/problem+json"),
        ("/measures/?centre=atlantis", 400, "text/html; charset=utf-8"),
        ("/api/measures/?page=9", 404, "application/problem+json"),
        ("/measures/?page=9", 404, "text/html; charset=utf-8"),
        (f"/measures.csv?q={LONG}", 400, "text/plain; charset=utf-8"),
        (f"/measures.json?q={LONG}", 400, "application/problem+json"),
        (f"/api/measures/?q={LONG}", 400, "application/problem+json"),
        (f"/measures.atom?q={LONG}", 400, "text/plain; charset=utf-8"),
        (f"/measures/?q={LONG}", 400, "text/html; charset=utf-8"),
        ("/measures.pdf", 404, "text/html; charset=utf-8"),
        ("/measures/2020-99.json", 404, "application/problem+json"),
        ("/measures/2020-99.bib", 404, "text/plain; charset=utf-8"),
        ("/api/nothing/", 404, "application/problem+json"),
        ("/measures.csv?q=%00", 400, "text/plain; charset=utf-8"),
    ],
)
def test_errors_come_in_the_form_asked_for(client, path, status, content_type):
    response = client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (status, content_type)


def test_a_problem_names_the_parameter_and_the_value(client):
    problem = client.get("/measures.json?role=pilot&centre=atlantis").json()
    (error,) = problem["errors"]
    assert error["parameter"] == "centre"
    assert "atlantis" in error["detail"]
    assert "atlantis" in error["detail_zh"]
    assert problem["detail"] == "A parameter of the address has a value that does not exist."
    assert problem["detail_zh"] == "网址中有一个参数的取值不存在。"
    text = client.get("/measures.csv?centre=atlantis").text
    assert error["detail"] in text
    assert error["detail_zh"] in text


@pytest.mark.parametrize("path", ["/measures.csv", "/api/measures/", "/measures.json", "/changes.atom"])
def test_data_are_read_from_everywhere_and_written_from_nowhere(client, path):
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    preflight = client.options(path)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Methods"]) == (
        204,
        "GET, HEAD, OPTIONS",
    )
    for method in (client.post, client.put, client.patch, client.delete):
        response = method(path)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    for response in (client.get(path), preflight):
        assert not response.cookies


@pytest.mark.parametrize("path", ["/measures.csv", "/measures.xlsx", "/measures.json", "/api/measures/"])
def test_head_has_the_headers_and_no_body(client, path):
    head, get = client.head(path), client.get(path)
    assert body(head) == b""
    assert head.headers.get("Content-Disposition") == get.headers.get("Content-Disposition")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_drafts_are_in_no_form(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(status="draft")
    for codes in FORMS.values():
        assert "2020-05" not in codes(client, "")
    for path in ("/measures/2020-05.json", "/measures/2020-05.bib", "/api/measures/2020-05/"):
        assert client.get(path).status_code == 404
    assert len(codes_of_csv(client, "")) == 27
