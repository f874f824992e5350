"""A program of its own: reads an office file from standard input and prints its rows as lines of JSON, within limits that hold.

A file of 44 kB can ask for gigabytes. Here it can only end this process: nothing of the site is imported, memory and CPU are
limited, and `files.py`, which starts it, waits no longer than it should. Cells that have no plain value are told apart:
{"date": …}, {"error": "#NAME?"}, {"formula": true} for a formula whose result the file does not say, {"merged": true} for one
that is merged into another.
"""

import csv
import json
import re
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from xml.etree import ElementTree
from xml.sax.saxutils import unescape
from zipfile import BadZipFile, ZipFile

MAX_MEMORY = 200 * 2**20  # bytes of address space
MAX_CPU = 4  # seconds
MAX_UNPACKED = 80 * 2**20  # bytes of all parts of a file; 5,000 measures have 30 MB
MAX_ROWS = 6_000
MAX_COLUMNS = 100
MAX_CELL = 50_000  # characters; Excel holds 32,767
MAX_TEXT = 20_000_000  # characters of all cells
MAX_SHEETS = 20

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel 97-2003, and every office file with a password
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # "Unicode text" of Excel
# How programs write that a cell could not be worked out.
ERRORS = {"#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"}
ERRORS |= {"Err:508", "Err:509", "Err:502", "Err:504", "Err:522"}
# A folder or file inside an archive -> what it is.
KINDS = {"word/": "word", "ppt/": "powerpoint", "Index/": "numbers", "xl/workbook.bin": "xlsb"}
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
MERGED_CELLS = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]+\d+):([A-Z]+\d+)"')
MANIFEST = "META-INF/manifest.xml"  # of an ODS file
ODS_TOKEN = re.compile(
    rb'<table:table [^>]*?table:name="([^"]*)"|<table:table-row\b([^>]*)>|<table:(covered-)?table-cell\b([^>]*)'
)
REPEATED = re.compile(rb'-repeated="(\d{1,9})"')
MERGED = {"merged": True}
VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>([^<]+)<")
REFERENCE = re.compile(rb'\br="([A-Z]{1,3}\d+)"')


class Refusal(Exception):
    """The reason why the file is not read: a key of `files.REASONS`, and what it names."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU, MAX_CPU + 1))
    try:
        for line in lines(sys.stdin.buffer.read()):
            say(line)
        say({"end": True})  # whoever reads knows by it that nothing is missing
    except Refusal as refusal:
        say({"refused": refusal.args[0], "named": list(refusal.args[1:])})
    except MemoryError:
        say({"refused": "large", "named": []})


def say(line) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def lines(content: bytes):
    """{"sheet": its name, "hidden": …} before the rows of each sheet, which are [number, cells]."""
    if content.startswith(OLD_OFFICE):
        raise Refusal("password" if "EncryptedPackage".encode("utf-16-le") in content else "xls")
    if content.startswith(b"PK"):
        yield from of_archive(content)
        return
    if content.startswith(UTF_16):
        content = content.decode("utf-16", "replace").encode()
    if content.startswith((b"%PDF", b"{\\rtf", b"<")) or b"\0" in content:
        raise Refusal("unknown")
    yield {"sheet": "", "hidden": False}
    yield from numbered(csv_rows(content))


# --- Archives: XLSX and ODS ---


def of_archive(content: bytes):
    import python_calamine  # only here: a CSV file needs none of it

    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
            for start, kind in KINDS.items():
                if any(name.startswith(start) for name in parts):
                    raise Refusal(kind)
            if sum(parts.values()) > MAX_UNPACKED:
                raise Refusal("large")
            if MANIFEST in parts and b"encryption-data" in archive.read(MANIFEST):
                raise Refusal("password")
            book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
            is_xlsx = "xl/workbook.xml" in parts
            marks = special_cells(archive) if is_xlsx else covered_cells(archive.read("content.xml"))
        found = [sheet for sheet in book.sheets_metadata if "WorkSheet" in str(sheet.typ)]
        if not found:
            raise Refusal("charts" if book.sheets_metadata else "damaged")
        if len(found) > MAX_SHEETS:
            raise Refusal("sheets", MAX_SHEETS)
        for sheet in found:
            yield {"sheet": sheet.name, "hidden": not str(sheet.visible).endswith(".Visible")}
            yield from numbered(rows_of(book.get_sheet_by_name(sheet.name)), marks.get(sheet.name, {}))
    except python_calamine.PasswordError as error:
        raise Refusal("password") from error
    except (python_calamine.CalamineError, BadZipFile, ElementTree.ParseError) as error:
        raise Refusal("damaged") from error
    except (ValueError, KeyError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        # What zipfile raises for parts that are cut, encrypted or packed in an unknown way.
        raise Refusal("password" if "encrypted" in str(error) else "damaged") from error


def rows_of(sheet):
    """The rows from the first of the sheet on, as it counts them, whatever is empty above or left of its cells."""
    above, left = sheet.start or (0, 0)
    yield from ([] for _row in range(above))
    for row in sheet.iter_rows():
        yield [""] * left + row


# Expat refuses entities that grow without end, and this process has its limits: the parser may read what strangers wrote.
def special_cells(archive: ZipFile) -> dict[str, dict[tuple[int, int], dict]]:
    """Sheet -> (row, column) -> what calamine gives as an empty cell: errors, formulas without a result, merged cells."""
    names = {}
    for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):  # noqa: S314
        names[relation.get("Id")] = relation.get("Target", "").removeprefix("/xl/")
    found = {}
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if not sheet.tag.endswith("}sheet"):
            continue
        identifier = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        part = f"xl/{names.get(identifier, '')}"
        xml = archive.read(part) if part in archive.namelist() else b""
        places = found[sheet.get("name")] = {}
        if b't="e"' in xml or b"<f" in xml or b":f" in xml:
            places.update(marked(xml))
        for first, last in MERGED_CELLS.findall(xml):
            (top, left), (bottom, right) = place(first.decode()), place(last.decode())
            for number in range(top, min(bottom, MAX_ROWS) + 1):
                # The first cell holds the text.
                columns = range(left + (number == top), min(right, MAX_COLUMNS) + 1)
                places.update(((number, column), MERGED) for column in columns)
    return found


def marked(xml: bytes):
    for cell in CELL.finditer(xml):
        attributes, body = cell[1], cell[2] or b""
        value, reference = VALUE.search(body), REFERENCE.search(attributes)
        if not reference:
            continue
        if b't="e"' in attributes:
            yield place(reference[1].decode()), {"error": value[1].decode() if value else "#VALUE!"}
        elif re.search(rb"<(?:\w+:)?f\b", body) and not value and b't="str"' not in attributes:
            yield place(reference[1].decode()), {"formula": True}


def place(reference: str) -> tuple[int, int]:
    """C7 -> (7, 2): the number of the row as people count it, that of the column from 0."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column - 1


