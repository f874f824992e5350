"""The form of a measure and the forms of its rows: actions, links to centres, roles of places."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.history.fields import ROWS
from measures.models import Action, CentreLink, DistrictRole, Measure, Plan, SourceParagraph

from .forms import OfPlanForm, RecordFields, RecordForm, RowFormSet
from .numbering import NumberedForm
from .readiness import missing_texts, not_ready

HELP_TEXTS = {
    "number": gettext_lazy("Part of the public address: it stays for good once the measure was public."),
    "title_zh": gettext_lazy("Short and in plain words, as a newspaper would head it."),
    "title_en": gettext_lazy("Says the same as the Chinese. Needed for publication."),
    "headline_zh": gettext_lazy(
        "What lists head it with: at most 22 characters, in words that people use, and no more than the source promises."
    ),
    "headline_en": gettext_lazy("The same in English, at most 60 characters."),
    "summary_zh": gettext_lazy("Two or three sentences that say who does what, in your own words."),
    "summary_en": gettext_lazy("Translated from the Chinese summary. Needed for publication."),
    "paragraphs": gettext_lazy("Every paragraph of the report that this measure rests on. At least one."),
    "parent": gettext_lazy("Only for measures that the editors split from another one."),
    "audiences": gettext_lazy("Only whom the report names or plainly means; none is a good answer."),
    "keywords_zh": gettext_lazy("One a line: other names that people would search for."),
    "keywords_en": gettext_lazy("One a line: other names that people would search for."),
    "note_zh": gettext_lazy("What readers should know of the editors’ choices. It is public."),
    "status": gettext_lazy(
        "Published means: visible to everyone within a second, or with its plan if that is still a draft. It needs both "
        "titles, both summaries, a source paragraph and an action."
    ),
}


class MeasureForm(NumberedForm):
    class Meta:
        widgets = {
            "basis": forms.RadioSelect,
            "status": forms.RadioSelect,
        }

    def _post_clean(self):
        super()._post_clean()
        if self.instance.status != Measure.Status.PUBLISHED:
            return
        texts = missing_texts(self.instance)
        missing = [label for name, label in texts.items() if name not in self.errors]
        if "paragraphs" in self.cleaned_data and not self.cleaned_data["paragraphs"]:
            missing.append(str(SourceParagraph._meta.verbose_name))
        if missing:
            self.add_error(None, not_ready(missing))


class ActionForm(OfPlanForm):
    def plan_of(self, cleaned) -> Plan | None:
        return getattr(cleaned.get("measure"), "plan", None)

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

    def get_unique_error_message(self, unique_check):
        return _("Two actions have the same number.")


class RowInline(RecordFields, admin.StackedInline):
    form = RecordForm
    formset = RowFormSet
    extra = 1
    after = "source"  # the class of the fieldset that it follows


class ActionInline(RowInline):
    model = Action
    form = ActionForm
    formset = ActionFormSet
    fields = ROWS["actions"].lines
    autocomplete_fields = ("paragraph",)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "position":
            form_field.min_value = 1
            form_field.widget.attrs["min"] = 1
            form_field.help_text = _("Actions are shown by number; change numbers to change the order.")
        return form_field


class CentreLinkInline(RowInline):
    model = CentreLink
    fields = ROWS["centres"].lines


class DistrictRoleInline(RowInline):
    model = DistrictRole
    fields = ROWS["districts"].lines
    autocomplete_fields = ("district",)
