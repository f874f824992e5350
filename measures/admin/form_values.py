"""The values of a form: as a browser posts them, as a person reads them, typed and saved."""

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext as _


def as_posted(form_field, value) -> list[str]:
    """A Python value as a browser would post it for `form_field`."""
    return posted_values(form_field.prepare_value(value))


def posted_values(value) -> list[str]:
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return ["" if value is None else str(value)]


def as_shown(form_field, posted: list[str]) -> str:
    """Posted values as a person reads them: names for keys, labels for choices."""
    if isinstance(form_field, forms.ModelChoiceField):
        names = []
        for value in filter(None, posted):
            try:
                names.append(str(form_field.queryset.get(pk=value)))
            except (ObjectDoesNotExist, ValueError):
                names.append(value)
        return _(", ").join(names)
    if isinstance(form_field, forms.BooleanField):
        return _("yes") if posted and posted[0] not in ("", "False") else _("no")
    if isinstance(form_field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in form_field.choices}
        return _(", ").join(labels.get(value, value) for value in posted if value)
    return "\n".join(posted).replace("\r\n", "\n")


def editable(form) -> list[str]:
    """The fields that a person fills in: not the keys that tie a row to its record, nor what is locked."""
    keys = {DELETION_FIELD_NAME, form._meta.model._meta.pk.name}
    return [
        name
        for name, form_field in form.fields.items()
        if name not in keys
        and not form_field.disabled
        and not isinstance(form_field, forms.models.InlineForeignKeyField)
    ]


def typed_values(form) -> dict[str, list[str]]:
    return {name: posted_values(form[name].data) for name in editable(form)}


def saved_values(form) -> dict[str, list[str]]:
    return {
        name: as_posted(form.fields[name], form.get_initial_for_field(form.fields[name], name))
        for name in editable(form)
    }
