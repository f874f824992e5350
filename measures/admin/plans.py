"""Plans: their form, publishing one with its measures in one step, and what can be mended until then."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.history.fields import ROWS, form_lines
from measures.history.kinds import versions_of
from measures.history.restoring import move_to_year
from measures.models import Plan, SourceParagraph

from .base import RecordAdmin
from .citing import citing
from .forms import RecordFields, RecordForm, RowFormSet
from .plan_publishing import PlanPublishing
from .public import PublicAtOnce


class ParagraphFormSet(RowFormSet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.given_out = versions_of(self.instance).public().exists()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk and self.given_out:
            form.fields["number"].disabled = True  # readers cite it

    def clean(self):
        super().clean()
        for form in filter(self._should_delete_form, self.initial_forms):
            if records := citing(form.instance):
                said = _(
                    "Paragraph %(number)s cannot be deleted; it is cited by: %(records)s. Take it out there first."
                )
                named = _(", ").join(map(str, records))
                raise ValidationError(said % {"number": form.instance.number, "records": named})


class ParagraphInline(RecordFields, admin.TabularInline):
    model = SourceParagraph
    form = RecordForm
    formset = ParagraphFormSet
    fields = ROWS["source_paragraphs"].lines
    extra = 0
    verbose_name_plural = gettext_lazy("source paragraphs, by their opening words")


@admin.register(Plan)
class PlanAdmin(PlanPublishing, PublicAtOnce, RecordAdmin):
    list_display = ("slug", "year", "short_title_zh", "status")
    permanent = ("slug", "year")
    inlines = (ParagraphInline,)
    readonly_fields = ("status",)  # see plan_publishing.py
    of_plan = True
    fieldsets = (
        (None, {"fields": form_lines("plan", "names")}),
        (gettext_lazy("Source"), {"fields": form_lines("plan", "source")}),
        (gettext_lazy("Introduction and method"), {"fields": form_lines("plan", "introduction")}),
        (gettext_lazy("Publication"), {"fields": form_lines("plan", "publication")}),
    )

    # --- A year that was mistyped ---

    def saved_or_refused(self, request, object_id, form_url, context):
        plan, year = self.get_object(request, object_id) if object_id else None, year_of(request.POST)
        moves = plan and year and year != plan.year and not self.has_been_public(plan)
        if moves and Plan.objects.filter(year=year).exists():
            request.refusal = _("There is a plan of %(year)s already.") % {"year": year}
            request.POST = with_year(request.POST, plan.year)
            moves = False
        if not moves:
            return super().saved_or_refused(request, object_id, form_url, context)
        with transaction.atomic():
            move_to_year(plan.year, year)
            request.POST = with_year(request.POST, year)
            response = super().saved_or_refused(request, object_id, form_url, context)
            if not isinstance(response, HttpResponseRedirect):
                response.render()  # while the plan has the year that the form says
                transaction.set_rollback(True)
        return response

    # --- Deleting: the paragraphs of the source go with their plan; whatever else belongs to it has to go before ---

    def get_deleted_objects(self, objs, request):
        listed, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        protected = [text for text in protected if "/sourceparagraph/" not in text]  # links to their pages
        return listed, counts, missing_permissions - {SourceParagraph._meta.verbose_name}, protected

    def delete_model(self, request, obj):
        obj.source_paragraphs.all().delete()
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for plan in queryset:
            self.delete_model(request, plan)


def year_of(data) -> int:
    """The year that a plan's form says; 0 where it says none."""
    year = data.get("year", "")
    return int(year) if year.isdecimal() and len(year) <= 4 else 0


def with_year(data, year: int):
    """Posted data of a plan's form that say this year, in the rows of its paragraphs too."""
    data = data.copy()
    for name in data:
        if name == "year" or (name.startswith("source_paragraphs-") and name.endswith("-plan")):
            data[name] = str(year)
    return data
