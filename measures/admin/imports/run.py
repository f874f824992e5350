"""All of an uploaded file: applied within a transaction of the caller, and what became of it."""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from measures.catalogue import Catalogue
from measures.models import Measure
from measures.open_data.columns import BY_NAME

from ..refusals import check_now, reason_of
from .cells import EDITABLE, code_of
from .files import MEASURES, Row, Sheet
from .plans import SHEETS, entered
from .rows import MeasureRow, new_measure

#: (row of the file, code or key, column, reason).
Fault = tuple[int | None, str, str, str]


@dataclass
class Change:
    """A row that changes something: the columns that say something else now, (name, old text, new text)."""

    sheet: str
    line: int
    key: str
    new: bool
    cells: list[tuple[str, str, str]]


@dataclass
class Result:
    faults: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    ignored: list[tuple[int, str, str]] = field(default_factory=list)  # row, code, derived column
    kept: dict[str, list] = field(default_factory=dict)  # sheet -> rows that a confirmation needs
    unchanged: int = 0

    @property
    def digest(self) -> str:
        """A fingerprint of every change, by which a confirmation knows the preview."""
        shown = [(change.sheet, change.key, change.new, change.cells) for change in self.changes]
        return sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def applied(sheets: dict[str, Sheet], may_enter) -> Result:
    """Apply the sheets, all or nothing. `may_enter(kind, record)` says whether the account may add such a record."""
    result = Result()
    try:
        with transaction.atomic():
            for kind in SHEETS:
                if kind in sheets:
                    apply_plan_sheet(kind, sheets[kind].rows, may_enter, result)
            found = apply_measures(sheets[MEASURES].rows, may_enter, result) if MEASURES in sheets else []
            if result.faults:
                transaction.set_rollback(True)
            else:
                check_now()  # it writes the documents
                read_changes(found, result)
    except IntegrityError as error:
        result.faults.append((None, "", "", reason_of(error)))
    result.faults.sort(key=lambda fault: fault[0] or 0)
    return result


def previewed(sheets: dict[str, Sheet], may_enter) -> Result:
    """Apply the sheets and take it back. The result says what would change."""
    with transaction.atomic():
        result = applied(sheets, may_enter)
        transaction.set_rollback(True)
    return result


def faults_of(row: Row, key: str, error: ValidationError, result: Result) -> None:
    for name, messages in error.message_dict.items():
        column = {"plan_id": "plan", "__all__": ""}.get(name, name)
        result.faults += [(row.line, key, column, message) for message in messages]


def apply_plan_sheet(kind: str, rows: list[Row], may_enter, result: Result) -> None:
    columns = SHEETS[kind]
    for row in rows:
        key = row.cells.get("slug") or row.cells.get("number") or ""
        try:
            if row.faults:
                raise ValidationError({name: [fault] for name, fault in row.faults.items()})
            record = entered(kind, row.cells, may_enter)
        except ValidationError as error:
            faults_of(row, key, error, result)
            continue
        if record is None:
            result.unchanged += 1
            continue
        texts = [(name, "", row.cells.get(name, "").strip()) for name in columns.names]
        result.changes.append(Change(kind, row.line, str(record), True, [text for text in texts if text[2]]))
        result.kept.setdefault(kind, []).append([row.line, row.cells])


def apply_measures(rows: list[Row], may_enter, result: Result) -> list[MeasureRow]:
    """Puts each row into its measure and saves it. The result is what was saved."""
    for row in rows:
        row.cells["code"] = code_of(row.cells.get("code", ""))
    codes = [row.cells["code"] for row in rows]
    catalogue, seen, saved = Catalogue.with_drafts(), set(), []
    there = {measure.code: measure for measure in Measure.objects.filter(code__in=codes)}
    # What was split from a new measure comes after it.
    for row in sorted(rows, key=lambda row: bool(row.cells.get("parent", "").strip())):
        code = row.cells["code"]
        try:
            if not code:
                raise ValidationError({"code": _("The code is missing in this row.")})
            if code in seen:
                raise ValidationError({"code": _("This measure stands in the file twice.")})
            seen.add(code)
            if code in there:
                found = MeasureRow(row, there[code], catalogue.saved_measure(code))
            else:
                found = MeasureRow(row, new_measure(code, row.cells), None)
                if not may_enter(MEASURES, found.measure):
                    raise ValidationError({"code": _("Your account may not enter this.")})
            found.fill()
        except ValidationError as error:
            faults_of(row, code, error, result)
            continue
        result.ignored += [(row.line, code, name) for name in found.ignored]
        if found.saved and not found.changed:
            result.unchanged += 1
            continue
        if not result.faults:
            found.save()
            saved.append(found)
    return saved


def read_changes(rows: list[MeasureRow], result: Result) -> None:
    """Reads the documents that were written, and tells them from what was saved before."""
    after = Catalogue.with_drafts()
    for found in sorted(rows, key=lambda found: found.row.line):
        record = after.saved_measure(found.row.cells["code"])
        cells = [
            (name, before, now)
            for name, column in EDITABLE.items()
            if (before := str(column.cell(found.saved)) if found.saved else "")
            != (now := str(column.cell(record)))
        ]
        if not cells:
            result.unchanged += 1
            continue
        result.changes.append(
            Change(MEASURES, found.row.line, found.row.cells["code"], not found.saved, cells)
        )
        result.kept.setdefault(MEASURES, []).append([found.row.line, found.kept()])


def label_of(kind: str, name: str) -> str:
    """The name by which people know a column of a sheet."""
    if kind == MEASURES:
        return str(BY_NAME[name].label)
    return str(SHEETS[kind].model._meta.get_field(name).verbose_name)
