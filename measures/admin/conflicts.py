"""Two people saved the same record: the differences between what is saved and what was typed, and the choice.

A form carries the values it was opened with (Django's hidden initial values), so that for each field it is known who
touched it: only the other, only this person, or both. Nothing is decided silently; where only one side touched a field its
value is chosen beforehand.
"""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.utils.translation import gettext as _

from measures.history.texts import compared_texts
from measures.language.bilingual import language_of

from .form_values import as_posted, as_shown, editable, saved_values, typed_values

SAVED, OWN = "saved", "own"
CHOICE = "choice-"  # the prefix under which choices are posted


@dataclass
class Difference:
    """One choice to make; `chosen` is empty where both sides touched the field and only a person can decide."""

    name: str
    label: str
    saved: str
    own: str
    chosen: str = ""
    lang: str = ""
    parts: list = field(default_factory=list)

    def __post_init__(self):
        self.parts = compared_texts(self.saved, self.own, self.lang)


@dataclass
class Row:
    """A row of a formset as it will be posted again: values, the values it began with, and its key if it has one."""

    form: forms.ModelForm
    saved: list | None = None  # the saved values by field name, None where there is no such row now
    own: dict | None = None  # the typed values by field name, None where this person never saw the row
    pk: str = ""
    deleted: bool = False
    choice: str = ""  # the name of the one choice for the whole row, if there is one


