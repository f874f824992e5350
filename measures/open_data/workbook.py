"""A selection as a workbook of four sheets: one to read, the data, what the columns mean, and where they come from."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from measures.catalogue.records import Measure, Plan
from measures.language.bilingual import in_chinese_and_english
from measures.models import DataVersion
from measures.selection.parameters import list_as_of
from measures.site import NAME, NAME_EN, NAME_ZH, NOT_INCLUDED, licence_line, unofficial

from .column import in_lines
from .columns import COLUMNS
from .csv_table import guard
from .dictionary import DICTIONARY_KEYS, data_dictionary
from .fields import Text, iso

#: The columns of the sheet to read, in Chinese; no import takes them for data, which have a column `code`.
READING = (
    ("编号", 10), ("标题", 30), ("原文名称", 30), ("摘要", 60), ("类别", 18), ("举措", 70), ("服务的中心", 18), ("关系到谁", 16), ("地方", 24),
)  # fmt: skip

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A workbook is made as a whole before its first byte is sent: 5,000 measures take 2.2 seconds of CPU and 5 MB.
MAX_IN_A_WORKBOOK = 5_000
MAX_CELL_LENGTH = 32_767  # characters; Excel holds no more in one cell
PIECE = 64 * 1024  # bytes
ROW_HEIGHT = 32  # points, two lines: rows as high as their longest cell could not be leafed through


def xlsx_chunks(
    measures: Iterable[Measure], count: int, query: str, version: DataVersion, plans: Sequence[Plan]
) -> Iterator[bytes]:
    """The workbook of the selection `query`, which has these `count` measures of these plans, in pieces.

    The same measures of the same data version give the same bytes. Cells are typed: none is ever taken for a formula.
    """
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
    at = version.at
    book.set_properties({"title": NAME, "created": at.replace(tzinfo=None, microsecond=0)})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    overview, data = book.add_worksheet("overview 一览"), book.add_worksheet("measures 改革")
    for sheet, columns in ((overview, READING), (data, [(column.name, column.width) for column in COLUMNS])):
        _begin(sheet, columns, head, body)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, count, len(columns) - 1)
    for row, measure in enumerate(measures, start=1):
        _write_row(overview, row, reading_row(measure), body)
        _write_row(data, row, [column.cell(measure) for column in COLUMNS], body)
    dictionary, about = book.add_worksheet("dictionary 字段说明"), book.add_worksheet("source 来源与许可")
    _begin(dictionary, list(zip(DICTIONARY_KEYS, (20, 18, 24, 10, 60, 60), strict=True)), head, body)
    dictionary.freeze_panes(1, 0)
    for row, described in enumerate(data_dictionary(), start=1):
        _write_texts(dictionary, row, [described[key] for key in DICTIONARY_KEYS])
    about.set_column(0, 0, 26, body)
    about.set_column(1, 1, 100, body)
    for row, texts in enumerate(about_rows(query, count, version, plans)):
        _write_texts(about, row, texts)
    book.close()
    content = file.getbuffer()
    for start in range(0, len(content), PIECE):
        yield bytes(content[start : start + PIECE])


def reading_row(measure: Measure) -> list[str]:
    """The cells of READING: what a person reads first, without what the plan reports from before it."""
    with override("zh-hans"):
        return [
            measure.code,
            measure.headline_zh or measure.title_zh,
            measure.official_name_zh,
            measure.summary_zh,
            measure.category.name_zh,
            in_lines([action.text_zh for action in measure.planned]),
            in_lines([f"{link.centre.name_zh}（{link.basis_label}）" for link in measure.centres]),
            in_lines([audience.name_zh for audience in measure.audiences]),
            in_lines([f"{place.district.name_zh}（{place.role_label}）" for place in measure.districts]),
        ]


def _begin(sheet: Any, columns: Sequence[tuple[str, int]], head: Any, body: Any) -> None:
    """The head of a sheet: names and widths of the columns."""
    for position, (_name, width) in enumerate(columns):
        sheet.set_column(position, position, width, body)
    sheet.write_row(0, 0, [name for name, _width in columns], head)


def _write_row(sheet: Any, row: int, cells: Iterable[str | int], body: Any) -> None:
    sheet.set_row(row, ROW_HEIGHT)
    for position, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(row, position, cell, body)
        elif cell:
            sheet.write_string(row, position, writable(cell), body)


def _write_texts(sheet: Any, row: int, texts: Iterable[str]) -> None:
    for position, text in enumerate(texts):
        sheet.write_string(row, position, writable(text))


def writable(cell: str) -> str:
    """The text as XlsxWriter takes it for a text: not in the tags of its rich strings, which it would write as they are."""
    cell = cut(cell)
    return f"{cell} " if cell.startswith("<r>") and cell.endswith("</r>") else cell


def cut(text: str) -> str:
    """The text as far as a cell holds it."""
    return text if len(text) <= MAX_CELL_LENGTH else f"{text[: MAX_CELL_LENGTH - 1]}…"


def exported(text: str) -> set[str]:
    """The cells that stand for this text in files, for whoever reads one back: in workbooks, in CSV, and in a workbook that a
    spreadsheet program made of the CSV."""
    guarded = str(guard(text))
    return {text, cut(text), guarded, cut(guarded)}


def about_rows(query: str, count: int, version: DataVersion, plans: Sequence[Plan]) -> list[tuple[str, str]]:
    """The third sheet: what this is, where it comes from, what may be done with it, each in Chinese and in English."""
    both = in_chinese_and_english
    please_note = lazy(unofficial, str)([plan.year for plan in plans])

    def line(label: Text, chinese: str, english: str) -> list[tuple[str, str]]:
        return [(both(label)[0], chinese), (both(label)[1], english)]

    def of_each_plan(label: Text, name: str) -> list[tuple[str, str]]:
        texts = [(getattr(plan, f"{name}_zh"), getattr(plan, f"{name}_en")) for plan in plans]
        return [row for chinese, english in texts for row in line(label, chinese, english)]

    return [
        *line(_("Title"), NAME_ZH, NAME_EN),
        *of_each_plan(_("Plan"), "title"),
        *line(
            _("This table"),
            list_as_of(query, version.number),
            list_as_of(query, version.number, language="en"),
        ),
        *line(_("Measures in this table"), str(count), str(count)),
        *line(_("Data version"), str(version.number), str(version.number)),
        *line(_("As of"), iso(version.at), iso(version.at)),
        *line(_("Licence of the content"), licence_line(), licence_line()),
        *line(_("Not included"), *both(NOT_INCLUDED)),
        *of_each_plan(_("Source"), "source"),
        *of_each_plan(_("How it was compiled"), "method"),
        *line(_("Please note"), *both(please_note)),
    ]
