"""The records that measures refer to: categories, centres, audiences, places; terms, synonyms."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from measures.models import Audience, Category, Centre, District, Plan, SourceParagraph, Synonym, Term

from .base import RecordAdmin
from .forms import OfPlanForm
from .numbering import Numbered, NumberedForm
from .public import PublicAtOnce, ReadOnly
from .waiting import MissingInTerm


@admin.register(SourceParagraph)
class SourceParagraphAdmin(ReadOnly, admin.ModelAdmin):
    """Only looked up from other forms; paragraphs are edited with their plan."""

    search_fields = ("=number", "opening")

    def has_module_permission(self, request):
        return False


@admin.register(Audience)
class NamedAdmin(PublicAtOnce, RecordAdmin):
    """A record with a name; an audience has nothing else."""

    list_display = ("order", "shown_name", "slug")
    list_display_links = ("shown_name",)
    search_fields: tuple[str, ...] = ("name_zh", "name_en", "slug")

    @admin.display(description=gettext_lazy("name"), ordering="name_zh")
    def shown_name(self, record):
        return record.name


@admin.register(Category)
class CategoryAdmin(Numbered, NamedAdmin):
    form = NumberedForm
    permanent = ("slug", "plan")
    list_display = ("number", "shown_name", "slug", "plan")
    list_filter = ("plan",)


@admin.register(Centre)
class CentreAdmin(NamedAdmin):
    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # A centre is public: it says nothing of plans that are not.
        kwargs["queryset"] = SourceParagraph.objects.filter(plan__status=Plan.Status.PUBLISHED)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(District)
class DistrictAdmin(NamedAdmin):
    list_display = ("shown_name", "kind", "code", "parent", "slug")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name_zh", "name_en", "pinyin", "slug", "code", "aliases")
    autocomplete_fields = ("parent",)


@admin.register(Term)
class TermAdmin(NamedAdmin):
    form = OfPlanForm
    permanent = ("slug", "plan")
    list_display = ("shown_name", "name_en", "slug", "plan")
    list_filter = ("plan", MissingInTerm)
    autocomplete_fields = ("measures",)
    search_fields = ("name_zh", "name_en", "gloss_zh", "gloss_en", "slug")


@admin.register(Synonym)
class SynonymAdmin(PublicAtOnce, RecordAdmin):
    permanent = ()
    list_display = ("word", "means", "both_ways")
    search_fields = ("word", "means")
