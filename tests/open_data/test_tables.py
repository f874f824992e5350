"""CSV and the columns of all tables: whole records, one line for each value, no formula."""

from io import BytesIO
from operator import attrgetter

import openpyxl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from measures.catalogue import Catalogue
from measures.models import Measure, Version
from measures.open_data.column import in_lines
from measures.open_data.columns import COLUMNS
from measures.open_data.csv_table import guard, unguard
from measures.snapshots import editing_as

from .forms import body, records_of_csv

SITE_ORIGIN = settings.SITE_ORIGIN


def test_csv_is_utf_8_with_a_mark_for_excel_and_crlf(client):
    response = client.get("/measures.csv?role=pilot")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbfcode,year,number,")
    assert b"\r\n2020-" in content


def test_csv_holds_the_whole_record(client):
    record = records_of_csv(body(client.get("/measures.csv")))[4]
    measure = Measure.objects.get(code="2020-05")
    assert list(record) == [column.name for column in COLUMNS]
    assert record["code"] == "2020-05"
    assert record["title_zh"] == measure.title_zh
    assert record["actions_en"].split("\n") == [action.text_en for action in measure.actions.all()]
    assert record["action_paragraphs"].split("\n") == [
        str(action.paragraph.number) for action in measure.actions.all()
    ]
    assert record["url"] == f"{SITE_ORIGIN}/measures/2020-05/"
    assert record["version_url"] == f"{SITE_ORIGIN}/measures/2020-05/history/1/"


def parts(relation, *names):
    """A function that reads an attribute of each row that belongs to a measure, in the order of the record."""
    read = attrgetter(".".join(names))
    return lambda measure: [read(part) for part in getattr(measure, relation).all()]


# What the editors' rows say, for the columns that are not simply named as the measure's own.
ROWS = {
    "year": attrgetter("plan_id"),
    "url": lambda measure: f"{SITE_ORIGIN}/measures/{measure.code}/",
    "category": attrgetter("category.slug"),
    "category_zh": attrgetter("category.name_zh"),
    "category_en": attrgetter("category.name_en"),
    "actions_zh": parts("actions", "text_zh"),
    "actions_en": parts("actions", "text_en"),
    "action_paragraphs": parts("actions", "paragraph.number"),
    "action_background": lambda measure: [
        {True: "yes", False: "no"}[action.background] for action in measure.actions.all()
    ],
    "centres": parts("centre_links", "centre.slug"),
    "centres_zh": parts("centre_links", "centre.name_zh"),
    "centres_en": parts("centre_links", "centre.name_en"),
    "centre_basis": parts("centre_links", "basis"),
    "centre_reasons_zh": parts("centre_links", "reason_zh"),
    "centre_reasons_en": parts("centre_links", "reason_en"),
    "audiences": parts("audiences", "slug"),
    "audiences_zh": parts("audiences", "name_zh"),
    "audiences_en": parts("audiences", "name_en"),
    "districts": parts("district_roles", "district.slug"),
    "districts_zh": parts("district_roles", "district.name_zh"),
    "districts_en": parts("district_roles", "district.name_en"),
    "district_roles": parts("district_roles", "role"),
    "district_notes_zh": parts("district_roles", "note_zh"),
    "district_notes_en": parts("district_roles", "note_en"),
    "parent": lambda measure: measure.parent and measure.parent.code,
    "paragraphs": lambda measure: sorted(paragraph.number for paragraph in measure.paragraphs.all()),
    "version": lambda measure: versions(measure).last().number,
    "version_url": lambda measure: (
        f"{SITE_ORIGIN}/measures/{measure.code}/history/{versions(measure).last().number}/"
    ),
    "edited": lambda measure: versions(measure).last().at,
}


def versions(measure):
    return Version.objects.filter(kind="measure", key=measure.code, public=True).order_by("number")


def everything_in_order() -> list:
    catalogue = Catalogue.current()
    return list(catalogue.measures_in_chunks(list(Measure.objects.values_list("pk", flat=True))))


def test_a_record_says_what_the_rows_say():
    measures = list(Measure.objects.all())
    records = everything_in_order()
    for column in COLUMNS:
        rows_say = ROWS.get(column.name, attrgetter(column.name))
        assert [*map(column.read, records)] == [*map(rows_say, measures)], column.name


def test_columns_of_a_group_have_as_many_values_as_each_other():
    for measure in everything_in_order():
        lengths = {}
        for column in COLUMNS:
            if column.group:
                lengths.setdefault(column.group, set()).add(len(column.read(measure)))
        assert {group: len(found) for group, found in lengths.items()} == {
            "actions": 1,
            "centres": 1,
            "audiences": 1,
            "districts": 1,
        }


@given(text=st.text(alphabet="'=+-@\t\r\n a中", max_size=6))
def test_the_guard_makes_formulas_text_and_comes_off_again(text):
    guarded = guard(text)
    assert guarded[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert unguard(guarded) == text


@given(values=st.lists(st.text(alphabet="a中\u3000\x00\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")))
def test_every_value_has_one_line(values):
    assert in_lines(values) == "\n".join(" ".join(value.splitlines()) for value in values)
    assert in_lines(values).count("\n") == max(0, len(values) - 1)


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", '=HYPERLINK("http://example.org","x")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_file_is_a_formula(client, restored, text):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(title_en=text)
    record = records_of_csv(body(client.get("/measures.csv")))[4]
    assert record["title_en"] == f"'{text}"
    assert unguard(record["title_en"]) == text
    workbook = openpyxl.load_workbook(BytesIO(body(client.get("/measures.xlsx"))))
    cell = workbook.worksheets[1].cell(6, 7)
    assert (cell.data_type, cell.value) == ("s", text.replace("\r", "_x000D_"))


@pytest.mark.parametrize("path", ["/en/measures/", "/en/measures/?role=pilot", "/en/data/"])
def test_whoever_uses_excel_is_led_to_the_workbook(client, path):
    """In a CSV file Excel takes 2020-01 for January."""
    page = client.get(path).text
    assert page.index("/measures.xlsx") < page.index("/measures.csv")
    assert "Excel takes codes such as 2020-01" in page
