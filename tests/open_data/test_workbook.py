"""The workbook: a sheet to read and three for programs, the cells of the CSV file, and only as many measures as can be made at once."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest

from measures.models import Measure
from measures.open_data import workbook
from measures.open_data.columns import COLUMNS
from measures.open_data.csv_table import unguard
from measures.snapshots import editing_as

from .forms import body, rows_of_xlsx


def test_xlsx_has_data_dictionary_and_source(client):
    workbook = openpyxl.load_workbook(BytesIO(body(client.get("/measures.xlsx"))))
    _overview, data, dictionary, source = workbook.worksheets
    assert workbook.sheetnames == [
        "overview 一览",
        "measures 改革",
        "dictionary 字段说明",
        "source 来源与许可",
    ]
    assert (data.auto_filter.ref, data.freeze_panes) == ("A1:AR29", "B2")
    assert [cell.value for cell in data[1]] == [column.name for column in COLUMNS]
    assert [data.column_dimensions[letter].width for letter in "AL"] == [
        pytest.approx(COLUMNS[position].width, abs=1) for position in (0, 11)
    ]
    assert [row[0] for row in dictionary.iter_rows(min_row=2, values_only=True)] == [
        column.name for column in COLUMNS
    ]
    assert "Creative Commons Attribution 4.0 International https://creativecommons.org/licenses/by/4.0/" in [
        row[1] for row in source.iter_rows(values_only=True)
    ]


def test_the_first_sheet_is_for_people_who_read_chinese(client):
    """Few columns, all in Chinese, filtered by Excel as it is; what each says stands in the data too."""
    content = body(client.get("/measures.xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:I29", "B2")
    header, *rows = rows_of_xlsx(content, 0)
    assert header == ("编号", "标题", "原文名称", "摘要", "类别", "举措", "服务的中心", "关系到谁", "地方")
    measures = list(Measure.objects.prefetch_related("actions", "audiences"))
    assert [row[:6] for row in rows] == [
        (
            measure.code,
            measure.headline_zh,
            measure.official_name_zh,
            measure.summary_zh,
            measure.category.name_zh,
            "\n".join(action.text_zh for action in measure.actions.all() if not action.background),
        )
        for measure in measures
    ]
    assert [(row[7] or "").split("\n") for row in rows] == [
        [audience.name_zh for audience in measure.audiences.all()] or [""] for measure in measures
    ]
    seventh = rows[6]
    assert seventh[6] == "科技创新中心（原文依据）"
    assert seventh[8] == "福田区（计划所属区）"


def test_xlsx_and_csv_have_the_same_cells(client):
    rows = rows_of_xlsx(body(client.get("/measures.xlsx")))
    table = csv.reader(StringIO(body(client.get("/measures.csv")).decode("utf-8-sig"), newline=""))
    assert [["" if cell is None else str(cell) for cell in row] for row in rows] == [
        [unguard(cell) for cell in row] for row in table
    ]


def test_characters_that_xml_cannot_hold_survive_as_excel_writes_them(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(
            title_en="a\x01b _x0041_ \ufffe <&> ", note_en="x " * 20_000
        )
    row = rows_of_xlsx(body(client.get("/measures.xlsx")))[5]
    assert row[6] == "a_x0001_b _x005F_x0041_ _xFFFE_ <&> "
    note = row[[column.name for column in COLUMNS].index("note_en")]
    assert note == "x " * 16_383 + "…"


def test_a_text_in_tags_of_a_workbook_stays_a_text(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(title_en="<r><t>a</t></r>")
    assert rows_of_xlsx(body(client.get("/measures.xlsx")))[5][6].strip() == "<r><t>a</t></r>"


def test_more_than_a_workbook_holds_leads_to_the_csv_file(client, monkeypatch):
    monkeypatch.setattr("measures.open_data.files.MAX_IN_A_WORKBOOK", 3)
    response = client.get("/measures.xlsx")
    assert response.status_code == 400
    assert "A workbook holds at most 3 measures. Take the CSV or the JSON, or choose fewer." in response.text
    assert client.get("/measures.xlsx?role=site").status_code == 200
    assert workbook.MAX_IN_A_WORKBOOK == 5_000
