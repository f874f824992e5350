"""The measures as tables: CSV, XLSX, the data dictionary and the Frictionless data package.

COLUMNS is the one definition of what a table holds. CSV, XLSX, the dictionary, the table schema and the staff import
all read it; a column added there is in all of them.
"""

import csv
import hashlib
import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from io import BytesIO, StringIO
from itertools import chain
from operator import attrgetter
from urllib.parse import parse_qsl
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from xlsxwriter.utility import xl_col_to_name

from .addresses import CHANGES_PATH, CODE_PATTERN, absolute, list_path, measure_path, version_path
from .editions import Edition, current_edition
from .models import DataVersion, Measure, Plan, SearchRow
from .querysets import exported
from .records import Named, Record
from .selections import SelectionView, without_parameters
from .snapshots import SnapshotStream

# Bytes up to which an export is made as a whole.
SMALL = 128 * 1024
# Characters that are sent together, or a few more.
PIECE = 64 * 1024
# Above this, files are not built merely to print their size and checksum on a page.
CHECKSUM_LIMIT = 5_000
# What Excel holds in one cell.
CELL_LIMIT = 32_767
# Beyond, the data sheet could come near the 2 GB at which a zip file takes a form that not every program reads.
MOST_IN_A_WORKBOOK = 200_000

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


@dataclass(frozen=True)
class Column:
    """`value(measure)` is a text, a number, a time or None; of a column with `several` values, a list of texts. It reads a
    `Measure` as well as a `records.record()`.

    In a cell, several values stand on lines of their own. Columns with the same `group` have their values in the same
    order, so that line 2 of `centres` and line 2 of `centre_reasons_zh` speak of the same centre.
    """

    name: str
    label: str
    description: str
    value: Callable[[Measure], object]
    type: str = "string"  # as in Table Schema
    several: bool = False
    group: str = ""
    width: int = 16  # characters, in the spreadsheet
    constraints: dict = field(default_factory=dict)
    # Follows from other columns or is kept by the database: an import leaves it alone.
    derived: bool = False

    def cell(self, measure: Measure) -> str | int:
        """What stands in the cell of a table; a missing value is the empty text."""
        value = self.value(measure)
        if self.several:
            return in_lines(value)
        if isinstance(value, datetime):
            return iso(value)
        return "" if value is None else value


