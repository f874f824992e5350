"""The rows of an uploaded XLSX or CSV file."""

import csv
from io import BytesIO, StringIO
from zipfile import BadZipFile

import openpyxl
import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl.utils.escape import unescape

from measures.open_data.csv_table import unguard

from .cells import KNOWN


def read(file) -> tablib.Dataset:
    """The rows of an uploaded XLSX or CSV file; Excel in China saves CSV in GB 18030."""
    content = file.read()
    if content.startswith(b"PK"):
        try:
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError) as error:
            raise ValidationError(_("This is not a spreadsheet that can be read.")) from error
        sheets = [
            [[unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
            for rows in (sheet.iter_rows(values_only=True) for sheet in book.worksheets)
        ]
        rows = next((rows for rows in sheets if rows and "code" in rows[0]), sheets[0])
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = content.decode("gb18030")
            except UnicodeDecodeError as error:
                raise ValidationError(_("The text of this file is neither UTF-8 nor GB 18030.")) from error
        separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
        try:
            found = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
            rows = [list(map(unguard, row)) for row in found]
        except csv.Error as error:
            raise ValidationError(
                _("This is not a CSV file that can be read: %(reason)s") % {"reason": error}
            ) from error
    rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
    if not rows:
        raise ValidationError(_("The file is empty."))
    headers = [str(cell).strip() if cell else "" for cell in rows[0]]
    while headers and not headers[-1]:
        headers.pop()
    check_headers(headers)
    width = len(headers)
    return tablib.Dataset(*(tuple([*row, *[""] * width][:width]) for row in rows[1:]), headers=headers)


def check_headers(headers: list[str]) -> None:
    missing = {"code", "version"} - set(headers)
    if missing:
        raise ValidationError(
            _("Missing columns: %(names)s. Start from a file exported here.")
            % {"names": ", ".join(sorted(missing))}
        )
    wrong = [name for name in headers if name not in KNOWN or headers.count(name) > 1]
    if wrong:
        raise ValidationError(
            _("Unknown or repeated columns: %(names)s.") % {"names": ", ".join(dict.fromkeys(wrong))}
        )
