"""A selection as CSV."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from measures.catalogue.records import Measure

from .columns import COLUMNS

CSV_TYPE = "text/csv; charset=utf-8"
PIECE = 64 * 1024  # characters that are sent together, or a few more

# A cell that a spreadsheet program would take for a formula gets an apostrophe in front. So does one that begins with
# apostrophes before such a character, so that it is always clear which apostrophe the guard put there.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guard(cell: str | int) -> str | int:
    """The cell as a spreadsheet program may open it: never a formula."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """The cell that `guard` was given, for whoever reads a CSV file back."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def csv_chunks(measures: Iterable[Measure]) -> Iterator[bytes]:
    """A CSV file as RFC 4180 has it, in pieces; with the byte order mark that makes Excel read it as UTF-8."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(column.name for column in COLUMNS)
    for measure in measures:
        writer.writerow([guard(column.cell(measure)) for column in COLUMNS])
        if buffer.tell() > PIECE:
            yield _drained(buffer)
    yield _drained(buffer)


def _drained(buffer: StringIO) -> bytes:
    """The content of the buffer, which is empty afterwards."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
