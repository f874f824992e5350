"""Spreadsheets brought back: the columns of the public data, checked and shown before anything is written.

A row is found by its code and carries, in `version` and `edited`, the version that was exported. Only cells that differ from what is
saved now count; where the record moved on since the export they are refused instead of applied. All or nothing.
"""

import csv
import re
from datetime import date
from io import BytesIO, StringIO
from zipfile import BadZipFile

import openpyxl
import tablib
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export import fields, resources

from measures.catalogue import Catalogue
from measures.history import compared_texts
from measures.models import Audience, Category, Centre, District, Measure, SourceParagraph, Version, locked
from measures.open_data.columns import COLUMNS
from measures.open_data.csv_table import unguard
from measures.open_data.fields import iso

EDITABLE = {column.name: column for column in COLUMNS if not column.derived and column.name != "code"}
KNOWN = {column.name for column in COLUMNS}
TEXTS = (
    "slug",
    "title_zh",
    "title_en",
    "official_name_zh",
    "summary_zh",
    "summary_en",
    "note_zh",
    "note_en",
    "basis",
)
LISTS = ("keywords_zh", "keywords_en")
# Columns that are read line by line together: {group: (relation, {column: field of the row})}. The first names the row.
GROUPS = {
    "actions": (
        "actions",
        {"actions_zh": "text_zh", "actions_en": "text_en", "action_paragraphs": "paragraph"},
    ),
    "centres": (
        "centre_links",
        {
            "centres": "centre",
            "centre_basis": "basis",
            "centre_reasons_zh": "reason_zh",
            "centre_reasons_en": "reason_en",
        },
    ),
    "districts": (
        "district_roles",
        {
            "districts": "district",
            "district_roles": "role",
            "district_notes_zh": "note_zh",
            "district_notes_en": "note_en",
        },
    ),
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# As the export writes it, unless a spreadsheet program rewrote it.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LARGEST_FILE = 10_000_000  # bytes
LARGEST_CHANGE = 2_000_000  # characters of a confirmation; Django reads forms up to 2.5 MB
SALT = "measures.import"


def code_of(cell) -> str:
    """A code as Excel may give it back: it takes 2020-07 in a CSV file for July 2020."""
    if isinstance(cell, date):
        return f"{cell.year}-{cell.month:02}"
    text = str(cell).strip()
    if found := re.fullmatch(r"([A-Za-z]{3})-(\d\d)", text):
        name = found[1].lower()
        return f"20{found[2]}-{MONTHS.index(name) + 1:02}" if name in MONTHS else text
    if found := re.fullmatch(r"(\d{4})[-/年](\d{1,2})(?:月|[-/]1)?", text):
        return f"{found[1]}-{int(found[2]):02}"
    return text


def plain(cell) -> str:
    """A cell as text: whole numbers without a fraction, line ends as the export writes them, the guard taken off."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unguard(str(cell)).replace("\r\n", "\n").replace("\r", "\n").strip()


def lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.split("\n")] if cell else []


def referred(model, **key):
    try:
        return model.objects.get(**key)
    except (model.DoesNotExist, ValueError):
        raise ValidationError(_("There is no “%(value)s”.") % {"value": list(key.values())[-1]}) from None


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
        self.catalogue = Catalogue.current()

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
        """Sets what differs; `instance.changes` is {column: (saved, new)}.

        Compared is with the record of the latest version, whether or not that is public.
        """
        instance.changes = {}
        instance.saved = self.catalogue.saved_measure(instance.code)
        for name, column in EDITABLE.items():
            if name in row:
                old = str(column.cell(instance.saved)).strip()
                if row[name] != old:
                    instance.changes[name] = (old, row[name])
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
                instance.rows[group] = self.rows_of(instance, group, row, errors)
        self.check(instance, errors)
        if errors:
            raise ValidationError(errors)

    @staticmethod
    def check_version(instance, row) -> None:
        latest = Version.objects.of("measure", instance.code).first()
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
            instance.category = referred(Category, plan=instance.plan_id, slug=cell)
        elif name == "parent":
            instance.parent = referred(Measure, plan=instance.plan_id, code=cell) if cell else None
        elif name == "paragraphs":
            instance.several[name] = [
                referred(SourceParagraph, plan=instance.plan_id, number=number) for number in lines(cell)
            ]
        elif name == "audiences":
            instance.several[name] = [referred(Audience, slug=slug) for slug in lines(cell)]

    def rows_of(self, instance, group, row, errors) -> list:
        """The rows of `group` as the cells have them, in order, unsaved."""
        relation, columns = GROUPS[group]
        saved = list(getattr(instance, relation).all())
        cells = {name: lines(row.get(name, str(EDITABLE[name].cell(instance)))) for name in columns}
        naming = next(iter(columns))
        count = len(cells[naming])
        for name, values in cells.items():
            if len(values) > count:
                errors.setdefault(name, []).append(
                    _("%(lines)s lines here, but %(others)s in “%(column)s”.")
                    % {"lines": len(values), "others": count, "column": naming}
                )
                return saved
        found = []
        for index in range(count):
            part = getattr(instance, relation).model(measure=instance)
            if group == "actions":
                last = found[-1].position if found else 0
                part.position = saved[index].position if index < len(saved) else last + 1
            for name, field in columns.items():
                value = cells[name][index] if index < len(cells[name]) else ""
                try:
                    if field == "paragraph":
                        value = referred(SourceParagraph, plan=instance.plan_id, number=value)
                    elif field == "centre":
                        value = referred(Centre, slug=value)
                    elif field == "district":
                        value = referred(District, slug=value)
                    setattr(part, field, value)
                except ValidationError as error:
                    errors.setdefault(name, []).append(
                        _("Line %(line)s: %(message)s") % {"line": index + 1, "message": error.messages[0]}
                    )
            by_field = {field: name for name, field in columns.items()}
            try:
                part.clean_fields(
                    exclude={"id", "measure", *(f for f, name in by_field.items() if name in errors)}
                )
            except ValidationError as error:
                for field, field_messages in error.message_dict.items():
                    errors.setdefault(by_field.get(field, naming), []).extend(
                        _("Line %(line)s: %(message)s") % {"line": index + 1, "message": message}
                        for message in field_messages
                    )
            found.append(part)
        return found

    def check(self, instance, errors) -> None:
        """The rules of the form, said by column."""
        from .measures import NEEDED_TEXTS

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


def read(file) -> tablib.Dataset:
    """The rows of an uploaded XLSX or CSV file; Excel in China saves CSV in GB 18030."""
    content = file.read()
    if content.startswith(b"PK"):
        try:
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError) as error:
            raise ValidationError(_("This is not a spreadsheet that can be read.")) from error
        sheets = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
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
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
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


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy(
            "The XLSX or CSV file that was exported here, with your changes. Nothing is written yet."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("This file is too large. Bring it back in parts of up to 10 MB."))
        self.dataset = read(file)
        return file


class SpreadsheetImport:
    """Adds the import to the admin of measures."""

    change_list_template = "admin/measures/measure/change_list.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_import"
        return [path("import/", self.admin_site.admin_view(self.import_view), name=name), *super().get_urls()]

    def import_view(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "confirmed" in request.POST:
            return self.confirmed(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self.preview(request, form.dataset)
        return self.import_page(request, form=form)

    def import_page(self, request, status=200, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Bring a spreadsheet back"),
            **context,
        }
        return TemplateResponse(request, "admin/measures/import.html", context, status=status)

    def preview(self, request, dataset):
        resource = MeasureResource()
        result = resource.import_data(dataset, dry_run=True, rollback_on_validation_errors=True)
        faults = faults_of(result)
        changed = [
            (number, row.instance)
            for number, row in enumerate(result.rows, 2)
            if getattr(row.instance, "changes", None)
        ]
        if faults:
            return self.import_page(request, form=UploadForm(), faults=faults, total=len(dataset), status=409)
        if not changed:
            return self.import_page(request, form=UploadForm(), unchanged=len(dataset))
        which = [name for name in ("version", "edited") if name in dataset.headers]
        kept = [
            {
                "line": line,
                "code": instance.code,
                **{name: plain(dataset[line - 2][dataset.headers.index(name)]) for name in which},
                **{name: new for name, (_old, new) in instance.changes.items()},
            }
            for line, instance in changed
        ]
        payload = signing.dumps(kept, salt=SALT, compress=True)
        if len(payload) > LARGEST_CHANGE:
            fault = _("Too many changes for one import. Bring the file back in parts.")
            return self.import_page(request, form=UploadForm(), faults=[(None, "", "", fault)], status=409)
        return self.import_page(
            request,
            payload=payload,
            rows=[
                (
                    line,
                    instance,
                    [
                        (EDITABLE[name].label, compared_texts(old, new, "en" if name.endswith("_en") else ""))
                        for name, (old, new) in instance.changes.items()
                    ],
                )
                for line, instance in changed
            ],
            cells=sum(len(instance.changes) for _line, instance in changed),
            unchanged=len(dataset) - len(changed),
        )

    def confirmed(self, request):
        try:
            kept = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=8 * 60 * 60)
        except signing.BadSignature:
            fault = _("This preview is no longer valid. Please upload the file again.")
            return self.import_page(request, form=UploadForm(), faults=[(None, "", "", fault)], status=409)
        faults = []
        resource = MeasureResource()
        # One row at a time, because each has its own changed cells; the request's transaction makes them one.
        for row in kept:
            line = row.pop("line")
            result = resource.import_data(
                tablib.Dataset(tuple(row.values()), headers=list(row)), rollback_on_validation_errors=True
            )
            faults += [(line, code, column, message) for _line, code, column, message in faults_of(result)]
        if faults:
            connection.set_rollback(True)
            return self.import_page(request, form=UploadForm(), faults=faults, total=len(kept), status=409)
        messages.success(
            request,
            ngettext("%(count)d measure changed.", "%(count)d measures changed.", len(kept))
            % {"count": len(kept)},
        )
        return HttpResponseRedirect(reverse("admin:measures_measure_changelist"))


def faults_of(result) -> list[tuple[int | None, str, str, str]]:
    """What keeps the file from being imported: (line of the sheet, code, column, why)."""
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
