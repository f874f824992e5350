"""The records that measures refer to: categories, centres, audiences, places; terms, synonyms."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.history.fields import form_lines
from measures.models import Audience, Category, Centre, District, Plan, SourceParagraph, Synonym, Term

from .base import RecordAdmin
from .forms import RecordForm
from .numbering import Numbered, NumberedForm
from .public import PublicAtOnce
from .waiting import MissingInTerm


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


class CategoryForm(NumberedForm, RecordForm):
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
class CategoryAdmin(Numbered, PublicAtOnce, RecordAdmin):
    form = CategoryForm
    permanent = ("slug", "plan")
    list_display = ("number", "shown_name", "slug", "plan")
    list_display_links = ("shown_name",)
    list_filter = ("plan",)
    search_fields = ("name_zh", "name_en", "slug")
    fields = form_lines("category")

    @admin.display(description=gettext_lazy("name"), ordering="name_zh")
    def shown_name(self, record):
        return record.name


@admin.register(Centre)
class CentreAdmin(PublicAtOnce, RecordAdmin):
    list_display = ("order", "shown_name", "slug")
    list_display_links = ("shown_name",)
    search_fields = ("name_zh", "name_en", "slug")
    fields = form_lines("centre")
    shown_name = CategoryAdmin.shown_name

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # A centre is public: it says nothing of plans that are not.
        kwargs["queryset"] = SourceParagraph.objects.filter(plan__status=Plan.Status.PUBLISHED)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Audience)
class AudienceAdmin(PublicAtOnce, RecordAdmin):
    list_display = ("order", "shown_name", "slug")
    list_display_links = ("shown_name",)
    search_fields = ("name_zh", "name_en", "slug")
    fields = form_lines("audience")
    shown_name = CategoryAdmin.shown_name


@admin.register(District)
class DistrictAdmin(PublicAtOnce, RecordAdmin):
    list_display = ("shown_name", "kind", "code", "parent", "slug")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name_zh", "name_en", "pinyin", "slug", "code", "aliases")
    autocomplete_fields = ("parent",)
    fields = form_lines("district")
    shown_name = CategoryAdmin.shown_name


class TermForm(RecordForm):
    def clean(self):
        cleaned = super().clean()
        plan = cleaned.get("plan") or getattr(self.instance, "plan", None)
        foreign = [
            measure for measure in cleaned.get("measures") or () if plan and measure.plan_id != plan.year
        ]
        if foreign:
            codes = _(", ").join(measure.code for measure in foreign)
            self.add_error("measures", _("These belong to another plan: %(measures)s") % {"measures": codes})
        return cleaned


@admin.register(Term)
class TermAdmin(PublicAtOnce, RecordAdmin):
    form = TermForm
    permanent = ("slug", "plan")
    list_display = ("shown_name", "name_en", "slug", "plan")
    list_filter = ("plan", MissingInTerm)
    autocomplete_fields = ("measures",)
    list_display_links = ("shown_name",)
    search_fields = ("name_zh", "name_en", "gloss_zh", "gloss_en", "slug")
    fields = form_lines("term")
    shown_name = CategoryAdmin.shown_name

    def get_view_on_site_url(self, obj=None):
        return f"{reverse('glossary')}#{obj.slug}" if obj else None


@admin.register(Synonym)
class SynonymAdmin(PublicAtOnce, RecordAdmin):
    permanent = ()
    list_display = ("word", "means", "both_ways")
    search_fields = ("word", "means")
    fields = form_lines("synonym")

    def get_view_on_site_url(self, obj=None):
        return None
