"""A file that comes back as it was exported proposes no change, whatever the texts of the record are."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.utils.escape import unescape

from measures.models import Action, Category, CentreLink, DistrictRole, Measure
from measures.open_data.workbook import writable
from measures.snapshots import editing_as
from tests.admin.desk import posted, signed_in

pytestmark = pytest.mark.usefixtures("restored")
ADDRESS = "/en/admin/measures/measure/import/"

# What tables change on the way: formulas and their guards, escapes of workbooks, line ends, blanks, numbers, dates, errors.
ODD = {
    "formula": "=1+1",
    "guarded formula": "'=1+1",
    "twice guarded": "''=1+1",
    "minus": "-5%",
    "tab": "\tx",
    "apostrophe": "'90s",
    "escape": "_x0041_",
    "carriage return": "one\rtwo",
    "both line ends": "one\r\ntwo\nthree",
    "paragraphs": "one\n\ntwo",
    "control characters": "a\x01b\x0b\x1f\x7fc",
    "blanks": "  a \u3000 b\u00a0 ",
    "number": "0042",
    "long number": "44030419900101001X",
    "month": "2020-07",
    "date": "2020/1/2",
    "truth": "TRUE",
    "rich string": "<r><t>a</t></r>",
    "markup": "<b>&amp;</b> ]]>",
    "quotes": '"a","b";c',
    "beyond the plane": "𠮷🐉",
}
# Excel holds 32,767 characters in a cell.
LONG = ("a " * 20_000, "=" + "a " * 20_000)


def upload(content: bytes):
    return signed_in("lin", "editor").post(ADDRESS, {"file": SimpleUploadedFile("measures", content)})


def write(texts) -> None:
    """Gives each text to another measure, in every column that takes any text."""
    codes = Measure.objects.values_list("code", flat=True)
    with editing_as("test"):
        for code, text in zip(codes, texts, strict=False):
            chinese = text if text[0] in "='-\t" else f"改{text}"
            Measure.objects.filter(code=code).update(
                **dict.fromkeys(("title_en", "headline_en", "summary_en", "note_en"), text),
                **dict.fromkeys(("summary_zh", "note_zh", "official_name_zh"), chinese),
                keywords_en=[text, "b"],
            )
            for model, name in ((Action, "text"), (CentreLink, "reason"), (DistrictRole, "note")):
                own = model.objects.filter(measure__code=code)
                own.update(**{f"{name}_en": text, f"{name}_zh": chinese})
        for code, text in zip(codes[len(ODD) :], LONG, strict=False):
            Measure.objects.filter(code=code).update(note_en=text)
        Category.objects.update(name_en="=1+1")


def saved_by_excel(content: bytes) -> bytes:
    """The workbook opened and saved again; openpyxl leaves the escapes of texts as they are."""
    book = openpyxl.load_workbook(BytesIO(content))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def csv_saved_as_workbook(content: bytes) -> bytes:
    """The CSV file opened in a program and saved as a workbook: the guards stay where they are."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))):
        for position, cell in enumerate(row):
            sheet.write_string(number, position, writable(cell))
    book.close()
    return file.getvalue()


FILES = {
    "XLSX": (".xlsx", bytes),
    "XLSX saved again": (".xlsx", saved_by_excel),
    "CSV": (".csv", bytes),
    "CSV saved as XLSX": (".csv", csv_saved_as_workbook),
}


@pytest.mark.parametrize(("form", "saved"), FILES.values(), ids=FILES)
def test_an_export_brought_back_proposes_no_change(client, form, saved):
    write(ODD.values())
    response = upload(saved(client.get(f"/measures{form}").getvalue()))
    assert response.status_code == 200, response.context.get("faults")
    assert [measure.code for _line, measure, _cells in response.context.get("rows") or ()] == []
    assert response.context["unchanged"] == 28


def test_what_was_changed_in_a_workbook_is_read_as_it_stands_there(client):
    book = openpyxl.load_workbook(BytesIO(client.get("/measures.xlsx").getvalue()))
    sheet = book["measures 改革"]
    column = {cell.value: cell.column for cell in sheet[1]}["note_en"]
    texts = {"2020-07": "'=1+1", "2020-08": "_x005F_x0041_", "2020-09": "Costs -5%"}
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in texts:
            sheet.cell(row[0].row, column).value = texts[row[0].value]
    file = BytesIO()
    book.save(file)
    response = upload(file.getvalue())
    answer = signed_in("lin", "editor").post(
        ADDRESS, {**posted(response, "confirm-import"), "confirmed": "yes"}
    )
    assert answer.status_code == 302
    saved = dict(Measure.objects.filter(code__in=texts).values_list("code", "note_en"))
    assert saved == {code: unescape(text) for code, text in texts.items()}
