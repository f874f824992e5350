"""Damaged and odd files, one of each kind, and what is said of each: a part of the answer, in English."""

import random
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.chart import BarChart

from tests.admin.sheets import ods, ods_cell, saved_book

HEADER = ["code", "version", "note_en"]
TRANSITIONAL = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def book(*rows, **cells) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.append(HEADER)
    for row in rows:
        made.active.append(row)
    for reference, value in cells.items():
        made.active[reference] = value
    return made


def xlsx(*rows, **cells) -> bytes:
    return saved_book(book(*rows, **cells))


ROW = ["2020-07", 1, "From Excel"]


def archive(**parts: bytes) -> bytes:
    """A ZIP archive; `__` in a name stands for a slash."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def rewritten(content: bytes, change) -> bytes:
    """The archive with `change(name, content)` of each part; a part becomes None to be left out."""
    file = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return file.getvalue()


def flipped(content: bytes) -> bytes:
    chance, wrong = random.Random(19), bytearray(content)
    for _time in range(60):
        wrong[chance.randrange(len(wrong))] ^= 1 << chance.randrange(8)
    return bytes(wrong)


def in_sheet(change):
    return lambda name, part: change(part) if name == "xl/worksheets/sheet1.xml" else part


def error_cell() -> bytes:
    made = book(ROW)
    made.active["C2"] = "#NAME?"
    made.active["C2"].data_type = "e"
    return saved_book(made)


def sheets(*titles, hidden=()) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title in titles:
        sheet = made.create_sheet(title)
        sheet.append(HEADER)
        sheet.append(ROW)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    if set(titles) == set(hidden):
        made.create_sheet("Shown").append(["nothing"])
    return saved_book(made)


def charts_only() -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    made.create_chartsheet("Chart").add_chart(BarChart())
    return saved_book(made)


def reading_sheet_first() -> bytes:
    made = openpyxl.Workbook()
    made.active.append(["Measures to read"])
    made.active.append(["2020-07", "A title"])
    data = made.create_sheet("data")
    data.append(HEADER)
    data.append(ROW)
    return saved_book(made)


def long_cell(letters: int) -> bytes:
    cell = b'<row r="9"><c r="A9" t="inlineStr"><is><t>%s</t></is></c></row></sheetData>' % (b"a" * letters)
    return rewritten(xlsx(ROW), in_sheet(lambda part: part.replace(b"</sheetData>", cell)))


def csv_of(*rows: str, encoding="utf-8") -> bytes:
    return "\r\n".join(rows).encode(encoding)


WRITES = ""  # the file is read, and its one change shown

# Kind -> (the file, what is said of it).
FILES = {
    # Other programs' files
    "Word": (lambda: archive(word__document_xml=b"<w/>"), "This is a Word document"),
    "PowerPoint": (lambda: archive(ppt__presentation_xml=b"<p/>"), "This is a PowerPoint presentation"),
    "Numbers": (lambda: archive(Index__Document_iwa=b"x"), "This is a Numbers spreadsheet"),
    "xls": (lambda: OLD + b"Workbook" * 200, "an old Office program"),
    "xlsb": (lambda: archive(**{"xl__workbook.bin": b"x"}), "a binary workbook"),
    "PDF": (lambda: b"%PDF-1.7 ...", "not a spreadsheet that can be read"),
    "HTML called .xls": (lambda: b"<html><table><tr><td>code</td></tr></table></html>", "not a spreadsheet"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a spreadsheet that can be read"),
    "any archive": (lambda: archive(readme=b"x"), "damaged or incomplete"),
    "password": (lambda: OLD + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), "with a password"),
    # Damaged ones
    "half of a file": (lambda: xlsx(ROW)[:2000], "damaged or incomplete"),
    "flipped bits": (lambda: flipped(xlsx(ROW)), "damaged or incomplete"),
    "cut XML": (lambda: rewritten(xlsx(ROW), in_sheet(lambda part: part[: len(part) // 2])), "damaged"),
    "no workbook inside": (
        lambda: rewritten(xlsx(ROW), lambda name, part: None if name == "xl/workbook.xml" else part),
        "damaged or incomplete",
    ),
    "no sheet inside": (
        lambda: rewritten(xlsx(ROW), lambda name, part: None if "worksheets" in name else part),
        "damaged or incomplete",
    ),
    "entities that grow": (
        lambda: rewritten(
            xlsx(ROW),
            lambda name, part: (
                b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + part
                if name == "xl/workbook.xml"
                else part
            ),
        ),
        None,
    ),
    "ODS without content": (lambda: rewritten(ods(""), lambda name, part: None if name == "content.xml" else part), "damaged"),
    # Too large
    "stray cell": (lambda: xlsx(ROW, XFD6000="x"), "larger than a table of measures"),
    "long cell": (lambda: long_cell(300_000_000), "larger than a table of measures"),
    "cell of 60,000 letters": (lambda: long_cell(60_000), "A cell in row 9 is longer than 50000"),
    "many rows": (lambda: csv_of(*HEADER[:1], *["2020-07"] * 7_000), "more than 6000 rows"),
    "many columns": (lambda: xlsx(ROW, DA3="x"), "Row 3 has cells right of column 100"),
    # Odd ones
    "Strict": (
        lambda: rewritten(xlsx(ROW), lambda name, part: part.replace(TRANSITIONAL, STRICT)),
        None,
    ),
    "ODS": (
        lambda: ods(
            "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in (HEADER, ROW))
        ),
        WRITES,
    ),
    "charts only": (charts_only, "charts only"),
    "empty workbook": (lambda: saved_book(openpyxl.Workbook()), "The file is empty"),
    "only a header": (lambda: xlsx(), "nothing to write"),
    "two sheets": (lambda: sheets("One", "Two"), "More than one sheet has a column “code”: One, Two"),
    "a hidden sheet too": (lambda: sheets("One", "Two", hidden=("Two",)), "One, Two (hidden)"),
    "only a hidden sheet": (lambda: sheets("One", hidden=("One",)), "One (hidden)"),
    "a reading sheet first": (reading_sheet_first, WRITES),
    "UTF-16": (lambda: csv_of("\t".join(HEADER), "2020-07\t1\tFrom Excel", encoding="utf-16"), WRITES),
    "semicolons": (lambda: csv_of(";".join(HEADER), "2020-07;1;From Excel"), WRITES),
    "GB 18030": (lambda: csv_of(",".join(HEADER), "2020-07,1,来自", encoding="gb18030"), WRITES),
    "no encoding": (lambda: b"code,version\r\n2020-07,\xff\xff\r\n", "neither UTF-8 nor GB 18030"),
    "open quote": (lambda: csv_of(",".join(HEADER), '2020-07,1,"From'), "not a CSV file that can be read"),
    # Cells that have no text
    "error": (error_cell, "The cell says #NAME?: its formula failed."),
    "error in ODS": (
        lambda: ods(
            "<table:table-row>" + "".join(map(ods_cell, HEADER)) + "</table:table-row><table:table-row>"
            + ods_cell("2020-07") + ods_cell("1") + ods_cell("#NAME?") + "</table:table-row>"
        ),
        "The cell says #NAME?",
    ),
    "formula without a result": (lambda: xlsx(["2020-07", 1, "=A1&B1"]), "A formula whose result the file does not say"),
    "date where text belongs": (lambda: xlsx(["2020-07", 1, date(2020, 7, 1)]), "A date (2020-07-01"),
    "blank code": (lambda: xlsx(["", 1, "From Excel"]), "The code is missing in this row."),
    "cells beyond the header": (lambda: xlsx([*ROW, "beyond"]), "cells right of the last column"),
    "derived column": (
        lambda: csv_of("code,version,category_en", "2020-07,1,Another name"),
        "Row 2, 2020-07: Category (English)",
    ),
}  # fmt: skip
