"""Fields, forms and rows of forms as all records of the staff desk have them."""

import re

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _

from measures.history.fields import ROWS
from measures.language.bilingual import language_of
from measures.models import Category, Plan


class LinesField(SimpleArrayField):
    """A list typed one item a line; empty lines do not count."""

    widget = forms.Textarea

    def __init__(self, base_field, **options):
        options.pop("delimiter", None)
        super().__init__(base_field, delimiter="\n", **options)

    def to_python(self, value):
        if isinstance(value, str):
            value = "\n".join(line.strip() for line in value.splitlines() if line.strip())
        return super().to_python(value)


class PlainTextField(forms.CharField):
    """Text without the carriage returns that browsers post."""

    def to_python(self, value):
        value = super().to_python(value)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class RecordForm(forms.ModelForm):
    refusal = ""  # set for one request: what the database said of the same data a moment ago

    def clean(self):
        cleaned = super().clean()
        if self.refusal:
            self.add_error(None, str(self.refusal))
        return cleaned


class OfPlanForm(RecordForm):
    """The form of a record of a plan: whatever it names of a plan is of the same one."""

    def plan_of(self, cleaned) -> Plan | None:
        """The plan that is chosen or, where it stands for good, that of the record."""
        return cleaned.get("plan") or getattr(self.instance, "plan", None)

    def clean(self):
        cleaned = super().clean()
        plan = self.plan_of(cleaned)
        for name, chosen in list(cleaned.items()) if plan else ():
            several = isinstance(chosen, models.QuerySet)
            of_others = [
                record
                for record in (chosen if several else [chosen])
                if getattr(record, "plan_id", plan.year) != plan.year
            ]
            if of_others and several:
                named = _(", ").join(map(str, of_others))
                self.add_error(name, _("These belong to another plan: %(records)s") % {"records": named})
            elif of_others:
                self.add_error(name, _("This belongs to another plan (%(year)s).") % {"year": chosen.plan_id})
        return cleaned


def with_year(category: Category) -> str:
    """A category among those of all plans, which may have namesakes."""
    return f"{category.plan_id} · {category.name}"


class RecordFields:
    """Makes the form fields of records and of their rows."""

    formfield_overrides = {models.TextField: {"form_class": PlainTextField}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if hasattr(db_field, "base_field"):
            kwargs["form_class"] = LinesField
        if db_field.many_to_many and db_field.name not in self.autocomplete_fields:
            kwargs["widget"] = forms.CheckboxSelectMultiple
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field is None:
            return None
        if db_field.is_relation and db_field.related_model is Category:
            form_field.label_from_instance = with_year
        # The form repeats its first values, so that it is known later who touched the field: see conflicts.py.
        form_field.show_hidden_initial = True
        attributes = form_field.widget.attrs
        if language := language_of(db_field.name):
            attributes["lang"] = language
        if isinstance(form_field.widget, forms.Textarea):
            short = re.match(
                "title|headline|name|short|official|epithet|issuer|source|text|reason", db_field.name
            )
            attributes["rows"] = 2 if short else 4
        return form_field


class RowFormSet(BaseInlineFormSet):
    number_field = ""

    @property
    def same_row_fields(self) -> tuple[str, ...]:
        """The fields that make two rows, each entered by another person, the same row."""
        return next(rows.named_by for rows in ROWS.values() if rows.model is self.model)