class Comparison:
    """Compares what is saved now with what was typed, in a form and its formsets bound to the saved record."""

    def __init__(self, form, formsets, data):
        self.form, self.formsets, self.data = form, formsets, data
        self.differences: list[Difference] = []
        self.compare_fields(form, form)
        self.rows = [(formset, self.compare_formset(formset)) for formset in formsets]
        for difference in self.differences:
            earlier = data.get(CHOICE + difference.name)
            if not difference.chosen and earlier == OWN:
                difference.chosen = OWN

    # --- What differs ---

    def compare_fields(self, form, saved_form, row: str = "") -> None:
        """`saved_form` holds what is saved as its initial values; it is `form` itself unless a row was matched."""
        for name in editable(form):
            form_field, bound = form.fields[name], form[name]
            saved = saved_form.get_initial_for_field(form_field, name)
            if not form_field.has_changed(saved, bound.data):
                continue
            touched_by_other = form is not saved_form or self.touched_by_other(bound)
            touched_by_own = form is not saved_form or self.touched(bound)
            label = str(form_field.label)
            self.differences.append(
                Difference(
                    name=bound.html_name,
                    label=_("%(row)s: %(field)s") % {"row": row, "field": label} if row else label,
                    saved=as_shown(form_field, as_posted(form_field, saved)),
                    own=as_shown(form_field, typed_values(form)[name]),
                    chosen="" if touched_by_other and touched_by_own else SAVED if touched_by_other else OWN,
                    lang=language_of(name),
                )
            )

    @staticmethod
    def touched_by_other(bound) -> bool:
        """Whether what is saved differs from what the form was opened with."""
        begun_with = bound.form._widget_data_value(bound.field.hidden_widget(), bound.html_initial_name)
        return bound.field.has_changed(bound.form.get_initial_for_field(bound.field, bound.name), begun_with)

    @staticmethod
    def touched(bound) -> bool:
        try:
            return bound._has_changed()
        except ValidationError:
            return True

    def compare_formset(self, formset) -> list[Row]:
        """The rows of a formset, those that are saved first, in the order in which they were entered."""
        saved_rows = {str(row.pk): row for row in formset.get_queryset()}
        seen, new = self.posted_rows(formset)
        unseen = {pk: row for pk, row in saved_rows.items() if pk not in seen}
        both = [(seen[pk], row) for pk, row in saved_rows.items() if pk in seen]
        for row, saved in both:
            row.saved = saved_values(row.form)
            if row.deleted:
                self.compare_deleted(row)
            else:
                self.compare_fields(row.form, row.form, str(saved))
        gone = [row for pk, row in seen.items() if pk not in saved_rows and not row.deleted]
        for row in gone:
            chosen = "" if self.any_touched(row.form) else SAVED
            self.add_row_difference(row, _("(deleted)"), self.shown(row.form, row.own), chosen)
        for row in new:
            self.compare_new_row(formset, row, unseen)
        entered = [self.entered_meanwhile(formset, pk, saved) for pk, saved in unseen.items()]
        return [*(row for row, _saved in both), *gone, *new, *entered]

    def posted_rows(self, formset) -> tuple[dict[str, Row], list[Row]]:
        """The rows that this person saw, by key, and those that this person entered."""
        pk_name = formset.model._meta.pk.name
        seen, new = {}, []
        for form in formset.forms:
            pk = self.data.get(form.add_prefix(pk_name), "")
            deleted = bool(self.data.get(form.add_prefix(DELETION_FIELD_NAME)))
            if pk:
                seen[pk] = Row(form, None, typed_values(form), pk, deleted)
            elif self.any_touched(form) and not deleted:
                new.append(Row(form, None, typed_values(form)))
        return seen, new

    def any_touched(self, form) -> bool:
        return any(self.touched(form[name]) for name in editable(form))

    def compare_new_row(self, formset, row: Row, unseen: dict) -> None:
        """Compares a row with the one of `unseen` (key -> saved row) that says the same, and takes that out."""
        match = next((pk for pk, saved in unseen.items() if self.same(formset, row.form, saved)), None)
        if match:
            saved_form = formset.form(instance=unseen.pop(match), **formset.get_form_kwargs(None))
            row.pk, row.saved = match, saved_values(saved_form)
            self.compare_fields(row.form, saved_form, str(saved_form.instance))
        else:
            self.add_row_difference(row, _("(not there)"), self.shown(row.form, row.own), OWN)

    def entered_meanwhile(self, formset, pk: str, saved) -> Row:
        """A saved row that this person never saw."""
        prefix = f"{formset.prefix}-new-{pk}"
        form = formset.form(instance=saved, prefix=prefix, **formset.get_form_kwargs(None))
        row = Row(form, saved_values(form), None, pk)
        self.add_row_difference(row, self.shown(form, row.saved), _("(not there)"), SAVED)
        return row

    def compare_deleted(self, row: Row) -> None:
        touched_by_other = any(self.touched_by_other(row.form[name]) for name in editable(row.form))
        shown = self.shown(row.form, row.saved)
        self.add_row_difference(row, shown, _("(deleted)"), "" if touched_by_other else OWN)

    def add_row_difference(self, row: Row, saved: str, own: str, chosen: str) -> None:
        row.choice = row.form.prefix
        model = row.form._meta.model
        self.differences.append(Difference(row.choice, str(model._meta.verbose_name), saved, own, chosen))

    @staticmethod
    def shown(form, values: dict) -> str:
        texts = [as_shown(form.fields[name], value) for name, value in values.items()]
        return "\n".join(filter(None, texts))

    @staticmethod
    def same(formset, form, saved) -> bool:
        """Whether a new row is the saved one entered twice: by what it names or, for an action, by its words."""
        return all(
            not form.fields[name].has_changed(
                form.fields[name].prepare_value(saved.serializable_value(name)), form[name].data
            )
            for name in formset.same_row_fields
        )

    # --- What was chosen ---

    @property
    def undecided(self) -> list[Difference]:
        return [own for own in self.differences if self.chosen(own.name) not in (SAVED, OWN)]

    def chosen(self, name: str) -> str:
        return self.data.get(CHOICE + name, "") if name else ""

    def merged(self):
        """The posted data as if it had been typed into a form opened just now, with the choices made."""
        data = self.data.copy()
        names = {CHOICE + difference.name for difference in self.differences}
        for key in [key for key in data if key in names]:
            del data[key]
        self.write(data, self.form.prefix, self.form, saved_values(self.form), typed_values(self.form))
        for formset, rows in self.rows:
            prefix = f"{formset.prefix}-"
            for key in [key for key in data if key.removeprefix("initial-").startswith(prefix)]:
                del data[key]
            # Saved rows come first: a formset takes its first rows for those that exist.
            kept = [row for row in rows if row.saved is not None or self.chosen(row.choice) != SAVED]
            kept.sort(key=lambda row: row.saved is None)
            self.give_free_numbers(formset, kept)
            for index, row in enumerate(kept):
                row_prefix, chosen = f"{prefix}{index}", self.chosen(row.choice)
                self.write(data, row_prefix, row.form, row.saved, None if chosen == SAVED else row.own)
                data[f"{row_prefix}-{formset.model._meta.pk.name}"] = row.pk if row.saved is not None else ""
                data[f"{row_prefix}-{formset.fk.name}"] = str(formset.instance.pk)
                # A deletion that stands: this person marked the row, or refused one that the other entered.
                if chosen == OWN and row.saved is not None:
                    data[f"{row_prefix}-{DELETION_FIELD_NAME}"] = "on"
            data[f"{prefix}{TOTAL_FORM_COUNT}"] = str(len(kept))
            data[f"{prefix}{INITIAL_FORM_COUNT}"] = str(sum(row.saved is not None for row in kept))
        return data

    def write(self, data, prefix, form, saved, own) -> None:
        """Put one form's values and initial values into `data` under `prefix`."""
        for name in editable(form):
            key = f"{prefix}-{name}" if prefix else name
            values = saved[name] if own is None else own[name]
            if saved is not None and own is not None and self.chosen(form.add_prefix(name)) == SAVED:
                values = saved[name]
            begun_with = saved[name] if saved is not None else as_posted(form.fields[name], None)
            data.setlist(key, values)
            data.setlist(f"initial-{key}", begun_with)

    def give_free_numbers(self, formset, rows: list[Row]) -> None:
        """An action entered under a number that another one took meanwhile goes to the end."""
        number = formset.number_field
        if not number:
            return
        taken = set()
        for row in rows:  # those that are saved come first
            values = row.saved if row.own is None else row.own
            if row.saved is None and values[number][0] in taken:
                last = max((int(value) for value in taken if value.isdecimal()), default=0)
                values[number] = [str(last + 1)]
            taken.update(values[number])
