"""One row of a spreadsheet compared with its saved measure: changes, faults, and saving it."""

import re

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from import_export import fields, resources

from measures.catalogue import Catalogue
from measures.models import Audience, Category, Measure, SourceParagraph, Version, locked
from measures.open_data.fields import iso

from ..readiness import NEEDED_TEXTS
from .cells import EDITABLE, GROUPS, KNOWN, LISTS, TEXTS, code_of, differs, lines, plain
from .parts import parts_of, record_named

# As the export writes it, unless a spreadsheet program rewrote it.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class MeasureResource(resources.ModelResource):
    """Applies the editable cells of a row to its measure; raises ValidationError by column."""

    code = fields.Field(attribute="code", column_name="code", readonly=True)

    class Meta:
        model = Measure
        fields = ("code",)
        import_id_fields = ("code",)
        use_transactions = True
        store_instance = True
        skip_diff = True
        report_skipped = True

    def __init__(self, **options):
        super().__init__(**options)
        self.catalogue = Catalogue.with_drafts()

    def before_import(self, dataset, **kwargs):
        self.seen = set()

    def before_import_row(self, row, **kwargs):
        row["code"] = code_of(row["code"])
        for name in row:
            if name != "code":
                row[name] = plain(row[name])
        if row["code"] in self.seen:
            raise ValidationError({"code": _("This measure stands in the file twice.")})
        self.seen.add(row["code"])

    def get_instance(self, instance_loader, row):
        found = Measure.objects.filter(code=row["code"]).first()
        if not found:
            raise ValidationError(
                {
                    "code": _("There is no measure “%(code)s”; new ones are entered by hand.")
                    % {"code": row["code"]}
                }
            )
        locked(found)
        return Measure.objects.get(pk=found.pk)

    def import_instance(self, instance, row, **kwargs):
        """Sets what differs from the record of the latest version, public or not; `instance.changes` is
        {column: (saved, new)}."""
        instance.changes = {}
        instance.saved = self.catalogue.saved_measure(instance.code)
        for name, column in EDITABLE.items():
            if name in row:
                old = str(column.cell(instance.saved))
                if differs(old, row[name]):
                    instance.changes[name] = (old.strip(), row[name])
        if not instance.changes:
            return
        self.check_version(instance, row)
        errors = {}
        instance.several, instance.rows = {}, {}
        for name in instance.changes:
            try:
                self.set_cell(instance, name, row[name])
            except ValidationError as error:
                errors[name] = error.messages
        for group, (_relation, columns) in GROUPS.items():
            if set(columns) & set(instance.changes) - set(errors):
                instance.rows[group] = parts_of(instance, group, row, errors)
        self.check(instance, errors)
        if errors:
            raise ValidationError(errors)

    @staticmethod
    def check_version(instance, row) -> None:
        # Exports name the version that readers were told of, and migrations tell them nothing.
        told = Version.objects.of("measure", instance.code).exclude(actor="migration", event="")
        latest = told.first()
        old, new = row["version"] or "–", str(latest.number if latest else 0)
        # A restored backup gives out its numbers a second time, so the time counts too where the file still says it.
        if (
            latest
            and old == new
            and TIME.fullmatch(row.get("edited", ""))
            and row["edited"] != iso(latest.at)
        ):
            old, new = f"{old} ({row['edited']})", f"{new} ({iso(latest.at)})"
        if old != new:
            raise ValidationError(
                {
                    "version": _(
                        "Changed since the export: the file has version %(old)s, saved is version %(new)s. Export again."
                    )
                    % {"old": old, "new": new}
                }
            )

    def set_cell(self, instance, name, cell):
        if name in TEXTS:
            setattr(instance, name, cell)
        elif name in LISTS:
            setattr(instance, name, [line for line in lines(cell) if line])
        elif name == "category":
            instance.category = record_named(Category, plan=instance.plan_id, slug=cell)
        elif name == "parent":
            instance.parent = record_named(Measure, plan=instance.plan_id, code=cell) if cell else None
        elif name == "paragraphs":
            instance.several[name] = [
                record_named(SourceParagraph, plan=instance.plan_id, number=number) for number in lines(cell)
            ]
        elif name == "audiences":
            instance.several[name] = [record_named(Audience, slug=slug) for slug in lines(cell)]

    def check(self, instance, errors) -> None:
        """The rules of the form, said by column."""
        try:
            instance.clean_fields(exclude={"code", *errors})
            instance.validate_constraints(exclude={"code", *errors})
        except ValidationError as error:
            for name, found in error.message_dict.items():
                errors.setdefault("basis" if name == "__all__" else name, []).extend(found)
        if instance.status != Measure.Status.PUBLISHED:
            return
        needed = _("A published measure needs this.")
        for name in NEEDED_TEXTS:
            if not getattr(instance, name) and name not in errors:
                errors[name] = [needed]
        if instance.several.get("paragraphs") == []:
            errors.setdefault("paragraphs", []).append(needed)
        if instance.rows.get("actions") == []:
            errors.setdefault("actions_zh", []).append(needed)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not instance.changes

    def do_instance_save(self, instance, is_create):
        instance.save()
        for name, records in instance.several.items():
            getattr(instance, name).set(records)
        for group, parts in instance.rows.items():
            getattr(instance, GROUPS[group][0]).all().delete()
            for part in parts:
                part.save()

    def save_m2m(self, instance, row, **kwargs):
        pass  # done above

    def after_import(self, dataset, result, **kwargs):
        if not result.has_errors() and not result.has_validation_errors():
            with connection.cursor() as cursor:  # what the database checks at commit, now
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def faults_of(result) -> list[tuple[int | None, str, str, str]]:
    """The reasons why the file cannot be imported: (line of the sheet, code, column, why)."""
    faults = []
    for error in result.base_errors:
        reason = error.error.messages[0] if isinstance(error.error, ValidationError) else str(error.error)
        faults.append((None, "", "", reason))
    for number, errors in result.row_errors():
        faults += [(number + 1, error.row.get("code", ""), "", str(error.error)) for error in errors]
    for invalid in result.invalid_rows:
        code = str(invalid.values[0]) if invalid.values else ""
        for name, found in invalid.error_dict.items():
            label = name if name in KNOWN else ""
            faults += [(invalid.number + 1, code, label, message) for message in found]
    return sorted(faults, key=lambda fault: fault[0] or 0)
