"""The admin of measures."""

from django.contrib import admin, messages
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.catalogue import Catalogue
from measures.history.fields import form_lines
from measures.models import Measure
from measures.search import Search

from .base import RecordAdmin
from .citing import list_cited_paragraphs
from .families import warnings_of_publishing, warnings_of_withdrawing
from .imports import SpreadsheetImport
from .measure_forms import HELP_TEXTS, ActionInline, CentreLinkInline, DistrictRoleInline, MeasureForm
from .numbering import Numbered
from .preview import Preview
from .public import is_public
from .publishing import PublishingActions
from .waiting import MissingInMeasure, drafts_by_pinyin


@admin.register(Measure)
class MeasureAdmin(SpreadsheetImport, Preview, PublishingActions, Numbered, RecordAdmin):
    form = MeasureForm
    permanent = ("plan", "number")
    inlines = (ActionInline, CentreLinkInline, DistrictRoleInline)
    autocomplete_fields = ("parent",)
    fieldsets = (
        (
            gettext_lazy("What"),
            {
                "fields": form_lines("measure", "what"),
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
                "fields": form_lines("measure", "origin"),
                "description": gettext_lazy(
                    "“Named” means that the report gives the reform a name or lists it as a key reform; “described” that a "
                    "paragraph of its own says what will be done, without such a name. What the editors separated from "
                    "another measure is “split” and names that measure. Below follow what will be done, which centres it "
                    "serves and why, and where."
                ),
            },
        ),
        (gettext_lazy("Whom it concerns"), {"fields": form_lines("measure", "audiences")}),
        (gettext_lazy("Keywords"), {"fields": form_lines("measure", "keywords")}),
        (gettext_lazy("Editors’ note"), {"fields": form_lines("measure", "note")}),
        (gettext_lazy("Publication"), {"fields": form_lines("measure", "publication")}),
    )
    list_display = ("code", "shown_title", "category", "basis", "status", "edited")
    list_display_links = ("code", "shown_title")
    list_filter = (
        "plan",
        "status",
        MissingInMeasure,
        "category",
        "basis",
        ("centre_links__centre", admin.RelatedOnlyFieldListFilter),
        "centre_links__basis",
        "audiences",
        "district_roles__role",
    )
    list_per_page = 50
    search_fields = ("code",)  # and the public search, see below
    search_help_text = gettext_lazy(
        "As on the public site: Chinese, pinyin, initials or English; or a code. Drafts are found too, by words and by the pinyin "
        "of their titles."
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("category").with_last_edit()

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        catalogue = Catalogue.current()
        found = Search(search_term, catalogue).found
        keys = catalogue.register.keys_of(found, catalogue.register.in_plan_order)
        fits = Q(pk__in=list(keys)) | Q(code__icontains=search_term.strip())
        for name in ("title_zh", "title_en", "official_name_zh", "summary_zh", "summary_en"):
            # The public search knows nothing of drafts.
            fits |= Q(status=Measure.Status.DRAFT, **{f"{name}__icontains": search_term.strip()})
        fits |= Q(pk__in=drafts_by_pinyin(search_term))
        return queryset.filter(fits), False

    @admin.display(description=gettext_lazy("title"), ordering="title_zh")
    def shown_title(self, measure):
        return measure.title

    @admin.display(description=gettext_lazy("last edited"), ordering="last_edit")
    def edited(self, measure):
        return measure.last_edit

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if self.has_publish_permission(request) else (*fields, "status")

    def get_view_on_site_url(self, obj=None):
        shown = obj and obj.status == Measure.Status.PUBLISHED and is_public(obj)
        return super().get_view_on_site_url(obj) if shown else None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if added := list_cited_paragraphs(form.instance):
            said = _("An action cites %(paragraphs)s, so it is among the paragraphs of the measure.")
            self.message_user(request, said % {"paragraphs": _(", ").join(map(str, added))}, messages.WARNING)
        if "status" in form.changed_data:
            measure = form.instance
            publishes = measure.status == Measure.Status.PUBLISHED
            for warning in (warnings_of_publishing if publishes else warnings_of_withdrawing)([measure]):
                self.message_user(request, warning, messages.WARNING)

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
