"""What measures refer to: the plan and its paragraphs, categories, centres, audiences, places."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Audience, Category, Centre, District, Plan, SourceParagraph

from .base import RecordAdmin, RecordFields, RecordForm
from .measures import RowFormSet


class ParagraphForm(RecordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["number"].disabled = True  # readers cite it


class ParagraphFormSet(RowFormSet):
    same_row_fields = ("number",)


class ParagraphInline(RecordFields, admin.TabularInline):
    model = SourceParagraph
    form = ParagraphForm
    formset = ParagraphFormSet
    fields = ("number", "heading", "opening")
    extra = 0
    verbose_name_plural = gettext_lazy("source paragraphs, by their opening words")


@admin.register(Plan)
class PlanAdmin(RecordAdmin):
    list_display = ("slug", "year", "short_title_zh")
    permanent = ("slug", "year")
    inlines = (ParagraphInline,)
    fieldsets = (
        (
            None,
            {"fields": (("slug", "year"), ("title_zh", "title_en"), ("short_title_zh", "short_title_en"))},
        ),
        (gettext_lazy("Source"), {"fields": (("issuer_zh", "issuer_en"), ("source_zh", "source_en"))}),
        (
            gettext_lazy("Introduction and method"),
            {"fields": (("intro_zh", "intro_en"), ("method_zh", "method_en"))},
        ),
    )

    def get_view_on_site_url(self, obj=None):
        return None


@admin.register(SourceParagraph)
class SourceParagraphAdmin(admin.ModelAdmin):
    """Only looked up from other forms; paragraphs are edited with their plan."""

    search_fields = ("=number", "opening")

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CategoryForm(RecordForm):
    def clean(self):
        cleaned = super().clean()
        plan = cleaned.get("plan") or getattr(self.instance, "plan", None)
        foreign = [
            paragraph
            for paragraph in cleaned.get("paragraphs") or ()
            if plan and paragraph.plan_id != plan.year
        ]
        if foreign:
            self.add_error(
                "paragraphs",
                ValidationError(
                    _("These belong to another plan: %(paragraphs)s"),
                    params={"paragraphs": _(", ").join(map(str, foreign))},
                ),
            )
        return cleaned


@admin.register(Category)
class CategoryAdmin(RecordAdmin):
    form = CategoryForm
    permanent = ("slug", "plan")
    list_display = ("number", "shown_name", "slug", "plan")
    list_display_links = ("shown_name",)
    search_fields = ("name_zh", "name_en", "slug")
    fields = (("plan", "number"), "slug", ("name_zh", "name_en"), ("intro_zh", "intro_en"), "paragraphs")

    @admin.display(description=gettext_lazy("name"), ordering="name_zh")
    def shown_name(self, record):
        return record.name


@admin.register(Centre)
class CentreAdmin(RecordAdmin):
    list_display = ("order", "shown_name", "slug")
    list_display_links = ("shown_name",)
    search_fields = ("name_zh", "name_en", "slug")
    fields = (
        ("slug", "order"),
        ("name_zh", "name_en"),
        ("short_zh", "short_en"),
        ("epithet_zh", "epithet_en"),
        ("description_zh", "description_en"),
        "paragraphs",
    )
    shown_name = CategoryAdmin.shown_name


@admin.register(Audience)
class AudienceAdmin(RecordAdmin):
    list_display = ("order", "shown_name", "slug")
    list_display_links = ("shown_name",)
    search_fields = ("name_zh", "name_en", "slug")
    fields = (("slug", "order"), ("name_zh", "name_en"))
    shown_name = CategoryAdmin.shown_name


@admin.register(District)
class DistrictAdmin(RecordAdmin):
    list_display = ("shown_name", "kind", "code", "parent", "slug")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name_zh", "name_en", "pinyin", "slug", "code", "aliases")
    autocomplete_fields = ("parent",)
    fields = (
        ("slug", "kind"),
        ("name_zh", "name_en"),
        ("pinyin", "code"),
        ("parent", "aliases"),
        ("note_zh", "note_en"),
    )
    shown_name = CategoryAdmin.shown_name