def iso(moment: datetime) -> str:
    """In UTC, to the second: `2026-11-23T05:00:00Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def in_lines(texts: list[str]) -> str:
    """Each on a line of its own; a line break inside one becomes a space."""
    if not "".join(texts).isprintable():  # no line break is, and mostly there is none to look for
        texts = [" ".join(text.splitlines()) for text in texts]
    return "\n".join(texts)


def of_parts(relation: str, name: str) -> Callable[[Measure], list]:
    """What reads this attribute of each part."""
    parts_of, read = attrgetter(relation), attrgetter(name)

    def value(measure) -> list:
        parts = parts_of(measure)
        return list(map(read, parts if isinstance(parts, list) else parts.all()))

    return value


def of_paragraphs(relation: str, name: str) -> Callable[[Measure], list[str]]:
    numbers = of_parts(relation, name)
    return lambda measure: list(map(str, numbers(measure)))


COLUMNS = [
    Column(
        "code",
        _("Code"),
        _("The public code of the measure: year of the plan and number. It never changes."),
        attrgetter("code"),
        constraints={"required": True, "unique": True, "pattern": CODE_PATTERN},
    ),
    Column(
        "year",
        _("Year"),
        _("Year of the plan."),
        attrgetter("plan_id"),
        type="integer",
        width=8,
        constraints={"required": True},
        derived=True,
    ),
    Column(
        "number",
        _("Number"),
        _("Number of the measure within the plan. The numbering is the editors’, not the source’s."),
        attrgetter("number"),
        type="integer",
        width=8,
        constraints={"required": True, "minimum": 1},
        derived=True,
    ),
    Column(
        "slug",
        _("Short name"),
        _("Short English name for use in file names and programs; unique within a plan."),
        attrgetter("slug"),
        width=24,
        constraints={"required": True},
    ),
    Column(
        "url",
        _("Address"),
        _("Address of the measure’s page."),
        lambda measure: absolute(measure_path(measure.code)),
        width=36,
        constraints={"required": True},
        derived=True,
    ),
    Column(
        "title_zh",
        _("Title (Chinese)"),
        _("Title in simplified Chinese."),
        attrgetter("title_zh"),
        width=36,
        constraints={"required": True},
    ),
    Column("title_en", _("Title (English)"), _("Title in English."), attrgetter("title_en"), width=36),
    Column(
        "official_name_zh",
        _("Official name"),
        _("The name of the reform in the source’s own words; empty where the source gives none."),
        attrgetter("official_name_zh"),
        width=36,
    ),
    Column(
        "category",
        _("Category"),
        _("Slug of the category the measure belongs to."),
        attrgetter("category.slug"),
        width=22,
        constraints={"required": True},
    ),
    Column(
        "category_zh",
        _("Category (Chinese)"),
        _("Name of the category in Chinese."),
        attrgetter("category.name_zh"),
        width=28,
        derived=True,
    ),
    Column(
        "category_en",
        _("Category (English)"),
        _("Name of the category in English."),
        attrgetter("category.name_en"),
        width=28,
        derived=True,
    ),
    Column(
        "summary_zh",
        _("Summary (Chinese)"),
        _("The editors’ plain summary in Chinese."),
        attrgetter("summary_zh"),
        width=60,
    ),
    Column(
        "summary_en",
        _("Summary (English)"),
        _("The editors’ plain summary in English."),
        attrgetter("summary_en"),
        width=60,
    ),
    Column(
        "actions_zh",
        _("Actions (Chinese)"),
        _("What the plan says will be done, in Chinese, one action per line in the order of the page."),
        of_parts("actions", "text_zh"),
        several=True,
        group="actions",
        width=60,
    ),
    Column(
        "actions_en",
        _("Actions (English)"),
        _("The same actions in English, in the same order."),
        of_parts("actions", "text_en"),
        several=True,
        group="actions",
        width=60,
    ),
    Column(
        "action_paragraphs",
        _("Paragraphs of the actions"),
        _("For each action, the number of the source paragraph that states it, in the same order."),
        of_paragraphs("actions", "paragraph.number"),
        several=True,
        group="actions",
        width=10,
    ),
    Column(
        "centres",
        _("Centres"),
        _("Slugs of the “four centres” the measure is linked to; empty where no sound basis was found."),
        of_parts("centre_links", "centre.slug"),
        several=True,
        group="centres",
        width=14,
    ),
    Column(
        "centres_zh",
        _("Centres (Chinese)"),
        _("Names of those centres in Chinese, in the same order."),
        of_parts("centre_links", "centre.name_zh"),
        several=True,
        group="centres",
        width=22,
        derived=True,
    ),
    Column(
        "centres_en",
        _("Centres (English)"),
        _("Names of those centres in English, in the same order."),
        of_parts("centre_links", "centre.name_en"),
        several=True,
        group="centres",
        width=32,
        derived=True,
    ),
    Column(
        "centre_basis",
        _("Basis of the links"),
        _(
            "For each centre: “text” where wording of the source supports the link, “editorial” for the editors’ judgement."
        ),
        of_parts("centre_links", "basis"),
        several=True,
        group="centres",
        width=10,
    ),
    Column(
        "centre_reasons_zh",
        _("Reasons of the links (Chinese)"),
        _("For each centre, why the editors make the link, in Chinese."),
        of_parts("centre_links", "reason_zh"),
        several=True,
        group="centres",
        width=40,
    ),
    Column(
        "centre_reasons_en",
        _("Reasons of the links (English)"),
        _("For each centre, why the editors make the link, in English."),
        of_parts("centre_links", "reason_en"),
        several=True,
        group="centres",
        width=40,
    ),
    Column(
        "audiences",
        _("Whom it concerns"),
        _("Slugs of the groups the measure concerns, in the editors’ reading."),
        of_parts("audiences", "slug"),
        several=True,
        group="audiences",
        width=14,
    ),
    Column(
        "audiences_zh",
        _("Whom it concerns (Chinese)"),
        _("Names of those groups in Chinese, in the same order."),
        of_parts("audiences", "name_zh"),
        several=True,
        group="audiences",
        width=18,
        derived=True,
    ),
    Column(
        "audiences_en",
        _("Whom it concerns (English)"),
        _("Names of those groups in English, in the same order."),
        of_parts("audiences", "name_en"),
        several=True,
        group="audiences",
        width=24,
        derived=True,
    ),
    Column(
        "districts",
        _("Places"),
        _("Slugs of the district and the places the measure names or belongs to."),
        of_parts("district_roles", "district.slug"),
        several=True,
        group="districts",
        width=20,
    ),
    Column(
        "districts_zh",
        _("Places (Chinese)"),
        _("Names of those places in Chinese, in the same order."),
        of_parts("district_roles", "district.name_zh"),
        several=True,
        group="districts",
        width=20,
        derived=True,
    ),
    Column(
        "districts_en",
        _("Places (English)"),
        _("Names of those places in English, in the same order."),
        of_parts("district_roles", "district.name_en"),
        several=True,
        group="districts",
        width=24,
        derived=True,
    ),
    Column(
        "district_roles",
        _("Roles of the places"),
        _("For each place: “responsible” for the district whose plan it is, “pilot” or “site”."),
        of_parts("district_roles", "role"),
        several=True,
        group="districts",
        width=14,
    ),
    Column(
        "district_notes_zh",
        _("Notes on the places (Chinese)"),
        _("For each place, the editors’ note in Chinese; may be empty."),
        of_parts("district_roles", "note_zh"),
        several=True,
        group="districts",
        width=36,
    ),
    Column(
        "district_notes_en",
        _("Notes on the places (English)"),
        _("For each place, the editors’ note in English; may be empty."),
        of_parts("district_roles", "note_en"),
        several=True,
        group="districts",
        width=36,
    ),
    Column(
        "basis",
        _("Basis"),
        _("“named”: the source names this reform; “derived”: the editors split it from a named one."),
        attrgetter("basis"),
        width=10,
        constraints={"required": True, "enum": ["named", "derived"]},
    ),
    Column(
        "parent",
        _("Split from"),
        _("Code of the measure a derived one was split from; empty for named measures."),
        lambda measure: measure.parent.code if measure.parent else None,
        width=10,
    ),
    Column(
        "paragraphs",
        _("Source paragraphs"),
        _("Numbers of the source paragraphs the measure rests on."),
        of_paragraphs("paragraphs", "number"),
        several=True,
        width=10,
    ),
    Column(
        "keywords_zh",
        _("Keywords (Chinese)"),
        _("Keywords in Chinese."),
        attrgetter("keywords_zh"),
        several=True,
        width=20,
    ),
    Column(
        "keywords_en",
        _("Keywords (English)"),
        _("Keywords in English."),
        attrgetter("keywords_en"),
        several=True,
        width=24,
    ),
    Column(
        "note_zh",
        _("Editors’ note (Chinese)"),
        _("What a reader should know about this entry, in Chinese."),
        attrgetter("note_zh"),
        width=48,
    ),
    Column(
        "note_en",
        _("Editors’ note (English)"),
        _("What a reader should know about this entry, in English."),
        attrgetter("note_en"),
        width=48,
    ),
    Column(
        "version",
        _("Version of the record"),
        _("Number of this version of the record; it rises by one with every change."),
        attrgetter("version_number"),
        type="integer",
        width=8,
        constraints={"required": True, "minimum": 1},
        derived=True,
    ),
    Column(
        "version_url",
        _("Address of this version"),
        _("Permanent address of exactly this version of the record."),
        lambda measure: absolute(version_path(measure.code, measure.version_number)),
        width=40,
        constraints={"required": True},
        derived=True,
    ),
    Column(
        "edited",
        _("Last edited"),
        _("When this version was made, in UTC."),
        attrgetter("edited_at"),
        type="datetime",
        width=20,
        constraints={"required": True},
        derived=True,
    ),
]

# --- CSV ---

# A cell that a spreadsheet program would take for a formula gets an apostrophe in front. So does one that begins with
# apostrophes before such a character, which is what makes the guard removable without a doubt.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guard(cell: str | int) -> str | int:
    """`cell` as a spreadsheet program may open it: never a formula."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """What `guard` was given; for whoever reads a CSV back."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def records_of(keys: Iterable[int], edition: Edition) -> Iterator[Record]:
    """The measures with these keys, in their order, with all that COLUMNS reads; the memory is that of a few hundred."""
    names = {
        kind: {slug: Named(slug, *own[0]) for slug, own in found.items()}
        for kind, found in edition.searched_names.items()
    }
    return exported(array("q", keys), edition.using, names)


