"""The history at the staff desk: who changed what and why, two versions side by side, and restoring one."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.history.differences import changes, changes_since_before
from measures.history.documents import whole
from measures.history.kinds import MODELS, record_of
from measures.history.names import saved_names, title_of
from measures.history.restoring import lost_links, restore
from measures.models import Version, locked

from .base import TOKEN
from .pages import desk_page
from .public import ReadOnly
from .refusals import check_now, reason_of

DRAFT_AGAIN = ("measure", "plan")  # kinds whose records are drafts when they are entered again


def version_or_404(pk: int | str | None) -> Version:
    """Django's own refusal names the class, in English."""
    if version := Version.objects.with_previous().filter(pk=pk).first():
        return version
    raise Http404


@admin.register(Version)
class VersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "kind", "key", "title", "number", "actor", "note", "public")
    list_display_links = ("at",)
    list_filter = ("at", "kind", "public", "actor")
    search_fields = ("key", "actor", "note")
    search_help_text = gettext_lazy("Code or slug, who, or why.")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False

    def has_restore_permission(self, request, version) -> bool:
        records, record = self.admin_site.get_model_admin(MODELS[version.kind]), record_of(version)
        if record:
            return records.has_change_permission(request, record)
        return records.may_enter_again(request, version.document or {})

    @admin.display(description=gettext_lazy("title"))
    def title(self, version):
        return title_of(version.kind, version.document)

    def get_urls(self):
        of_staff = self.admin_site.admin_view
        return [
            path("compare/", of_staff(self.compare_view), name="measures_version_compare"),
            path("<int:version_id>/restore/", of_staff(self.restore_view), name="measures_version_restore"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = version_or_404(object_id if object_id.isdecimal() else None)
        names = saved_names()
        latest = Version.objects.latest_number(version.kind, version.key)
        undo = None
        # Restoring leaves the status as it is, so it cannot undo a change of the status alone, and is not offered there.
        before, after = (
            {**(document or {}), "status": ""} for document in (version.previous_document, version.document)
        )
        if version.number == latest and version.previous_document and before != after:
            undo = Version.objects.of(version.kind, version.key).get(number=latest - 1)
        return desk_page(
            self,
            request,
            "version",
            undo=undo,
            title=str(version),
            version=version,
            changes=changes_since_before(version, names),
            entries=whole(version.kind, version.document, names) if version.document else [],
            record=record_of(version),
            latest=latest,
            may_restore=self.has_restore_permission(request, version),
        )

    def compare_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = [request.GET.get(name, "") for name in ("old", "new")]
        ids = [value for value in asked if value.isdecimal()]
        found = list(Version.objects.filter(pk__in=ids).order_by("number"))
        if len({(version.kind, version.key) for version in found}) != 1:
            raise Http404(_("Two versions of one record can be compared."))
        old, new = found[0], found[-1]
        return desk_page(
            self,
            request,
            "compare",
            title=_("%(record)s: version %(old)s and version %(new)s")
            % {"record": old.key, "old": old.number, "new": new.number},
            old=old,
            new=new,
            changes=changes(old.kind, old.document, new.document, saved_names()),
        )

    def restore_view(self, request, version_id):
        """Show what restoring would change, then save it as a new version; refused if the record was changed meanwhile."""
        version = version_or_404(version_id)
        if not self.has_restore_permission(request, version):
            raise PermissionDenied
        error, before = "", Version.objects.newest_id()
        record = record_of(version)
        was_deleted, given_back = record is None, lost_links(version)
        if request.method == "POST":
            if record:
                locked(record)
            if request.POST.get(TOKEN) != Version.objects.token(version.kind, version.key):
                error = _("The record was changed meanwhile. Below is what restoring would change now.")
            else:
                error = self.restored_or_refused(version)
            if not error:
                self.say_what_was_restored(request, version, before, was_deleted, given_back)
                restored = [record_of(version).pk]
                return HttpResponseRedirect(reverse(f"admin:measures_{version.kind}_change", args=restored))
        now = Version.objects.of(version.kind, version.key).first()
        return desk_page(
            self,
            request,
            "restore",
            title=_("Restore version %(number)s of %(record)s?")
            % {"number": version.number, "record": version.key},
            version=version,
            changes=changes(version.kind, now.document, version.document, saved_names()),
            was_deleted=was_deleted,
            becomes_draft=was_deleted and version.kind in DRAFT_AGAIN,
            given_back=given_back,
            error=error,
            token_name=TOKEN,
            token=Version.objects.token(version.kind, version.key),
            possible=True,
            button=_("Restore"),
            back=reverse("admin:measures_version_change", args=[version.pk]),
            proposed_note=_("Version %(number)s restored") % {"number": version.number},
        )

    def say_what_was_restored(
        self, request, version, before: int, was_deleted: bool, given_back: list
    ) -> None:
        """Tell what became of the record; `before` is the newest version until then."""
        about = {"record": version.key, "number": version.number}
        if not Version.objects.of(version.kind, version.key).filter(pk__gt=before).exists():
            messages.info(
                request, _("Nothing changed: %(record)s says what version %(number)s said.") % about
            )
        elif was_deleted and version.kind in DRAFT_AGAIN:
            said = _("%(record)s is entered again as version %(number)s had it, as a draft.")
            messages.success(request, said % about)
        elif was_deleted:
            messages.success(request, _("%(record)s is entered again as version %(number)s had it.") % about)
        else:
            messages.success(request, _("Version %(number)s is restored as a new version.") % about)
        if given_back:
            linked = _(", ").join(map(str, given_back))
            messages.success(request, _("The link to it is back in: %(linked)s.") % {"linked": linked})

    @staticmethod
    def restored_or_refused(version) -> str:
        """Restore the version. The result is empty, or the reason why it was refused and nothing was changed."""
        try:
            with transaction.atomic():
                restore(version)
                check_now()
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        except IntegrityError as refusal:
            return reason_of(refusal)
        return ""
