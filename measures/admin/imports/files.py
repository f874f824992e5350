"""The sheets of an uploaded file, and why one is not read."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.open_data.columns import BY_NAME
from measures.open_data.csv_table import unguard

from .cells import KNOWN, text_of
from .plans import SHEETS

MAX_SECONDS = 10  # for reading a file, on a busy machine; the reader itself has a limit of CPU
READER = Path(__file__).with_name("reader.py")
MEASURES = "measures"

REASONS = {
    "damaged": gettext_lazy(
        "The file is damaged or incomplete. Open it in your spreadsheet program, save it anew, and upload that."
    ),
    "large": gettext_lazy(
        "The file is larger than a table of measures can be. Often a single cell far below or right of the table is the "
        "reason: delete the empty rows and columns around it, or bring the file back in parts."
    ),
    "time": gettext_lazy(
        "Reading this file takes too long. Copy the table into a new file, or bring it back in parts."
    ),
    "sheets": gettext_lazy(
        "This workbook has more than %(limit)s sheets. Copy those to bring back into a workbook of their own."
    ),
    "rows": gettext_lazy("A sheet has more than %(limit)s rows. Bring the file back in parts."),
    "columns": gettext_lazy(
        "Row %(row)s has cells right of column %(limit)s. Delete what stands right of the table."
    ),
    "cell": gettext_lazy("A cell in row %(row)s is longer than %(limit)s characters."),
    "encoding": gettext_lazy("The text of this file is neither UTF-8 nor GB 18030."),
    "csv": gettext_lazy(
        "This is not a CSV file that can be read; a quotation mark before line %(row)s is wrong."
    ),
    "password": gettext_lazy("The file is protected with a password. Save it without one, and upload that."),
    "xls": gettext_lazy(
        "This is a file of an old Office program (.xls, .doc, .ppt). Save the table as .xlsx and upload that."
    ),
    "xlsb": gettext_lazy("This is a binary workbook (.xlsb). Save it as .xlsx and upload that."),
    "word": gettext_lazy("This is a Word document, not a spreadsheet."),
    "powerpoint": gettext_lazy("This is a PowerPoint presentation, not a spreadsheet."),
    "numbers": gettext_lazy("This is a Numbers spreadsheet. Export it as Excel (.xlsx) and upload that."),
    "charts": gettext_lazy("This workbook has charts only, no sheet with cells."),
    "unknown": gettext_lazy("This is not a spreadsheet that can be read. Upload an XLSX, ODS or CSV file."),
}


@dataclass
class Row:
    """One row: its number in the file, its texts by column, and what is wrong with cells that have no text."""

    line: int
    cells: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
    name: str
    hidden: bool
    kind: str = ""  # MEASURES or a key of SHEETS; empty for a sheet that is only for reading
    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class SeveralSheets(ValidationError):
    """More than one sheet has the column of codes: somebody has to say which one is meant."""

    def __init__(self, sheets: list[Sheet]):
        self.names = [sheet.name for sheet in sheets]
        named = [
            _("%(sheet)s (hidden)") % {"sheet": sheet.name} if sheet.hidden else sheet.name
            for sheet in sheets
        ]
        self.choices = list(zip(self.names, named, strict=True))
        super().__init__(
            _("More than one sheet has a column “code”: %(sheets)s. Choose one, and upload the file again.")
            % {"sheets": _(", ").join(named)}
        )


def read(file, chosen: str = "") -> dict[str, Sheet]:
    """The sheets of an uploaded file by kind; `chosen` is the name of the sheet with the measures where several could be."""
    sheets = sheets_of(file.read())
    if not any(sheet.rows or sheet.header for sheet in sheets):
        raise ValidationError(_("The file is empty."))
    found = {kind: sheet for kind in SHEETS if (sheet := only_sheet(kind, sheets))}
    candidates = [sheet for sheet in sheets if sheet.kind == MEASURES]
    if chosen:
        candidates = [sheet for sheet in candidates if sheet.name == chosen] or candidates
    if len(candidates) > 1 or (candidates and candidates[0].hidden and not chosen):
        raise SeveralSheets(candidates)
    if candidates:
        found[MEASURES] = candidates[0]
    elif not found:
        check_headers([])
    for sheet in found.values():
        check_headers(sheet.header, sheet.kind)
    return found


def only_sheet(kind: str, sheets: list[Sheet]) -> Sheet | None:
    """The visible sheet of this kind, if there is one. Raises ValidationError where there are several: none is passed over."""
    own = [sheet for sheet in sheets if sheet.kind == kind and not sheet.hidden]
    if len(own) > 1:
        said = _(
            "More than one sheet has %(records)s: %(sheets)s. Put them into one, and upload the file again."
        )
        names = _(", ").join(sheet.name for sheet in own)
        raise ValidationError(
            said % {"records": SHEETS[kind].model._meta.verbose_name_plural, "sheets": names}
        )
    return own[0] if own else None


def sheets_of(content: bytes) -> list[Sheet]:
    """The sheets that the reader finds. Raises ValidationError where it finds none."""
    try:
        done = subprocess.run(  # noqa: S603  our own program, started by the same Python
            [sys.executable, "-I", str(READER)],
            input=content,
            capture_output=True,
            timeout=MAX_SECONDS,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise refused("time") from None
    sheets: list[Sheet] = []
    is_text = not content.startswith(b"PK")
    for line in done.stdout.splitlines():
        said = json.loads(line) if line.endswith((b"}", b"]")) else {}
        if isinstance(said, list):
            add_row(sheets[-1], *said, is_text)
        elif "sheet" in said:
            sheets.append(Sheet(said["sheet"], said["hidden"]))
        elif "refused" in said:
            raise refused(said["refused"], *said["named"])
        elif "end" in said:
            return sheets
    # It ended before it was through: out of memory where allocating fails, out of time where the kernel ends it.
    killed = {-signal.SIGXCPU: "time", -signal.SIGKILL: "time", -signal.SIGABRT: "large"}
    raise refused(killed.get(done.returncode, "damaged"))


def refused(reason: str, limit="", row="") -> ValidationError:
    return ValidationError(str(REASONS[reason]) % {"limit": limit, "row": row})


def add_row(sheet: Sheet, line: int, cells: list, is_text: bool) -> None:
    """Adds a row of the reader to its sheet; the first one is the header and tells what the sheet holds."""
    if not sheet.header:
        sheet.header = [text_of(cell).strip() if not isinstance(cell, dict) else "" for cell in cells]
        names = set(sheet.header)
        kinds = [kind for kind, columns in SHEETS.items() if names >= set(columns.needed)]
        sheet.kind = MEASURES if "code" in names else next(iter(kinds), "")
        return
    row = Row(line, {})
    for name, cell in zip(sheet.header, [*cells, *[""] * len(sheet.header)], strict=False):
        if isinstance(cell, dict):
            text, fault = said_of(name, cell)
            if fault:
                row.faults[name] = fault
        else:
            text = text_of(cell)
        row.cells[name] = unguard(text) if is_text else text
    beyond = [cell for cell in cells[len(sheet.header) :] if cell != ""]
    if beyond:
        row.faults[""] = _("There are cells right of the last column.")
    sheet.rows.append(row)


def said_of(name: str, cell: dict) -> tuple[str, str]:
    """The text of a cell that has no plain value, and what is wrong with it. Derived columns are not read, so nothing is."""
    derived = name in BY_NAME and BY_NAME[name].derived and name != "version"
    if "merged" in cell:
        return "", "" if derived else _("This cell is merged with another one. Split them, and fill in each.")
    if "formula" in cell:
        return "", "" if derived else _(
            "A formula whose result the file does not say. Open it in a spreadsheet program and save it."
        )
    if "error" in cell:
        return cell["error"], "" if derived else _("The cell says %(error)s: its formula failed.") % cell
    fault = "" if derived or name == "code" else _("A date (%(date)s) stands here where text belongs.") % cell
    return cell["date"], fault


def check_headers(headers: list[str], kind: str = MEASURES) -> None:
    needed, known = ({"code", "version"}, KNOWN) if kind == MEASURES else (set(), SHEETS[kind].names)
    missing = needed - set(headers)
    if missing:
        said = _("Missing columns: %(names)s. Start from a file exported here.")
        raise ValidationError(said % {"names": ", ".join(sorted(missing))})
    wrong = [name for name in headers if name not in known or headers.count(name) > 1]
    if wrong:
        names = dict.fromkeys(name or _("(no name)") for name in wrong)
        raise ValidationError(_("Unknown or repeated columns: %(names)s.") % {"names": ", ".join(names)})
