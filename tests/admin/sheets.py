"""Spreadsheets as office programs write them, uploading them, and changes that people make in them."""

import csv
import random
from io import BytesIO, StringIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from measures.admin.imports.cells import EDITABLE, GROUPS, IN_GROUPS
from measures.catalogue import Catalogue
from measures.models import Measure
from measures.open_data.columns import COLUMNS
from measures.open_data.csv_table import guard
from tests.admin.desk import posted

ADDRESS = "/en/admin/measures/measure/import/"
Table = dict[str, dict[str, str]]  # code -> column -> cell


def as_csv(sheet: Table, encoding="utf-8-sig") -> bytes:
    buffer = StringIO(newline="")
    writer = csv.DictWriter(buffer, list(next(iter(sheet.values()))))
    writer.writeheader()
    writer.writerows(sheet.values())
    return buffer.getvalue().encode(encoding)


def as_guarded_csv(sheet: Table) -> bytes:
    return as_csv({code: {name: guard(cell) for name, cell in row.items()} for code, row in sheet.items()})


def as_xlsx(sheet: Table) -> bytes:
    book = openpyxl.Workbook()
    rows = list(sheet.values())
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([int(cell) if name == "version" and cell else cell for name, cell in row.items()])
    for row in book.active.iter_rows():
        for cell in row:
            if cell.data_type == "f":  # a text that begins with "="
                cell.data_type = "s"
    return saved_book(book)


def saved_book(book) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>%s'
    "</office:spreadsheet></office:body></office:document-content>"
)


def as_ods(sheet: Table) -> bytes:
    """As LibreOffice writes it: a paragraph for each line of a cell."""
    rows = [list(next(iter(sheet.values()))), *(list(row.values()) for row in sheet.values())]
    return ods("".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows))


def ods_cell(cell) -> str:
    if cell == "":
        return "<table:table-cell/>"
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def ods(rows: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", ODS % f'<table:table table:name="Sheet1">{rows}</table:table>')
        manifest = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest {manifest}><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
    return file.getvalue()


def upload(client, content: bytes, **extra):
    return client.post(ADDRESS, {"file": SimpleUploadedFile("measures", content), **extra})


def confirm(client, response, **extra):
    return client.post(ADDRESS, {**posted(response, "confirm-import"), "confirmed": "yes", **extra})


def faults(response):
    assert response.status_code == 409
    return response.context["faults"]


def changed_cells(response):
    with override("en"):
        return [
            (change.line, change.key, str(label))
            for change, cells in response.context["rows"]
            for label, _parts in cells
        ]


# --- What is saved, and what people make of it ---


def saved_table() -> Table:
    """What an export would say now, of drafts too."""
    catalogue = Catalogue.with_drafts()
    codes = Measure.objects.values_list("code", flat=True)
    return {
        code: {column.name: str(column.cell(record)) for column in COLUMNS}
        for code in codes
        if (record := catalogue.saved_measure(code))
    }


def changed(before: Table, after: Table) -> dict[tuple[str, str], tuple[str, str]]:
    """(code, column) -> the texts before and after, of every column that can be edited and differs."""
    nothing = dict.fromkeys(EDITABLE, "")
    return {
        (code, name): (before.get(code, nothing)[name], after[code][name])
        for code in after
        for name in EDITABLE
        if before.get(code, nothing)[name] != after[code][name]
    }


def edited_at_random(table: Table, chance: random.Random) -> Table:
    """Some rows of the table with cells changed as people and programs change them, well and badly."""
    rows = {code: dict(table[code]) for code in chance.sample(list(table), chance.randint(1, 4))}
    for row in rows.values():
        for _time in range(chance.randint(0, 3)):
            chance.choice(EDITS)(row, chance)
        if chance.random() < 0.2:
            program_trims(row, chance)
    if chance.random() < 0.3:
        for name in chance.sample([name for name in EDITABLE if name not in ("slug",)], 6):
            for row in rows.values():
                row.pop(name, None)
    return rows


def change_text(row, chance):
    name = chance.choice(["title_en", "summary_en", "note_zh", "note_en", "headline_en", "keywords_en"])
    row[name] = chance.choice(["", "New", "=1+1", " blanks around ", row.get(name, "") + " more", "'=quoted"])


def change_line(row, chance):
    name = chance.choice(list(IN_GROUPS))
    lines = row.get(name, "").split("\n")
    place = chance.randrange(len(lines))
    if name in ("actions_en", "centre_reasons_en", "district_notes_en", "district_notes_zh"):
        lines[place] = chance.choice(["", "", "Changed", "改"]) if name != "district_notes_zh" else "改"
    elif name in ("actions_zh", "centre_reasons_zh"):
        lines[place] += "改"
    row[name] = "\n".join(lines)


def remove_or_add_lines(row, chance):
    """In all columns of a group alike, or in one of them alone, which nobody can read."""
    columns = GROUPS[chance.choice(list(GROUPS))]
    names = list(columns) if chance.random() < 0.7 else [chance.choice(list(columns))]
    place, what = chance.randrange(6), chance.choice(["remove", "double", "blank at the end"])
    for name in names:
        lines = row.get(name, "").split("\n")
        at = min(place, len(lines) - 1)
        if what == "remove":
            del lines[at]
        elif what == "double" and name.startswith("action"):
            lines.insert(at, lines[at])
        elif what == "blank at the end":
            lines.append("")
        row[name] = "\n".join(lines)


def program_trims(row, chance):
    for name in IN_GROUPS:
        if name in row:
            row[name] = row[name].strip("\n") if chance.random() < 0.5 else row[name].rstrip("\n")


EDITS = (change_text, change_text, change_line, change_line, change_line, remove_or_add_lines)
FORMATS = {"xlsx": as_xlsx, "csv": as_guarded_csv, "ods": as_ods}


def check_random_sheets(client, count: int, seed: int) -> dict[str, int]:
    """Brings `count` random sheets back: what is written is what was shown, cell for cell. How many ended in which way."""
    chance = random.Random(seed)
    ended = {"refused": 0, "unchanged": 0, "written": 0}
    before = saved_table()
    for number in range(count):
        name = list(FORMATS)[number % len(FORMATS)]
        sheet = edited_at_random(before, chance)
        response = upload(client, FORMATS[name](sheet))
        if response.status_code == 409:
            ended["refused"] += 1
            assert response.context["faults"]
            continue
        assert saved_table() == before if number % 10 == 0 else True  # the preview writes nothing
        if "rows" not in response.context:
            ended["unchanged"] += 1
            continue
        shown = {
            (change.key, column): (old, new)
            for change, _cells in response.context["rows"]
            for column, old, new in change.cells
        }
        answer = confirm(client, response)
        assert answer.status_code == 302, (seed, number, answer.context["faults"])
        after = saved_table()
        assert changed(before, after) == shown, (seed, number, name)
        for (code, column), (_old, new) in shown.items():
            if column in sheet.get(code, {}) and column not in IN_GROUPS and column != "paragraphs":
                assert sorted(new.split("\n")) == sorted(
                    filter(None, sheet[code][column].strip().split("\n"))
                ) or new == (sheet[code][column].strip()), (seed, number, column)
        ended["written"] += 1
        before = after
    return ended
