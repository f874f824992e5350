"""The records of the API and of JSON files, as `records.toml` declares them beside what columns and models say already."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, DateTimeField, IntegerField, JSONField, Model

from measures import models
from measures.language.bilingual import Bilingual

from .columns import BY_NAME
from .fields import SLUG, Field, RecordType, options

DECLARED: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SHARED = DECLARED.pop("shared")
#: The models of records that have another name than theirs.
MODELS: dict[str, type[Model]] = {
    "CategoryNames": models.Category,
    "Change": models.Version,
    "ChangeWithRecord": models.Version,
}
TYPES = {IntegerField: "integer", BooleanField: "boolean", DateTimeField: "datetime", JSONField: "any"}


@cache
def record(name: str) -> RecordType:
    """The kind of record that the file declares by this name."""
    declared = DECLARED[name]
    if "extends" in declared:
        first = record(declared["extends"])
        return RecordType(name, first.description, (*first.fields, *_fields(name)))
    return RecordType(name, options(declared)["description"], tuple(_fields(name)))


def _fields(record_name: str) -> Iterator[Field]:
    declared: dict[str, Any] = DECLARED[record_name]
    is_measure = record_name == "Measure"
    shared, of_this = {} if is_measure else SHARED, declared.get("own", {})
    for written in declared["fields"]:
        part, _dot, name = written.rpartition(".")
        model = _model(record_name, part)
        in_both = isinstance(getattr(model, name, None), Bilingual)
        for own in (f"{name}_zh", f"{name}_en") if in_both else (name,):
            changes = options(shared.get(own, {}) | of_this.get(own, {}))
            known = BY_NAME.get(own) if is_measure else _of_model(model, own)
            if part:
                changes["value"] = attrgetter(f"{part}.{own}")
            if "record" in changes:  # the column of its name has slugs
                changes["record"], known = record(changes["record"]), None
            yield replace(known or Field(own, ""), **changes)


def _model(record_name: str, part: str) -> Any:
    """The model of a record, or of what its `part` refers to; None for records that are made of others."""
    model: Any = MODELS.get(record_name) or getattr(models, record_name, None)
    return model._meta.get_field(part).related_model if part else model


def _of_model(model: Any, name: str) -> Field | None:
    """A field as the model declares it; None where it has none of this name."""
    own = {field.name: field for field in model._meta.get_fields()} if model else {}
    column: Any = own.get(name)
    if not getattr(column, "concrete", False):
        return None
    several = isinstance(column, ArrayField)
    max_length = column.base_field.max_length if several else column.max_length
    return Field(
        name,
        column.verbose_name,
        column.help_text,
        type=next((name for kind, name in TYPES.items() if isinstance(column, kind)), "string"),
        several=several,
        nullable=column.null,
        choices=getattr(model, name.capitalize()) if column.choices else None,
        constraints=SLUG if name == "slug" else {"maxLength": max_length} if max_length else {},
    )


MEASURE = record("Measure")
