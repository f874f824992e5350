"""One record of the staff desk, edited without losing what others save meanwhile.

Every change form says which was the record's latest version (`record_version`). A save locks the record, compares that
with the latest one now and, where they differ, shows both sides instead of saving. What the database refuses at
the end is said in the form, with everything typed still in it.
"""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponseRedirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull

from measures.addresses import in_language, record_path
from measures.history.differences import changes, changes_since_before
from measures.history.fields import form_lines, label_of_posted
from measures.history.kinds import key_of, kind_of, versions_of
from measures.history.names import saved_names, title_of
from measures.history.restoring import linked_from
from measures.language.chinese import to_simplified, traditional_characters
from measures.models import Version, locked

from .conflicts import CHOICE, Comparison
from .deleting import SaysWhatGoes
from .forms import RecordFields, RecordForm
from .pages import desk_page
from .refusals import check_now, reason_of
from .waiting import note_conflict, settle_conflict

TOKEN = "record_version"  # noqa: S105  a version, not a password
RESOLVE = "resolve_conflict"
SIMPLIFY = "_simplify"
SHOW, EDIT = "_show_changes", "_edit"
GIVEN_UP = "given_up"

BUSY = gettext_lazy("The database was busy with another change. Nothing was saved; please save again.")

FULL = gettext_lazy(
    "The disk of the server is full. Nothing was saved; please save again when whoever runs this site has made room there."
)


def is_chinese(name: str) -> bool:
    return name.endswith("_zh") and not name.startswith("initial-")


def simplified(data):
    """Posted data with all Chinese text converted to simplified characters."""
    data = data.copy()
    for name in filter(is_chinese, list(data)):
        data.setlist(name, [to_simplified().convert(value) for value in data.getlist(name)])
    return data


