"""An empty workbook for a whole plan: a sheet for each kind of record, and one that lists what cells may say."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range_abs

from measures.models import Audience, Category, Centre, CentreLink, District, DistrictRole, Measure
from measures.open_data.columns import BY_NAME, NO, YES

from .cells import EDITABLE
from .plans import SHEETS
from .run import label_of

MEASURE_COLUMNS = ("code", "version", *EDITABLE)
ROWS = 500  # rows that have drop-downs


def lists() -> dict[str, list[str]]:
    """Column -> the values that its cells or their lines may have. Slugs of categories may also be new ones."""
    return {
        "category": list(Category.objects.values_list("slug", flat=True)),
        "basis": list(Measure.Basis.values),
        "heading": [NO, YES],
        "action_background": [NO, YES],
        "centres": list(Centre.objects.values_list("slug", flat=True)),
        "centre_basis": list(CentreLink.Basis.values),
        "audiences": list(Audience.objects.values_list("slug", flat=True)),
        "districts": list(District.objects.values_list("slug", flat=True)),
        "district_roles": list(DistrictRole.Role.values),
    }


def workbook() -> bytes:
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    # As text, so that no code becomes a month.
    body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    values = lists()
    sheets = {"plan": "plan 计划", "paragraphs": "paragraphs 段落", "categories": "categories 类别"}
    for kind, name in sheets.items():
        add_sheet(book, name, SHEETS[kind].names, kind, values, head, body)
    add_sheet(book, "measures 改革", MEASURE_COLUMNS, "measures", values, head, body)
    allowed = book.add_worksheet("lists 可填内容")
    for column, (name, entries) in enumerate(values.items()):
        allowed.set_column(column, column, 28)
        allowed.write_row(0, column, [name], head)
        allowed.write_column(1, column, entries)
    book.close()
    return file.getvalue()


def add_sheet(book, name: str, columns, kind: str, values: dict[str, list[str]], head, body) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    for position, column in enumerate(columns):
        described = BY_NAME.get(column) if kind == "measures" else None
        several = bool(described and described.several)
        sheet.set_column(position, position, described.width if described else 24, body)
        sheet.write_string(0, position, column, head)
        note = str(described.description) if described else label_of(kind, column)
        sheet.write_comment(0, position, " ".join([note, _("One a line.")] if several else [note]))
        if column in values and not several:
            place, last = list(values).index(column), max(len(values[column]), 1)
            source = f"='lists 可填内容'!{xl_range_abs(1, place, last, place)}"
            # New categories stand in the same workbook, so another value is possible.
            rule = {"validate": "list", "source": source, "error_type": "information", "ignore_blank": True}
            sheet.data_validation(1, position, ROWS, position, rule)
