"""The measures, in the order in which an editor thinks."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.forms.models import BaseInlineFormSet
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.models import Action, CentreLink, DataVersion, DistrictRole, Measure, SourceParagraph
from measures.querysets import Search
from measures.views import MeasurePage

from .base import RecordAdmin, RecordFields, RecordForm
from .imports import SpreadsheetImport

# What a measure needs before it is published, beside a paragraph and an action; its category the database demands.
NEEDED_TEXTS = ("title_zh", "title_en", "summary_zh", "summary_en")


def missing_texts(measure) -> list[str]:
    return [
        str(measure._meta.get_field(name).verbose_name)
        for name in NEEDED_TEXTS
        if not getattr(measure, name).strip()
    ]


def missing_parts(measure) -> list[str]:
    """What a saved measure lacks for publication."""
    missing = missing_texts(measure)
    if not measure.paragraphs.exists():
        missing.append(str(SourceParagraph._meta.verbose_name))
    if not measure.actions.exists():
        missing.append(str(Action._meta.verbose_name))
    return missing


def not_ready(missing: list[str]) -> ValidationError:
    return ValidationError(
        _("This cannot be public yet. Missing: %(missing)s."),
        code="not_ready",
        params={"missing": _(", ").join(missing)},
    )


class MeasureForm(RecordForm):
    class Meta:
        widgets = {
            "basis": forms.RadioSelect,
            "status": forms.RadioSelect,
        }

    def clean(self):
        cleaned = super().clean()
        plan = cleaned.get("plan") or getattr(self.instance, "plan", None)
        if plan:
            for name in ("category", "parent"):
                record = cleaned.get(name)
                if record and record.plan_id != plan.year:
                    self.add_error(
                        name, _("This belongs to another plan (%(year)s).") % {"year": record.plan_id}
                    )
            foreign = [
                str(paragraph)
                for paragraph in cleaned.get("paragraphs") or ()
                if paragraph.plan_id != plan.year
            ]
            if foreign:
                self.add_error(
                    "paragraphs",
                    _("These belong to another plan: %(paragraphs)s") % {"paragraphs": _(", ").join(foreign)},
                )
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.instance.status != Measure.Status.PUBLISHED:
            return
        missing = [
            str(self.instance._meta.get_field(name).verbose_name)
            for name in NEEDED_TEXTS
            if name in self.fields
            and name not in self.errors
            and not (self.cleaned_data.get(name) or "").strip()
        ]
        if "paragraphs" in self.cleaned_data and not self.cleaned_data["paragraphs"]:
            missing.append(str(SourceParagraph._meta.verbose_name))
        if missing:
            self.add_error(None, not_ready(missing))


class RowFormSet(BaseInlineFormSet):
    same_row_fields: tuple[str, ...] = ()  # what makes two rows entered at once the same row
    number_field = ""


class ActionForm(RecordForm):
    def validate_constraints(self):
        # Numbers may be swapped within one save: the formset looks for equal ones, the database at the end.
        exclude = {*self._get_validation_exclusions(), "position"}
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)


class ActionFormSet(RowFormSet):
    same_row_fields = ("text_zh",)
    number_field = "position"

    def clean(self):
        super().clean()
        remaining = [
            form
            for form in self.forms
            if (form.instance.pk or form.has_changed()) and not self._should_delete_form(form)
        ]
        if self.instance.status == Measure.Status.PUBLISHED and not remaining:
            raise not_ready([str(Action._meta.verbose_name)])
        for form in remaining:
            paragraph = getattr(form, "cleaned_data", {}).get("paragraph")
            if paragraph and self.instance.plan_id and paragraph.plan_id != self.instance.plan_id:
                form.add_error(
                    "paragraph", _("This belongs to another plan (%(year)s).") % {"year": paragraph.plan_id}
                )

    def get_unique_error_message(self, unique_check):
        return _("Two actions have the same number.")


class CentreLinkFormSet(RowFormSet):
    same_row_fields = ("centre",)


class DistrictRoleFormSet(RowFormSet):
    same_row_fields = ("district", "role")


class RowInline(RecordFields, admin.StackedInline):
    form = RecordForm
    extra = 1
    after = ""  # the fieldset that it follows


class ActionInline(RowInline):
    model = Action
    form = ActionForm
    formset = ActionFormSet
    fields = (("position", "paragraph"), ("text_zh", "text_en"))
    autocomplete_fields = ("paragraph",)
    after = "source"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "position":
            form_field.min_value = 1
            form_field.widget.attrs["min"] = 1
            form_field.help_text = _("Actions are shown by number; change numbers to change the order.")
        return form_field


class CentreLinkInline(RowInline):
    model = CentreLink
    formset = CentreLinkFormSet
    fields = (("centre", "basis"), ("reason_zh", "reason_en"))
    after = "source"


class DistrictRoleInline(RowInline):
    model = DistrictRole
    formset = DistrictRoleFormSet
    fields = (("district", "role"), ("note_zh", "note_en"))
    autocomplete_fields = ("district",)
    after = "source"


class MeasurePreview(MeasurePage):
    """The public page of a measure that need not be public."""

    template_name = "admin/measures/preview.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        request.data_version = DataVersion.objects.live()  # the staff desk has no snapshot

    def get_queryset(self):
        return Measure.objects.for_export()

    def get_context_data(self, **kwargs):
        # Without what MeasurePage adds: there is nothing to cite or to download yet.
        before, after = Measure.objects.published().neighbours(self.object)
        return super(MeasurePage, self).get_context_data(before=before, after=after, **kwargs)


@admin.register(Measure)
class MeasureAdmin(SpreadsheetImport, RecordAdmin):
    form = MeasureForm
    permanent = ("plan", "number")
    inlines = (ActionInline, CentreLinkInline, DistrictRoleInline)
    autocomplete_fields = ("parent",)
    fieldsets = (
        (
            gettext_lazy("What"),
            {
                "fields": (
                    ("plan", "category"),
                    ("number", "slug"),
                    ("title_zh", "title_en"),
                    "official_name_zh",
                    ("summary_zh", "summary_en"),
                ),
                "description": gettext_lazy(
                    "One reform, said so that a resident understands it. No sentence is copied from the report; only the "
                    "official name is in its own words."
                ),
            },
        ),
        (
            gettext_lazy("Where it comes from"),
            {
                "classes": ["source"],
                "fields": ("basis", "parent", "paragraphs"),
                "description": gettext_lazy(
                    "“Named” means that the report counts it among the reforms. What the editors separated from such a "
                    "reform is “split” and names the one it was split from. Below follow what will be done, which centres "
                    "it serves and why, and where."
                ),
            },
        ),
        (gettext_lazy("Whom it concerns"), {"fields": ("audiences",)}),
        (gettext_lazy("Keywords"), {"fields": (("keywords_zh", "keywords_en"),)}),
        (gettext_lazy("Editors’ note"), {"fields": (("note_zh", "note_en"),)}),
        (gettext_lazy("Publication"), {"fields": ("status",)}),
    )
    list_display = ("code", "shown_title", "category", "basis", "status", "edited")
    list_display_links = ("code", "shown_title")
    list_filter = (
        "status",
        "category",
        "basis",
        ("centre_links__centre", admin.RelatedOnlyFieldListFilter),
        "centre_links__basis",
        "audiences",
        "district_roles__role",
    )
    list_per_page = 50
    search_fields = ("code",)  # and the public search, see below
    search_help_text = gettext_lazy("As on the public site: Chinese, pinyin, initials or English; or a code.")
    actions = ("publish", "unpublish")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("category").with_last_edit()

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        fits = Search(search_term, queryset.db).condition("search_row__") | Q(
            code__icontains=search_term.strip()
        )
        for name in ("title_zh", "title_en", "official_name_zh", "summary_zh", "summary_en"):
            # The public search knows nothing of drafts.
            fits |= Q(status=Measure.Status.DRAFT, **{f"{name}__icontains": search_term.strip()})
        return queryset.filter(fits), False

    @admin.display(description=gettext_lazy("title"), ordering="title_zh")
    def shown_title(self, measure):
        return measure.title

    @admin.display(description=gettext_lazy("last edited"), ordering="last_edit")
    def edited(self, measure):
        return measure.last_edit

    def has_publish_permission(self, request):
        return request.user.has_perm("measures.publish_measure")

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if self.has_publish_permission(request) else (*fields, "status")

    def get_view_on_site_url(self, obj=None):
        return super().get_view_on_site_url(obj) if obj and obj.status == Measure.Status.PUBLISHED else None

    def get_changeform_initial_data(self, request):
        latest = Measure.objects.order_by("plan", "number").last()
        proposed = {"plan": latest.plan_id, "number": latest.number + 1} if latest else {}
        return {**proposed, **super().get_changeform_initial_data(request)}

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, ActionInline):
            positions = obj.actions.values_list("position", flat=True) if obj.pk else ()
            kwargs["initial"] = [{"position": max(positions, default=0) + 1}]
        return kwargs

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field and db_field.name in HELP_TEXTS:
            form_field.help_text = HELP_TEXTS[db_field.name]
        return form_field

    # --- Preview ---

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("<int:object_id>/preview/", preview, name=f"{name}_preview"), *super().get_urls()]

    def preview_view(self, request, object_id):
        measure = self.get_object(request, str(object_id))
        if not self.has_view_permission(request, measure):
            raise PermissionDenied
        if not measure:
            raise Http404
        return MeasurePreview.as_view()(request, code=measure.code)

    # --- Publishing many ---

    @admin.action(description=gettext_lazy("Publish the selected measures"), permissions=["publish"])
    def publish(self, request, queryset):
        return self.set_status(request, queryset, Measure.Status.PUBLISHED)

    @admin.action(description=gettext_lazy("Unpublish the selected measures"), permissions=["publish"])
    def unpublish(self, request, queryset):
        return self.set_status(request, queryset, Measure.Status.DRAFT)

    def set_status(self, request, queryset, status):
        """Asks first, naming the measures and what keeps some from being published; then does all that can be done."""
        publishing = status == Measure.Status.PUBLISHED
        chosen = Measure.objects.filter(pk__in=queryset.values("pk")).exclude(status=status)
        ready, refused = [], []
        for measure in chosen.select_for_update().order_by("pk"):
            missing = missing_parts(measure) if publishing else []
            (refused if missing else ready).append((measure, missing))
        if "confirmed" in request.POST:
            count = Measure.objects.filter(pk__in=[measure.pk for measure, _missing in ready]).update(
                status=status
            )
            done = (
                ngettext("%(count)d measure is now public.", "%(count)d measures are now public.", count)
                if publishing
                else ngettext(
                    "%(count)d measure is now a draft.", "%(count)d measures are now drafts.", count
                )
            )
            messages.success(request, done % {"count": count})
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish these measures?") if publishing else _("Unpublish these measures?"),
            "opts": self.opts,
            "publishing": publishing,
            "ready": [measure for measure, _missing in ready],
            "refused": refused,
            "action": "publish" if publishing else "unpublish",
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/measures/set_status.html", context)


HELP_TEXTS = {
    "number": gettext_lazy("Part of the public address: it stays for good once the measure was public."),
    "title_zh": gettext_lazy("Short and in plain words, as a newspaper would head it."),
    "title_en": gettext_lazy("Says the same as the Chinese. Needed for publication."),
    "summary_zh": gettext_lazy("Two or three sentences that say who does what, in your own words."),
    "summary_en": gettext_lazy("Translated from the Chinese summary. Needed for publication."),
    "paragraphs": gettext_lazy("Every paragraph of the report that this measure rests on. At least one."),
    "parent": gettext_lazy("Only for measures that the editors split from another one."),
    "audiences": gettext_lazy("Only whom the report names or plainly means; none is a good answer."),
    "keywords_zh": gettext_lazy("One a line: other names that people would search for."),
    "keywords_en": gettext_lazy("One a line: other names that people would search for."),
    "note_zh": gettext_lazy("What readers should know of the editors’ choices. It is public."),
    "status": gettext_lazy(
        "Published means: visible to everyone within a second. It needs both titles, both summaries, a source "
        "paragraph and an action."
    ),
}