def csv_chunks(measures: Iterable[Record]) -> Iterator[bytes]:
    """A CSV file as RFC 4180 has it, in pieces; with the byte order mark that makes Excel read it as UTF-8."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(column.name for column in COLUMNS)
    for measure in measures:
        writer.writerow([guard(column.cell(measure)) for column in COLUMNS])
        if buffer.tell() > PIECE:
            yield drained(buffer)
    yield drained(buffer)


def drained(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


# --- XLSX ---

# What Excel escapes in a text: characters that XML cannot hold, and what looks like such an escape.
UNWRITABLE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\\x00-\\x08\\x0b-\\x1f\ufffe\uffff]")


def xlsx_chunks(
    measures: Iterable[Record], count: int, about: list[tuple[str, str]], at: datetime
) -> Iterator[bytes]:
    """A workbook with the data (`count` measures), the dictionary and `about` (rows of a third sheet), in pieces.

    XlsxWriter makes the workbook without the data; its files are then sent on, and the rows of the data with theirs, as they
    are read. The same rows, `about` and `at` give the same bytes. Cells are typed: none is ever taken for a formula.
    """
    frame, style = _frame(count, about, at)
    sent = Sent()
    with ZipFile(frame) as made, ZipFile(sent, "w", ZIP_DEFLATED) as workbook:
        for name in made.namelist():
            content, entry = made.read(name), ZipInfo(name, date_time=made.getinfo(name).date_time)
            entry.compress_type = ZIP_DEFLATED
            with workbook.open(entry, "w") as file:
                if name == DATA_SHEET:
                    content, tail = content.split(b"</sheetData>")
                    file.write(re.sub(b'(<dimension ref="A1:[A-Z]+)1"', b'\\g<1>%d"' % (count + 1), content))
                    for number, measure in enumerate(measures, start=2):
                        file.write(_row(number, measure, style).encode())
                        if sent.size > PIECE:
                            yield sent.taken()
                    content = b"</sheetData>" + tail
                file.write(content)
    yield sent.taken()


DATA_SHEET = "xl/worksheets/sheet1.xml"


class Sent:
    """What a zip file is written to while it is sent: nothing in it can be gone back to."""

    def __init__(self):
        self.pieces, self.size = [], 0

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self):
        pass

    def taken(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return taken


def _frame(count: int, about: list[tuple[str, str]], at: datetime) -> tuple[BytesIO, int]:
    """The workbook without the rows of its data, and the number of their style."""
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
    workbook.set_properties(
        {"title": "福田改革库 Futian Reform Database", "created": at.replace(tzinfo=None, microsecond=0)}
    )
    head = workbook.add_format({"bold": True, "bottom": 1, "valign": "top"})
    body = workbook.add_format({"text_wrap": True, "valign": "top"})
    data = workbook.add_worksheet("measures 改革")
    for position, column in enumerate(COLUMNS):
        data.set_column(position, position, column.width, body)
    data.freeze_panes(1, 1)
    data.set_default_row(ROW_HEIGHT)
    data.write_row(0, 0, [column.name for column in COLUMNS], head)
    data.autofilter(0, 0, count, len(COLUMNS) - 1)
    dictionary = workbook.add_worksheet("dictionary 字段说明")
    rows = ([row[key] for key in DICTIONARY_KEYS] for row in data_dictionary())
    _write_table(dictionary, DICTIONARY_KEYS, rows, (20, 18, 24, 10, 60, 60), head, body)
    _write_table(workbook.add_worksheet("source 来源与许可"), (), about, (26, 100), head, body)
    workbook.close()
    return file, body.xf_index


ROW_HEIGHT = 32  # points, two lines: rows as high as their longest cell could not be leafed through
LETTERS = [xl_col_to_name(position) for position in range(len(COLUMNS))]


def _row(number: int, measure: Record, style: int) -> str:
    """A row of the data sheet, as SpreadsheetML has it."""
    cells = [f'<row r="{number}" ht="{ROW_HEIGHT}" customHeight="1">']
    for letters, column in zip(LETTERS, COLUMNS, strict=True):
        cell = column.cell(measure)
        if isinstance(cell, int):
            cells.append(f'<c r="{letters}{number}" s="{style}"><v>{cell}</v></c>')
        elif cell:
            text = UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", fitting(cell))
            cells.append(
                f'<c r="{letters}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
                f"{escape(text, quote=False)}</t></is></c>"
            )
    return "".join([*cells, "</row>"])


def _write_table(sheet, header, rows, widths, head, body) -> None:
    for position, width in enumerate(widths):
        sheet.set_column(position, position, width, body)
    if header:
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, head)
    for position, row in enumerate(rows, start=1 if header else 0):
        for place, cell in enumerate(row):
            sheet.write_string(position, place, cell)


def fitting(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else f"{cell[: CELL_LIMIT - 1]}…"


# --- What the columns mean ---

DICTIONARY_KEYS = ("name", "label_zh", "label_en", "type", "description_zh", "description_en")


def in_chinese_and_english(text) -> tuple[str, str]:
    """A lazily translated text in both languages of the data."""
    with override("zh-hans"):
        chinese = str(text)
    with override("en"):
        return chinese, str(text)


def data_dictionary() -> list[dict[str, str]]:
    """One row for each column, with DICTIONARY_KEYS."""
    rows = []
    for column in COLUMNS:
        labels, descriptions = map(in_chinese_and_english, (column.label, column.description))
        if column.several:
            lines = in_chinese_and_english(SEVERAL)
            descriptions = (descriptions[0] + lines[0], f"{descriptions[1]} {lines[1]}")
        rows.append(
            dict(zip(DICTIONARY_KEYS, (column.name, *labels, column.type, *descriptions), strict=True))
        )
    return rows


SEVERAL = _("Several values stand on lines of their own in one cell.")


def table_schema() -> dict:
    """COLUMNS as a Frictionless Table Schema."""
    return {
        "fields": [
            {
                "name": column.name,
                "type": column.type,
                "title": row["label_en"],
                "description": row["description_en"],
                "title_zh": row["label_zh"],
                "description_zh": row["description_zh"],
                **({"format": "uri"} if column.name.endswith("url") else {}),
                **({"constraints": column.constraints} if column.constraints else {}),
            }
            for column, row in zip(COLUMNS, data_dictionary(), strict=True)
        ],
        "primaryKey": ["code"],
        "missingValues": [""],
    }


# --- The files and the package ---


def file_name(query: str, version: DataVersion, suffix: str) -> str:
    """Says filter and data version: `futian-reforms_role-pilot_v29.csv`."""
    chosen: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        chosen.setdefault(name, []).append(value)
    words = "_".join(f"{name}-{'+'.join(values)}" for name, values in chosen.items()) or "all"
    words = re.sub(r"[^\w+-]+", "-", words)
    if len(words) > 100:  # file systems take 255 bytes, and a Chinese character takes three of them
        words = f"{words[:50]}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"
    return f"futian-reforms_{words}_v{version.number}{suffix}"


def about_rows(query: str, count: int, plan: Plan, version: DataVersion) -> list[tuple[str, str]]:
    """What the third sheet of the workbook says: what this is, where it comes from, what may be done with it."""
    both = in_chinese_and_english

    def line(label, chinese, english):
        return [(both(label)[0], chinese), (both(label)[1], english)]

    return [
        *line(_("Title"), "福田改革库", "Futian Reform Database"),
        *line(_("Plan"), plan.title_zh, plan.title_en),
        *line(_("This table"), absolute(list_path(query)), absolute(f"/en{list_path(query)}")),
        *line(_("Measures in this table"), str(count), str(count)),
        *line(_("Data version"), str(version.number), str(version.number)),
        *line(_("As of"), iso(version.at), iso(version.at)),
        *line(_("Licence of the content"), *(f"{LICENCE['title']} {LICENCE['path']}",) * 2),
        *line(_("Not included"), *both(NOT_INCLUDED)),
        *line(_("Source"), plan.source_zh, plan.source_en),
        *line(_("How it was compiled"), plan.method_zh, plan.method_en),
        *line(_("Please note"), *both(UNOFFICIAL)),
    ]


NOT_INCLUDED = _(
    "The newspaper report that the data were compiled from is not included and not covered by the licence."
)
UNOFFICIAL = _("An editorial project, not an official site. A plan of 2020; outcomes are not recorded here.")


@dataclass(frozen=True)
class Fingerprint:
    bytes: int
    sha256: str


_fingerprints: dict[tuple, dict[str, Fingerprint]] = {}


def whole_set_fingerprints(version: DataVersion) -> dict[str, Fingerprint]:
    """Size and checksum of the whole set in each form, by suffix; nothing where building them would take long.

    Kept for the newest data version, which is all they depend on while a process lives.
    """
    from .api import json_chunks

    key = (version.number, version.at)
    found = _fingerprints.get(key)
    if found is None:
        edition = current_edition(SearchRow.objects.db)
        count, found = edition.everything.total, {}
        if count <= CHECKSUM_LIMIT:
            keys = array("q", edition.everything.in_order(edition.order("number")))
            about = about_rows("", count, Plan.objects.latest("year"), version)
            found[".xlsx"] = _fingerprint(xlsx_chunks(records_of(keys, edition), count, about, version.at))
            found[".csv"] = _fingerprint(csv_chunks(records_of(keys, edition)))
            found[".json"] = _fingerprint(json_chunks(records_of(keys, edition), count, version))
        _fingerprints.clear()
        _fingerprints[key] = found
    return found


def _fingerprint(chunks: Iterable[bytes]) -> Fingerprint:
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return Fingerprint(size, digest.hexdigest())


def data_package(plan: Plan, version: DataVersion, count: int) -> dict:
    """The whole set as a Frictionless Data Package; its resource is `measures.csv` beside it."""
    fingerprint = whole_set_fingerprints(version).get(".csv")
    name_zh, name_en = "福田改革库", "Futian Reform Database"
    return {
        "profile": "tabular-data-package",
        "name": "futian-reform-database",
        "id": absolute("/data/"),
        "title": f"{name_zh} {name_en}",
        "description": f"{plan.intro_en}\n\n{plan.intro_zh}",
        "homepage": absolute("/data/"),
        "version": f"{version.number}",
        "created": iso(version.at),
        "keywords": ["福田区", "深圳", "改革", "Futian", "Shenzhen", "reform"],
        "licenses": [LICENCE],
        "sources": [{"title": f"{plan.source_en} {plan.source_zh}"}],
        "contributors": [{"title": settings.ORGANISER or f"{name_zh} {name_en}", "role": "publisher"}],
        "changelog": absolute(CHANGES_PATH),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "measures",
                "title": "改革 Measures",
                "description": f"{count} measures, one in each row. Cells that begin with = + - @ or a tab have an "
                "apostrophe in front, so that no spreadsheet program takes them for a formula.",
                "path": "measures.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {
                    "delimiter": ",",
                    "quoteChar": '"',
                    "doubleQuote": True,
                    "lineTerminator": "\r\n",
                },
                **(
                    {"bytes": fingerprint.bytes, "hash": f"sha256:{fingerprint.sha256}"}
                    if fingerprint
                    else {}
                ),
                "schema": table_schema(),
            }
        ],
    }


def distribution(files: list[dict]) -> dict:
    """What `files` (of `citations.files`, with their fingerprints) add to the schema.org Dataset."""
    types = {".csv": "text/csv", ".xlsx": XLSX_TYPE, ".json": "application/json"}
    downloads = []
    for file in files:
        download = {
            "@type": "DataDownload",
            "encodingFormat": types[file["form"]],
            "contentUrl": absolute(file["address"]),
        }
        if found := file["fingerprint"]:
            download |= {"contentSize": f"{found.bytes} B", "sha256": found.sha256}
        downloads.append(download)
    return {"variableMeasured": [column.name for column in COLUMNS], "distribution": downloads}


def dumped(document) -> str:
    """JSON that a person can read too."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


