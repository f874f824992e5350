"""Damaged and odd files, one of each kind, and what is said of each: a part of the answer, in English."""

import gzip
import re
from datetime import date

import openpyxl

from tests.admin.office_files import (
    HEADER,
    OLD,
    ROW,
    STRICT,
    TRANSITIONAL,
    archive,
    as_libreoffice_ends,
    bomb,
    charts_only,
    csv_of,
    dates_of_1904,
    error_cell,
    external_link,
    flipped,
    in_sheet,
    long_cell,
    merged,
    merged_in_ods,
    ods_row,
    ods_table,
    ods_with_password,
    reading_sheet_first,
    rewritten,
    sheets,
    with_parts,
    with_shared_texts,
    xlsx,
)
from tests.admin.sheets import ods, ods_cell, saved_book

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
    "ODS with a password": (lambda: ods_with_password(), "with a password"),
    "ODS with a password, as a whole": (lambda: ods_with_password(whole=True), "with a password"),
    "XML of Excel 2003": (lambda: b'<?xml version="1.0"?><Workbook/>', "not a spreadsheet that can be read"),
    "gzip": (lambda: gzip.compress(b"code,version\r\n2020-07,1\r\n", mtime=0), "not a spreadsheet that can be read"),
    "JSON": (lambda: b'[{"code": "2020-07"}]', "Missing columns: code, version"),
    "nothing": (lambda: b"", "The submitted file is empty."),
    "only blanks": (lambda: b"\r\n ,, \r\n", "Missing columns: code, version"),
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
    "text that is not there": (
        lambda: with_shared_texts(place=lambda part: part.replace(b"<v>4</v>", b"<v>99</v>")),
        "damaged",
    ),
    # Too large
    "bomb": (lambda: bomb(), "larger than a table of measures"),
    "bomb that hides its size": (lambda: bomb(declared=9000), "larger than a table of measures"),
    "ODS of 16,384 columns": (
        lambda: ods_table(
            '<table:table-row><table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
            "<text:p>x</text:p></table:table-cell></table:table-row>"
        ),
        "Row 3 has cells right of column 100",
    ),
    "ODS of 1,048,576 rows": (
        lambda: ods_table(ods_row(ROW, 'table:number-rows-repeated="1048574"')),
        "larger than a table of measures",
    ),
    "many sheets": (lambda: sheets(*map(str, range(25))), "more than 20 sheets"),
    "one line without end": (lambda: b"code,version,note_en\r\n2020-07,1," + b"x" * 3_000_000, "A cell in row 2 is longer"),
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
    "ODS as LibreOffice ends it": (lambda: as_libreoffice_ends(ods_table()), WRITES),
    "ODS with a date": (
        lambda: ods(
            ods_row(HEADER) + "<table:table-row>" + ods_cell("2020-07") + ods_cell("1")
            + '<table:table-cell office:value-type="date" office:date-value="2020-07-01"><text:p>x</text:p></table:table-cell>'
            + "</table:table-row>"
        ),
        "A date (2020-07-01",
    ),
    "external link": (external_link, WRITES),
    "phonetic guide": (
        lambda: with_shared_texts(
            lambda part: part.replace(
                b"<t>From Excel</t>", b'<t>From Excel</t><rPh sb="0" eb="1"><t>furigana</t></rPh>'
            )
        ),
        WRITES,
    ),
    "rich text": (
        lambda: with_shared_texts(
            lambda part: part.replace(
                b"<t>From Excel</t>", b'<r><t xml:space="preserve">From </t></r><r><t>Excel</t></r>'
            )
        ),
        WRITES,
    ),
    "cells without their places": (
        lambda: rewritten(xlsx(ROW), in_sheet(lambda part: re.sub(rb' r="[A-Z]?\d+"', b"", part))),
        WRITES,
    ),
    "macros": (lambda: with_parts(xlsx(ROW), {"xl/vbaProject.bin": OLD}), WRITES),
    "charts only": (charts_only, "charts only"),
    "empty workbook": (lambda: saved_book(openpyxl.Workbook()), "The file is empty"),
    "only a header": (lambda: xlsx(), "nothing to write"),
    "two sheets": (lambda: sheets("One", "Two"), "More than one sheet has a column “code”: One, Two"),
    "a hidden sheet too": (lambda: sheets("One", "Two", hidden=("Two",)), "One, Two (hidden)"),
    "only a hidden sheet": (lambda: sheets("One", hidden=("One",)), "One (hidden)"),
    "a reading sheet first": (reading_sheet_first, WRITES),
    "UTF-16": (lambda: csv_of("\t".join(HEADER), "2020-07\t1\tFrom Excel", encoding="utf-16"), WRITES),
    "UTF-16 without a mark": (
        lambda: csv_of(",".join(HEADER), "2020-07,1,From Excel", encoding="utf-16-le"),
        "not a spreadsheet that can be read",
    ),
    "CSV of an old Mac": (lambda: b"code,version,note_en\r2020-07,1,From Excel\r", WRITES),
    "CSV with a NUL": (lambda: b"code,version,note_en\r\n2020-07,1,From\0Excel\r\n", "not a spreadsheet that can be read"),
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
    "date of 1904": (dates_of_1904, "A date (2020-07-01"),
    "merged cells": (lambda: merged("C2:C3"), "This cell is merged with another one."),
    "merged cells with a text below": (lambda: merged("C2:C3", below="Hidden"), "This cell is merged with another one."),
    "merged titles": (lambda: merged("B2:C2"), "This cell is merged with another one."),
    "merged cells in ODS": (lambda: merged_in_ods(), "This cell is merged with another one."),
    "merged cells beside the table": (lambda: merged("D1:E9", rows=[ROW]), WRITES),
    "full-width digits": (lambda: xlsx(["２０２０－０７", "１", "From Excel"]), WRITES),
    "a dash for a hyphen": (lambda: csv_of(",".join(HEADER), "2020–07,1,From Excel"), WRITES),
    "blank code": (lambda: xlsx(["", 1, "From Excel"]), "The code is missing in this row."),
    "cells beyond the header": (lambda: xlsx([*ROW, "beyond"]), "cells right of the last column"),
    "derived column": (
        lambda: csv_of("code,version,category_en", "2020-07,1,Another name"),
        "Row 2, 2020-07: Category (English)",
    ),
}  # fmt: skip
