"""The columns that can be edited in a spreadsheet, and cells as spreadsheet programs change them."""

import re

from measures.language.normalising import folded
from measures.open_data.columns import COLUMNS
from measures.open_data.workbook import exported

EDITABLE = {column.name: column for column in COLUMNS if not column.derived and column.name != "code"}
KNOWN = {column.name for column in COLUMNS}
# Columns that name other records -> how they name them.
NAMED_BY = {"category": "slug", "parent": "code", "paragraphs": "number", "audiences": "slug"}
# Columns that are read line by line together: {rows of a measure: {column: field of the row}}. The first names the row.
GROUPS = {
    "actions": {
        "actions_zh": "text_zh",
        "actions_en": "text_en",
        "action_paragraphs": "paragraph",
        "action_background": "background",
    },
    "centres": {
        "centres": "centre",
        "centre_basis": "basis",
        "centre_reasons_zh": "reason_zh",
        "centre_reasons_en": "reason_en",
    },
    "districts": {
        "districts": "district",
        "district_roles": "role",
        "district_notes_zh": "note_zh",
        "district_notes_en": "note_en",
    },
}
IN_GROUPS = {name: group for group, columns in GROUPS.items() for name in columns}
#: Columns whose cells a program may rewrite or a later version outdate; of the other derived ones it is said if they differ.
NEVER_COMPARED = ("version", "version_url", "edited", "url")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def code_of(text: str) -> str:
    """A code as people and Excel may write it, full-width and with any dash: Excel takes 2020-07 in a CSV file for July 2020."""
    text = folded(text).strip()
    if (found := re.fullmatch(r"([a-z]{3})-(\d\d)", text)) and found[1] in MONTHS:
        return f"20{found[2]}-{MONTHS.index(found[1]) + 1:02}"
    if found := re.fullmatch(r"(\d{4})[-/年](\d{1,2})(?:月|[-/]0?1(?: 00:00:00)?)?", text):
        return f"{found[1]}-{int(found[2]):02}"
    return text


def text_of(cell) -> str:
    """A cell as text: whole numbers without a fraction, line ends as the export writes them.

    Empty lines stay where they are: in columns that are read line by line the second line belongs to the second action.
    """
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n")


def lines(cell: str) -> list[str]:
    """The lines of a cell, each in its place; none of an empty cell."""
    return [line.strip() for line in cell.split("\n")] if cell.strip(" ") else []


def entries(cell: str) -> list[str]:
    """The values of a cell whose lines have no partners in other columns: empty ones do not count."""
    return [line for line in lines(cell) if line]


def differs(name: str, saved: str, given: str) -> bool:
    """Whether a cell says something else than the saved one, whatever files and programs make of a text on the way."""
    return all(_differs(name, text_of(cell), given) for cell in exported(saved))


def _differs(name: str, saved: str, given: str) -> bool:
    if name in IN_GROUPS:
        return "\n".join(lines(saved)).rstrip("\n") != "\n".join(lines(given)).rstrip("\n")
    if EDITABLE[name].several:
        return entries(saved) != entries(given)
    return saved.strip() != given.strip()
