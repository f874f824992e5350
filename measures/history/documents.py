"""A document as people read it, in the active language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from measures.language.bilingual import CHINESE, ENGLISH, language_of, paragraph_number
from measures.models import DistrictRole

from .fields import ROWS, fields_of, label_of
from .kinds import MODELS
from .names import Names

# Documents refer to these kinds by slug, and to a measure by its code.
NAMED = {"category", "audience", "district"}


@dataclass(frozen=True)
class Entry:
    """One field of a document, ready to be read."""

    label: str
    text: str
    lang: str = ""


def whole(kind: str, document: dict, names: Names) -> list[Entry]:
    """Everything the document says, in an editor's order."""
    found: list[Entry] = []
    for name in fields_of(kind):
        if name not in ROWS:
            found += entries(MODELS[kind], document, [name], names).values()
            continue
        for row in document.get(name, []):
            for entry in entries(ROWS[name].model, row, ROWS[name].fields, names).values():
                label = _("%(row)s: %(field)s") % {"row": row_name(name, row, names), "field": entry.label}
                found.append(Entry(label, entry.text, entry.lang))
    return [entry for entry in found if entry.text]


def entries(
    model: type[Model], document: dict | None, names_of_fields: Iterable[str], names: Names
) -> dict[str, Entry]:
    """{name of the field: Entry} of these fields of a document or row; without one, the texts are empty.

    A document that was written before a field was there has its default.
    """
    found = {}
    for name in names_of_fields:
        field = model._meta.get_field(name)
        value = None if document is None else document.get(name, field.get_default())
        found[name] = Entry(label_of(field), text(field, value, names), language_of(name))
    return found


def text(field: Field, value: object, names: Names) -> str:
    if value is None or value == "" or value == []:
        return ""
    if field.choices:
        return str(dict(field.choices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.name == "paragraph":
        return paragraph_number(value)
    if field.name == "paragraphs":  # a centre's are (year of the plan, number)
        cited = [own if isinstance(own, list) else (None, own) for own in value]
        mixed = len({year for year, _number in cited}) > 1
        return " ".join(f"{year} " * mixed + paragraph_number(number) for year, number in cited)
    kind = field.related_model._meta.model_name if field.is_relation else ""
    if kind in NAMED:
        return _(", ").join(names(kind, slug) for slug in ([value] if isinstance(value, str) else value))
    if isinstance(value, list):
        # Words are in the language of their field, whichever the reader's is.
        between = {CHINESE: "、", ENGLISH: ", "}.get(language_of(field.name)) or _(", ")
        return between.join(map(str, value))
    return str(value)


def row_name(rows: str, row: dict, names: Names) -> str:
    """The name by which people know a row of a document."""
    if rows == "actions":
        return _("action %(number)s") % {"number": row["position"]}
    if rows == "centres":
        return _("centre “%(name)s”") % {"name": names("centre", row["centre"])}
    if rows == "districts":
        role = dict(DistrictRole.Role.choices).get(row["role"], row["role"])
        return _("place “%(name)s” (%(role)s)") % {"name": names("district", row["district"]), "role": role}
    return _("source paragraph %(number)s") % {"number": row["number"]}
