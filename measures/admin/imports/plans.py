"""Rows of new plans, paragraphs and categories. What is there already stays as it is; it is changed in its form."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from measures.history.fields import ROWS, fields_of, flat
from measures.models import Category, Plan, SourceParagraph

from .cells import entries
from .parts import record_named, truth


@dataclass(frozen=True)
class Columns:
    """The columns of a sheet; `needed` tell it from other sheets, and `key` its rows from one another."""

    model: type[Model]
    names: tuple[str, ...]
    needed: tuple[str, ...]
    key: tuple[str, ...]


PLAN_COLUMNS = tuple(name for name in fields_of("plan") if name not in ("status", *ROWS))
SHEETS = {
    "plan": Columns(Plan, PLAN_COLUMNS, ("year", "short_title_zh"), ("slug",)),
    "paragraphs": Columns(
        SourceParagraph,
        ("plan", *flat(ROWS["source_paragraphs"].lines)),
        ("plan", "number", "opening"),
        ("plan_id", "number"),
    ),
    "categories": Columns(
        Category, ("plan", *fields_of("category")), ("plan", "number", "name_zh"), ("slug",)
    ),
}


def entered(kind: str, cells: dict[str, str], may_enter) -> Model | None:
    """The record of a row, saved; None where it is there already and says the same. Raises ValidationError by column."""
    columns = SHEETS[kind]
    values, numbers = values_of(columns, cells)
    record = columns.model(**values)
    saved = columns.model.objects.filter(**{name: getattr(record, name) for name in columns.key}).first()
    if saved:
        different = [
            name
            for name in columns.names
            if name != "paragraphs" and getattr(saved, name) != getattr(record, name)
        ]
        if different:
            raise ValidationError(
                {name: _("It is saved with another text; change it in its form.") for name in different}
            )
        return None
    record.full_clean()
    if not may_enter(kind, record):
        raise ValidationError({columns.names[0]: _("Your account may not enter this.")})
    record.save(force_insert=True)
    if numbers:
        record.paragraphs.set(
            record_named(SourceParagraph, plan=record.plan_id, number=number) for number in numbers
        )
    return record


def values_of(columns: Columns, cells: dict[str, str]) -> tuple[dict, list[str]]:
    """The values of the record's own fields, and the numbers of the paragraphs that it cites."""
    values, numbers = {}, []
    for name in columns.names:
        cell = cells.get(name, "").strip()
        try:
            if name == "paragraphs":
                numbers = entries(cell)
            elif name == "plan":
                values[name] = record_named(Plan, year=cell)
            elif name == "heading":
                values[name] = truth(cell)
            else:
                values[name] = columns.model._meta.get_field(name).to_python(
                    cell or None if name in ("year", "number") else cell
                )
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
    return values, numbers
