"""The pages of an import: uploading, the preview, confirming it."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.history.texts import compared_texts
from measures.language.bilingual import language_of
from measures.models import Category, Plan
from measures.open_data.workbook import XLSX_TYPE

from ..pages import desk_page
from ..public import is_public, may_publish
from .files import MEASURES, Row, SeveralSheets, Sheet, read
from .run import applied, label_of, previewed
from .template import workbook

MAX_FILE = 10_000_000  # bytes
MAX_PAYLOAD = 2_000_000  # characters of a confirmation
SALT = "measures.import"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy(
            "The XLSX or CSV file that was exported here, with your changes, also saved as ODS; or the workbook for a new plan. "
            "Nothing is written yet."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
    )
    sheet = forms.CharField(label=gettext_lazy("Sheet"), required=False)

    def clean(self):
        cleaned = super().clean()
        file = cleaned.get("file")
        if not file:
            return cleaned
        try:
            if file.size > MAX_FILE:
                raise ValidationError(_("This file is too large. Bring it back in parts of up to 10 MB."))
            self.sheets = read(file, cleaned.get("sheet", ""))
        except SeveralSheets as several:
            self.choices = several.choices
            self.add_error("file", several)
        except ValidationError as error:
            self.add_error("file", error)
        return cleaned


class SpreadsheetImport:
    """Adds the import to the admin of measures."""

    change_list_template = "admin/measures/measure/change_list.html"

    def get_urls(self):
        of_staff, name = self.admin_site.admin_view, "measures_measure_import"
        return [
            path("import/", of_staff(self.import_view), name=name),
            path("import/template/", of_staff(self.template_view), name=f"{name}_template"),
            *super().get_urls(),
        ]

    def import_view(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "confirmed" in request.POST:
            return self.confirmed(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self.preview(request, form.sheets)
        return self.import_page(request, form=form)

    def template_view(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        headers = {"Content-Disposition": 'attachment; filename="new-plan.xlsx"'}
        return HttpResponse(workbook(), content_type=XLSX_TYPE, headers=headers)

    def may_enter(self, request, kind: str, record) -> bool:
        """Whether the account may add a record of a sheet: the same as in its form."""
        if kind == MEASURES:
            return self.has_add_permission(request)
        if kind == "paragraphs":
            admin = self.admin_site.get_model_admin(Plan)
            may_add = request.user.has_perm("measures.add_sourceparagraph")
            return may_add and admin.has_change_permission(request, record.plan)
        admin = self.admin_site.get_model_admin(Category if kind == "categories" else Plan)
        allowed = admin.has_add_permission(request)
        return allowed and (kind == "plan" or not is_public(record) or may_publish(request))

    def import_page(self, request, **context):
        return desk_page(self, request, "import", title=_("Bring a spreadsheet back"), **context)

    def preview(self, request, sheets: dict[str, Sheet]):
        """Show what the sheets would change; nothing is written."""
        result = previewed(sheets, partial(self.may_enter, request))
        if result.faults:
            return self.refusal(request, result.faults)
        ignored = [(line, code, label_of(MEASURES, name)) for line, code, name in result.ignored]
        if not result.changes:
            return self.import_page(request, form=UploadForm(), unchanged=result.unchanged, ignored=ignored)
        kept = {"sheets": result.kept, "digest": result.digest}
        payload = signing.dumps(kept, salt=SALT, compress=True)
        if len(payload) > MAX_PAYLOAD:
            fault = _("Too many changes for one import. Bring the file back in parts.")
            return self.refusal(request, [(None, "", "", fault)])
        return self.import_page(
            request,
            payload=payload,
            rows=[(change, shown(change)) for change in result.changes],
            new=sum(change.new for change in result.changes),
            changed=sum(not change.new for change in result.changes),
            cells=sum(len(change.cells) for change in result.changes),
            ignored=ignored,
            unchanged=result.unchanged,
        )

    def refusal(self, request, faults):
        return self.import_page(request, form=UploadForm(), faults=faults, http_status=409)

    def confirmed(self, request):
        """Write what the preview showed, and nothing else."""
        try:
            kept = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=8 * 60 * 60)
        except signing.BadSignature:
            fault = _("This preview is no longer valid. Please upload the file again.")
            return self.refusal(request, [(None, "", "", fault)])
        sheets = {
            kind: Sheet(kind, False, kind, [], [Row(line, cells) for line, cells in rows])
            for kind, rows in kept["sheets"].items()
        }
        with transaction.atomic():
            result = applied(sheets, partial(self.may_enter, request))
            if not result.faults and result.digest != kept["digest"]:
                fault = _("What is saved changed meanwhile. Please upload the file again and look once more.")
                result.faults.append((None, "", "", fault))
            if result.faults:
                transaction.set_rollback(True)
        if result.faults:
            return self.refusal(request, result.faults)
        count = len(result.changes)
        said = ngettext("%(count)d record was written.", "%(count)d records were written.", count)
        messages.success(request, said % {"count": count})
        return HttpResponseRedirect(reverse("admin:measures_measure_changelist"))


def shown(change) -> list[tuple]:
    """(label of the column, parts of the text) for each cell that changes."""
    return [
        (label_of(change.sheet, name), compared_texts(old, new, language_of(name)))
        for name, old, new in change.cells
    ]