def covered_cells(xml: bytes) -> dict[str, dict[tuple[int, int], dict]]:
    """The same of an ODS file, where only merged cells are to be told apart."""
    found: dict = {}
    places, number, rows, column = {}, 0, 0, 0
    for token in ODS_TOKEN.finditer(xml) if b"<table:covered-" in xml else ():
        repeated = REPEATED.search(token[2] or token[4] or b"")
        times = int(repeated[1]) if repeated else 1
        if token[1] is not None:
            places, number, rows = found.setdefault(unescape(token[1].decode("utf-8", "replace")), {}), 1, 0
        elif token[2] is not None:
            number, rows, column = number + rows, times, 0
        else:
            if token[3]:
                columns = range(column, min(column + times, MAX_COLUMNS))
                places.update(((number, column), MERGED) for column in columns)
            column += times
    return found


# --- CSV ---


def csv_rows(content: bytes):
    """The rows of a CSV file at their first lines; Excel in China saves in GB 18030."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise Refusal("encoding") from error
    separator = max(",;\t", key=text.partition("\n")[0].count)
    csv.field_size_limit(MAX_CELL + 1)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        if "field larger" in str(error):
            raise Refusal("cell", MAX_CELL, reader.line_num) from error
        raise Refusal("csv", "", reader.line_num) from error


# --- Rows ---


def numbered(rows, marks=None):
    """[number of the row as the program shows it, its cells] for each row that is not empty."""
    kept = text = width = 0
    special = {}
    for (number, column), mark in (marks or {}).items():
        special.setdefault(number, {})[column] = mark
    for number, row in enumerate(rows, 1):
        cells = [cell if cell is not None else "" for cell in row]
        filled = any(cell != "" for cell in cells)
        for column, mark in special.get(number, {}).items():
            if mark is MERGED and not (filled and column < width):
                continue  # below or right of the table
            cells += [""] * (column + 1 - len(cells))
            cells[column] = mark
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        width = width or len(cells)  # that of the header
        kept += 1
        text += sum(len(cell) for cell in cells if isinstance(cell, str))
        if kept > MAX_ROWS:
            raise Refusal("rows", MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise Refusal("columns", MAX_COLUMNS, number)
        if text > MAX_TEXT:
            raise Refusal("large")
        yield [number, [plain(cell, number) for cell in cells]]


def plain(cell, number: int):
    if isinstance(cell, datetime):
        return {"date": cell.isoformat(sep=" ")}
    if isinstance(cell, (date, time, timedelta)):
        return {"date": str(cell)}
    if isinstance(cell, str):
        if len(cell) > MAX_CELL:
            raise Refusal("cell", MAX_CELL, number)
        return {"error": cell} if cell in ERRORS else cell
    return cell


if __name__ == "__main__":
    main()
