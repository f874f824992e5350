"""A column of a table, and its cells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from measures.catalogue import records

from .fields import Field, iso


@dataclass(frozen=True)
class Column(Field):
    """A field of a measure as tables have it.

    In a cell, several values stand on lines of their own. Columns of the same `group` have their values in the same order,
    so that line 2 of `centres` and line 2 of `centre_reasons_zh` speak of the same centre.
    """

    group: str = ""
    width: int = 16  # characters, in the spreadsheet
    #: Whether it follows from other columns or is kept by the database: an import leaves it alone.
    derived: bool = False

    def cell(self, measure: records.Measure) -> str | int:
        """The value as the cell of a table has it; a missing value is the empty text."""
        value = self.read(measure)
        if self.several:
            return in_lines(list(map(str, value)))
        if isinstance(value, datetime):
            return iso(value)
        return "" if value is None else value


def in_lines(texts: list[str]) -> str:
    """The texts, each on a line of its own; a line break inside one becomes a space."""
    if not "".join(texts).isprintable():  # a line break is not printable; this check is quick
        texts = [" ".join(text.splitlines()) for text in texts]
    return "\n".join(texts)


def of_each(parts: str, name: str) -> Callable[[records.Measure], list[Any]]:
    """A function that reads the attribute `name` of each of a measure's `parts`."""
    parts_of, read = attrgetter(parts), attrgetter(name)
    return lambda measure: list(map(read, parts_of(measure)))
