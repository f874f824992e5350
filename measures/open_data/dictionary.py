"""The meaning of the columns: for people in both languages, and for programs as a table schema."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from measures.language.bilingual import in_chinese_and_english

from .column import Column
from .columns import COLUMNS

DICTIONARY_KEYS = ("name", "label_zh", "label_en", "type", "description_zh", "description_en")
SEVERAL = _("Several values stand on lines of their own in one cell.")


def cell_type(column: Column) -> str:
    """The type of a cell: several values are one text."""
    return "string" if column.several else column.type


def data_dictionary() -> list[dict[str, str]]:
    """One row for each column, with DICTIONARY_KEYS."""
    rows = []
    for column in COLUMNS:
        labels, descriptions = map(in_chinese_and_english, (column.label, column.description))
        if column.several:
            lines = in_chinese_and_english(SEVERAL)
            descriptions = (descriptions[0] + lines[0], f"{descriptions[1]} {lines[1]}")
        values = (column.name, *labels, cell_type(column), *descriptions)
        rows.append(dict(zip(DICTIONARY_KEYS, values, strict=True)))
    return rows


def table_schema() -> dict[str, Any]:
    return {
        "fields": [
            {
                "name": column.name,
                "type": row["type"],
                "title": row["label_en"],
                "description": row["description_en"],
                "title_zh": row["label_zh"],
                "description_zh": row["description_zh"],
                **({"format": column.format} if column.format else {}),
                **({"constraints": found} if (found := constraints(column)) else {}),
            }
            for column, row in zip(COLUMNS, data_dictionary(), strict=True)
        ],
        "primaryKey": ["code"],
        "missingValues": [""],
    }


def constraints(column: Column) -> dict[str, Any]:
    """The constraints of a cell; none for a cell of several values, where they hold for each value and not for the cell."""
    if column.several:
        return {}
    enum = {"enum": column.choices.values} if column.choices else {}
    return {**column.constraints, **enum}