# --- Views ---


class MeasuresCsv(SelectionView):
    def answer(self, filterset, query, version):
        headers = {"Content-Disposition": attachment(query, version, ".csv")}
        return stream(
            self.request, csv_chunks(records_of(filterset.keys, filterset.edition)), CSV_TYPE, headers
        )


class MeasuresXlsx(SelectionView):
    def answer(self, filterset, query, version):
        headers = {"Content-Disposition": attachment(query, version, ".xlsx")}
        count = filterset.fitting.total
        if count > MOST_IN_A_WORKBOOK:
            raise BadRequest(
                format_lazy(
                    _("A workbook holds at most {most} measures. Take the CSV or the JSON, or choose fewer."),
                    most=f"{MOST_IN_A_WORKBOOK:,}",
                )
            )
        about = about_rows(query, count, Plan.objects.latest("year"), version)
        measures = records_of(filterset.keys, filterset.edition)
        chunks = xlsx_chunks(measures, count, about, version.at)
        return stream(self.request, chunks, XLSX_TYPE, headers)


def attachment(query: str, version: DataVersion, suffix: str) -> str:
    return content_disposition_header(True, file_name(query, version, suffix))


def stream(request, chunks: Iterator[bytes], content_type: str, headers: dict | None = None):
    """What fits into SMALL bytes is an ordinary answer, which can be kept and compressed; more is sent as it is made."""
    head, size = [], 0
    for chunk in chunks:
        head.append(chunk)
        size += len(chunk)
        if size > SMALL:
            if request.method == "HEAD":
                return HttpResponse(content_type=content_type, headers=headers)
            return SnapshotStream(chain(head, chunks), content_type=content_type, headers=headers)
    return HttpResponse(b"".join(head), content_type=content_type, headers=headers)


def datapackage(request):
    if redirect := without_parameters(request):
        return redirect
    count = Measure.objects.published().count()
    package = data_package(Plan.objects.latest("year"), request.data_version, count)
    return HttpResponse(dumped(package), content_type="application/json")