class RecordAdmin(RecordFields, SaysWhatGoes, admin.ModelAdmin):
    """The record itself; `permanent` names the fields that never change once the record was public."""

    form = RecordForm
    permanent: tuple[str, ...] = ("slug",)
    object_history_template = "admin/measures/record_history.html"
    save_on_top = True

    def has_been_public(self, record) -> bool:
        return versions_of(record).public().exists()

    def may_enter_again(self, request, document: dict) -> bool:
        """Whether the record of this document, which was deleted, may be restored."""
        return self.has_add_permission(request)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *self.permanent) if obj and self.has_been_public(obj) else fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        form_class.refusal = getattr(request, "refusal", "")
        return form_class

    def get_fields(self, request, obj=None):
        return form_lines(self.opts.model_name)

    def get_view_on_site_url(self, obj=None):
        path = record_path(kind_of(obj), key_of(obj)) if obj else ""
        return in_language(path, get_language()) if path else None

    # --- No lost update ---

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {"token_name": TOKEN, **(extra_context or {})}
        record = self.get_object(request, unquote(object_id)) if object_id else None
        if request.method != "POST":
            if GIVEN_UP in request.GET:
                settle_conflict(request, self.opts.model_name, object_id)
            # The token is read before the record: one that is too old asks a needless question, one too new loses a change.
            if record:
                context["token"] = Version.objects.token(kind_of(record), key_of(record))
            return super().changeform_view(request, object_id, form_url, context)
        if not object_id:
            return self.saved_or_refused(request, None, form_url, context)
        if not record:
            return self.gone(request, object_id, form_url)
        if not self.has_change_permission(request, record):
            return super().changeform_view(request, object_id, form_url, context)
        try:
            with transaction.atomic():
                record = locked(record)
                if not record:
                    return self.gone(request, object_id, form_url)
                context["token"] = latest = Version.objects.token(kind_of(record), key_of(record))
                moved_on = request.POST.get(TOKEN) != latest
                if moved_on or RESOLVE in request.POST:
                    comparison = self.compared(request, record)
                    if moved_on and not comparison.differences:
                        messages.info(request, _("This was saved already; nothing was changed twice."))
                        settle_conflict(request, self.opts.model_name, record.pk)
                        return self.response_post_save_change(request, record)
                    if moved_on or comparison.undecided:
                        return self.conflict(request, record, latest, comparison)
                    request.POST = comparison.merged()
                return self.saved_or_refused(request, object_id, form_url, context)
        except OperationalError as error:  # a deadlock, a lock held for too long, no room
            request.refusal = FULL if isinstance(error.__cause__, DiskFull) else BUSY
            return super().changeform_view(request, object_id, form_url, context)

    def saved_or_refused(self, request, object_id, form_url, context):
        """The answer to a save. What the database checks at commit is checked here, while the form can still be shown."""
        if SIMPLIFY in request.POST:
            request.POST = simplified(request.POST)
            request.refusal = _(
                "Traditional characters were converted. Nothing is saved yet: please read the text and save."
            )
        elif EDIT in request.POST:
            request.refusal = _("Nothing is saved yet.")
        elif any(traditional_characters(request.POST[name]) for name in filter(is_chinese, request.POST)):
            context["simplify_name"] = SIMPLIFY
        try:
            with transaction.atomic():
                before = Version.objects.newest_id() if SHOW in request.POST else None
                response = super().changeform_view(request, object_id, form_url, context)
                if isinstance(response, HttpResponseRedirect):
                    check_now()
                    if before is not None:
                        response = self.shown_changes(request, before)
                        transaction.set_rollback(True)
                return response
        except IntegrityError as error:
            request.refusal = reason_of(error)
            return super().changeform_view(request, object_id, form_url, context)

    def message_user(self, request, *args, **kwargs):
        if SHOW not in request.POST:  # nothing was saved
            super().message_user(request, *args, **kwargs)

    def shown_changes(self, request, before: int):
        """The page that says what saving would change for readers and for staff; the versions were written, and will be taken back."""
        names = saved_names()
        versions = list(Version.objects.filter(pk__gt=before).order_by("pk").with_previous())
        for version in versions:
            version.title = title_of(version.kind, version.document or version.previous_document)
            version.changes = changes(version.kind, version.previous_document, version.document, names)
        return desk_page(
            self,
            request,
            "changes",
            title=_("What saving would change"),
            public=[version for version in versions if version.event],
            others=[version for version in versions if not version.event],
            kept=self.typed(request, {SHOW}),
            token_name=TOKEN,
            token=request.POST.get(TOKEN),
            edit_name=EDIT,
        )

    def compared(self, request, record) -> Comparison:
        fieldsets = self.get_fieldsets(request, record)
        form_class = self.get_form(
            request, record, change=True, fields=admin.utils.flatten_fieldsets(fieldsets)
        )
        form = form_class(request.POST, instance=record)
        formsets, _inlines = self._create_formsets(request, record, change=True)
        return Comparison(form, formsets, request.POST)

    def response_change(self, request, obj):
        if SHOW not in request.POST:
            settle_conflict(request, self.opts.model_name, obj.pk)
        return super().response_change(request, obj)

    def conflict(self, request, record, latest: str, comparison: Comparison):
        note_conflict(request, record)
        saved_by_others = versions_of(record).since(request.POST.get(TOKEN, ""))
        return desk_page(
            self,
            request,
            "conflict",
            http_status=409,
            title=_("Saved by somebody else meanwhile"),
            original=record,
            comparison=comparison,
            again=RESOLVE in request.POST,
            saved_by_others=saved_by_others[:20],
            kept=self.typed(request, {CHOICE + difference.name for difference in comparison.differences}),
            token_name=TOKEN,
            token=latest,
            resolve_name=RESOLVE,
            given_up=GIVEN_UP,
        )

    @staticmethod
    def typed(request, without=frozenset()):
        skipped = {"csrfmiddlewaretoken", TOKEN, RESOLVE, *without}
        return [
            (name, value) for name, values in request.POST.lists() if name not in skipped for value in values
        ]

    def gone(self, request, object_id, form_url):
        """The record was deleted while somebody edited it: what was typed is shown, so that it can be taken along."""
        if not self.has_change_permission(request):
            return super().changeform_view(request, object_id, form_url)
        typed = [
            (label_of_posted(name), value)
            for name, value in self.typed(request)
            if value and not name.startswith(("initial-", "_")) and not name.endswith("_FORMS")
        ]
        settle_conflict(request, self.opts.model_name, object_id)
        said = _("Deleted by somebody else meanwhile")
        return desk_page(self, request, "gone", http_status=409, title=said, typed=typed)

    # --- Deleting ---

    def get_deleted_objects(self, objs, request):
        request.losing_links = list(
            dict.fromkeys(linked for record in objs for linked in linked_from(record))
        )
        return super().get_deleted_objects(objs, request)

    # --- The memory ---

    def history_view(self, request, object_id, extra_context=None):
        record = self.get_object(request, unquote(object_id))
        if record and self.has_view_permission(request, record):
            names = saved_names()
            versions = list(versions_of(record).with_previous())
            for version in versions:
                version.changes = changes_since_before(version, names)
            extra_context = {"versions": versions, **(extra_context or {})}
        return super().history_view(request, object_id, extra_context)
