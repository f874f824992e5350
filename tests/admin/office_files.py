"""Makers of files as office programs write them, and as they get damaged."""

import random
import re
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart
from openpyxl.utils.datetime import CALENDAR_MAC_1904

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


def merged(cells: str, below="", rows=(ROW, ["2020-08", 1, ""])) -> bytes:
    """Some measures and a merged area; Excel keeps the text of its first cell, other programs also those below."""
    made = book(*rows)
    made.active.merge_cells(cells)
    content = saved_book(made)
    if below:
        cell = f'<c r="C3" t="inlineStr"><is><t>{below}</t></is></c>'.encode()
        content = rewritten(content, in_sheet(lambda part: re.sub(rb'<c r="C3"[^>]*/>', cell, part)))
    return content


def merged_in_ods() -> bytes:
    spanned = '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>Two</text:p></table:table-cell>'
    covered = '<table:covered-table-cell table:number-columns-repeated="1"/>'
    first, second = (ods_cell(code) + ods_cell("1") for code in ("2020-07", "2020-08"))
    return ods(
        "".join(
            f"<table:table-row>{cells}</table:table-row>"
            for cells in ("".join(map(ods_cell, HEADER)), first + spanned, second + covered)
        )
    )


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


def dates_of_1904() -> bytes:
    """As Excel for Mac counted days."""
    made = book()
    made.epoch = CALENDAR_MAC_1904
    made.active.append(["2020-07", 1, date(2020, 7, 1)])
    return saved_book(made)


def external_link() -> bytes:
    """A cell shows what another workbook says; its last result stands in the file."""
    linked = b"""<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
        <externalBook r:id="rId1"><sheetNames><sheetName val="Other"/></sheetNames></externalBook></externalLink>"""
    target = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
        Target="file:///C:/Other.xlsx" TargetMode="External"/></Relationships>"""
    cell = b'<c r="C2" t="str"><f>[1]Other!A1</f><v>From Excel</v></c>'
    changed = rewritten(
        xlsx(["2020-07", 1]),
        in_sheet(lambda part: part.replace(b"</row></sheetData>", cell + b"</row></sheetData>")),
    )
    return with_parts(
        changed,
        {
            "xl/externalLinks/externalLink1.xml": linked,
            "xl/externalLinks/_rels/externalLink1.xml.rels": target,
        },
    )


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    file = BytesIO(content)
    with ZipFile(file, "a", ZIP_DEFLATED) as added:
        for name, part in parts.items():
            added.writestr(name, part)
    return file.getvalue()


def with_shared_texts(change=bytes, place=bytes) -> bytes:
    """As Excel writes it: cells name places in a table of texts, whose part is changed, or the cells."""
    file = BytesIO()
    made = xlsxwriter.Workbook(file)
    sheet = made.add_worksheet()
    for number, row in enumerate((HEADER, ROW)):
        sheet.write_row(number, 0, row)
    made.close()
    changes = {"xl/sharedStrings.xml": change, "xl/worksheets/sheet1.xml": place}
    return rewritten(file.getvalue(), lambda name, part: changes.get(name, bytes)(part))


def bomb(declared: int = 0) -> bytes:
    """200 MB of blanks in 200 kB, as many as it says or `declared`."""
    size = 200_000_000
    content = rewritten(
        xlsx(ROW), in_sheet(lambda part: part.replace(b"<sheetData>", b" " * size + b"<sheetData>"))
    )
    if not declared:
        return content
    with ZipFile(BytesIO(content)) as made:
        true = made.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(true.to_bytes(4, "little"), declared.to_bytes(4, "little"))


# --- ODS ---


def ods_row(cells, attributes="") -> str:
    return f"<table:table-row {attributes}>{''.join(map(ods_cell, cells))}</table:table-row>"


def ods_table(*more: str) -> bytes:
    return ods(ods_row(HEADER) + ods_row(ROW) + "".join(more))


def as_libreoffice_ends(content: bytes) -> bytes:
    """Every row filled up to column 16,384 and the sheet to row 1,048,576, with empty cells."""
    columns = b'<table:table-cell table:number-columns-repeated="16381"/></table:table-row>'
    rows = b'<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/>'

    def change(name, part):
        part = part.replace(b"</table:table-row>", columns)
        return part.replace(b"</table:table>", rows + b"</table:table-row></table:table>")

    return rewritten(content, lambda name, part: change(name, part) if name == "content.xml" else part)


ENCRYPTED = (
    '<manifest:encryption-data manifest:checksum-type="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#sha256-1k"'
    ' manifest:checksum="q83vEjRWeJA="><manifest:algorithm'
    ' manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc"'
    ' manifest:initialisation-vector="EjRWeJCrze8SNFZ4kKvN7w=="/><manifest:start-key-generation'
    ' manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256" manifest:key-size="32"/>'
    '<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32"'
    ' manifest:iteration-count="100000" manifest:salt="EjRWeJCrze8SNFZ4kKvN7w=="/></manifest:encryption-data>'
)


def ods_with_password(whole: bool = False) -> bytes:
    """As ODF 1.2 says, each part encrypted; or as LibreOffice does since 2024, `whole` as one part."""
    chance = random.Random(19)
    name = "encrypted-package" if whole else "content.xml"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml" manifest:size="9000">{ENCRYPTED}'
        "</manifest:file-entry></manifest:manifest>"
    )
    return with_parts(
        archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        {name: chance.randbytes(4096), "META-INF/manifest.xml": manifest.encode()},
    )


def csv_of(*rows: str, encoding="utf-8") -> bytes:
    return "\r\n".join(rows).encode(encoding)
