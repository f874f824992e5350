"""The pages of an import: uploading, the preview, confirming it."""

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

from measures.history.texts import compared_texts
from measures.language.bilingual import language_of

from .cells import EDITABLE, plain
from .files import read
from .rows import MeasureResource, faults_of

MAX_FILE = 10_000_000  # bytes
MAX_PAYLOAD = 2_000_000  # characters of a confirmation; Django reads forms up to 2.5 MB
SALT = "measures.import"


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
        if file.size > MAX_FILE:
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
        """Show what the sheet would change; nothing is written."""
        result = MeasureResource().import_data(dataset, dry_run=True, rollback_on_validation_errors=True)
        if faults := faults_of(result):
            return self.refusal(request, faults, len(dataset))
        changed = [
            (line, row.instance)
            for line, row in enumerate(result.rows, 2)
            if getattr(row.instance, "changes", None)
        ]
        if not changed:
            return self.import_page(request, form=UploadForm(), unchanged=len(dataset))
        payload = signing.dumps(kept_for_confirmation(dataset, changed), salt=SALT, compress=True)
        if len(payload) > MAX_PAYLOAD:
            fault = _("Too many changes for one import. Bring the file back in parts.")
            return self.refusal(request, [(None, "", "", fault)])
        return self.import_page(
            request,
            payload=payload,
            rows=[(line, instance, shown_changes(instance)) for line, instance in changed],
            cells=sum(len(instance.changes) for _line, instance in changed),
            unchanged=len(dataset) - len(changed),
        )

    def refusal(self, request, faults, total=None):
        return self.import_page(request, form=UploadForm(), faults=faults, total=total, status=409)

    def confirmed(self, request):
        try:
            kept = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=8 * 60 * 60)
        except signing.BadSignature:
            fault = _("This preview is no longer valid. Please upload the file again.")
            return self.refusal(request, [(None, "", "", fault)])
        faults, resource = [], MeasureResource()
        # One row at a time, because each has its own changed cells; the request's transaction makes them one.
        for row in kept:
            line = row.pop("line")
            result = resource.import_data(
                tablib.Dataset(tuple(row.values()), headers=list(row)), rollback_on_validation_errors=True
            )
            faults += [(line, code, column, message) for _line, code, column, message in faults_of(result)]
        if faults:
            connection.set_rollback(True)
            return self.refusal(request, faults, len(kept))
        messages.success(
            request,
            ngettext("%(count)d measure changed.", "%(count)d measures changed.", len(kept))
            % {"count": len(kept)},
        )
        return HttpResponseRedirect(reverse("admin:measures_measure_changelist"))


def kept_for_confirmation(dataset, changed) -> list[dict]:
    """The changed cells of each row, with what says of which row and version: the confirmation carries them."""
    which = [name for name in ("version", "edited") if name in dataset.headers]
    return [
        {
            "line": line,
            "code": instance.code,
            **{name: plain(dataset[line - 2][dataset.headers.index(name)]) for name in which},
            **{name: new for name, (_old, new) in instance.changes.items()},
        }
        for line, instance in changed
    ]


def shown_changes(instance) -> list[tuple]:
    """(label of the column, parts of the text) for each changed cell of a measure."""
    return [
        (EDITABLE[name].label, compared_texts(old, new, language_of(name)))
        for name, (old, new) in instance.changes.items()
    ]
