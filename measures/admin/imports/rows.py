"""One row of a spreadsheet and its measure: changes, faults, and saving it."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from measures.catalogue import records
from measures.history.fields import ROWS
from measures.language.normalising import folded
from measures.models import Audience, Measure, Plan, Version, locked
from measures.open_data.columns import BY_NAME
from measures.open_data.fields import iso

from ..citing import list_cited_paragraphs
from ..readiness import missing_texts
from .cells import EDITABLE, GROUPS, IN_GROUPS, NAMED_BY, NEVER_COMPARED, differs, entries
from .files import Row
from .parts import Errors, parts_of, record_named

# As the export writes it, unless a spreadsheet program rewrote it.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass
class MeasureRow:
    """A row whose cells are put into its measure, which is new where `saved`, its record until now, is None."""

    row: Row
    measure: Measure
    saved: records.Measure | None
    several: dict[str, list] = field(default_factory=dict)
    parts: dict[str, list] = field(default_factory=dict)

    @property
    def changed(self) -> list[str]:
        """The columns whose cells say something else than what is saved."""
        return [
            name
            for name, column in EDITABLE.items()
            if name in self.row.cells
            and differs(name, str(column.cell(self.saved)) if self.saved else "", self.row.cells[name])
        ]

    @property
    def ignored(self) -> list[str]:
        """The derived columns whose cells say something else; they are not read."""
        return [
            name
            for name, cell in self.row.cells.items()
            if self.saved and BY_NAME[name].derived and name not in NEVER_COMPARED
            if cell.strip() and str(BY_NAME[name].cell(self.saved)).strip() != cell.strip()
        ]

    def fill(self) -> None:
        """Puts the cells that changed into the measure. Raises ValidationError by column."""
        changed = self.changed
        errors: Errors = {name: [fault] for name, fault in self.row.faults.items()}
        if self.saved and changed:
            if not locked(self.measure):
                raise ValidationError({"code": _("The measure was deleted meanwhile.")})
            self.check_version()
        for name in (name for name in changed if name not in IN_GROUPS):
            try:
                self.set_cell(name, self.row.cells[name])
            except ValidationError as error:
                errors.setdefault(name, error.messages)
        for group, columns in GROUPS.items():
            if set(columns) & set(changed) - set(errors):
                parts = parts_of(self.measure, group, self.row.cells, self.saved, errors)
                if parts is not None:
                    self.parts[group] = parts
        if changed or not self.saved:
            self.check(errors)
        if errors:
            raise ValidationError(errors)

    def check_version(self) -> None:
        # Exports name the version that readers were told of, and migrations tell them nothing.
        told = Version.objects.of("measure", self.measure.code).exclude(actor="migration", event="")
        latest = told.first()
        cells = self.row.cells
        old, new = folded(cells["version"]).strip() or "–", str(latest.number if latest else 0)
        edited = cells.get("edited", "").strip()
        # A restored backup gives out its numbers a second time, so the time counts too where the file still says it.
        if latest and old == new and TIME.fullmatch(edited) and edited != iso(latest.at):
            old, new = f"{old} ({edited})", f"{new} ({iso(latest.at)})"
        if old != new:
            said = _(
                "Changed since the export: the file has version %(old)s, saved is version %(new)s. Export again."
            )
            raise ValidationError({"version": said % {"old": old, "new": new}})

    def set_cell(self, name: str, cell: str) -> None:
        several = EDITABLE[name].several
        if name not in NAMED_BY:
            setattr(self.measure, name, entries(cell) if several else cell.strip())
            return
        model = Measure._meta.get_field(name).related_model
        of_plan = {} if model is Audience else {"plan": self.measure.plan_id}
        found = [record_named(model, **of_plan, **{NAMED_BY[name]: value}) for value in entries(cell)]
        if several:
            self.several[name] = found
        else:
            setattr(self.measure, name, found[0] if found else None)

    def check(self, errors: Errors) -> None:
        """The rules of the form, said by column."""
        try:
            self.measure.clean_fields(exclude={"code", *errors})
            self.measure.validate_constraints(exclude={"code", *errors})
        except ValidationError as error:
            for name, found in error.error_dict.items():
                for fault in found:
                    # Of fields that are unique together the last is meant: the plan stands in the code.
                    together = (fault.params or {}).get("unique_check", ["basis"])
                    column = together[-1] if name == "__all__" else name
                    errors.setdefault(column, []).extend(fault.messages)
        if self.measure.status != Measure.Status.PUBLISHED:
            return
        needed = _("A published measure needs this.")
        for name in missing_texts(self.measure):
            errors.setdefault(name, [needed])
        if self.several.get("paragraphs") == []:
            errors.setdefault("paragraphs", []).append(needed)
        if self.parts.get("actions") == []:
            errors.setdefault("actions_zh", []).append(needed)

    def save(self) -> None:
        self.measure.save()
        for name, found in self.several.items():
            getattr(self.measure, name).set(found)
        for group, parts in self.parts.items():
            ROWS[group].model.objects.filter(measure=self.measure).delete()
            for part in parts:
                part.save()
        list_cited_paragraphs(self.measure)

    def kept(self) -> dict[str, str]:
        """The cells that a confirmation needs: what changed, with all columns of its group, and what says of which version."""
        changed = self.changed
        groups = {IN_GROUPS[name] for name in changed if name in IN_GROUPS}
        wanted = {"code", "version", "edited", *changed}
        wanted |= {name for name, group in IN_GROUPS.items() if group in groups}
        return {name: cell for name, cell in self.row.cells.items() if name in wanted}


def new_measure(code: str, cells: dict[str, str]) -> Measure:
    """A measure with this code, which is not there yet, as a draft. Raises ValidationError by column."""
    year, _dash, number = code.partition("-")
    fault, plan = "", None
    has_its_form = re.fullmatch(BY_NAME["code"].constraints["pattern"], code)
    if not has_its_form or f"{int(number):02}" != number or not int(number):
        fault = _("“%(code)s” is no code such as 2020-07.")
    elif cells.get("version", "").strip():
        fault = _("There is no measure “%(code)s”. To enter a new one, leave its version empty.")
    elif Version.objects.of("measure", code).exists():
        fault = _("The measure “%(code)s” was deleted; restore it from the history.")
    elif not (plan := Plan.objects.filter(year=year).first()):
        fault = _("There is no plan of %(year)s.")
    if fault:
        raise ValidationError({"code": fault % {"code": code, "year": year}})
    return Measure(plan=plan, number=int(number), status=Measure.Status.DRAFT)
