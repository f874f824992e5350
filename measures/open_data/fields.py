"""The fields of records as files and the API publish them, and kinds of records made of such fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models.enums import ChoicesType
from django.utils.functional import Promise

from measures.addresses import CODE_PATTERN
from measures.language.bilingual import in_either

Text = str | Promise

#: The constraints of every slug.
SLUG = {"pattern": "[-a-zA-Z0-9_]+", "maxLength": 50}
#: Patterns by the names that files of declarations call them.
PATTERNS = {"code": CODE_PATTERN, "slug": SLUG["pattern"]}


def iso(moment: datetime) -> str:
    """The moment in UTC, to the second: `2026-11-23T05:00:00Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


@dataclass(frozen=True)
class Field:
    """One field: its name, its meaning and the way to read its value."""

    name: str
    label: Text
    description: Text = ""
    #: Gives the value: a text, a number, a moment or None; a list of them where there are `several`.
    #: None stands for "the attribute of that name".
    value: Callable[[Any], Any] | None = None
    #: As Table Schema calls it: string, integer, boolean, datetime; or any.
    type: str = "string"
    several: bool = False
    nullable: bool = False
    #: As JSON Schema and Table Schema call it: uri.
    format: str = ""
    choices: ChoicesType | None = None
    #: What the value, or each of several, is made of.
    record: "RecordType | None" = None
    #: What holds for each value, in words that JSON Schema and Table Schema share: pattern, minimum, maxLength; and `required`
    #: and `unique`, which Table Schema alone has.
    constraints: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def read(self) -> Callable[[Any], Any]:
        """The function that reads the value off a record."""
        return self.value or attrgetter(self.name)

    @cached_property
    def read_for_json(self) -> Callable[[Any], Any]:
        """The function that reads the value as JSON has it."""
        read = self.read
        if self.type == "datetime":
            return lambda record: iso(read(record))
        if self.record is None:
            return read
        each = self.record.as_json
        if self.several:
            return lambda record: [each(part) for part in read(record)]
        return lambda record: each(read(record))


@dataclass(frozen=True)
class RecordType:
    """A kind of record as JSON has it: its name in the OpenAPI document and its fields in their order."""

    name: str
    description: Text
    fields: tuple[Field, ...]

    @cached_property
    def _readers(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return [(field.name, field.read_for_json) for field in self.fields]

    def as_json(self, record: Any) -> dict[str, Any]:
        return {name: read(record) for name, read in self._readers}


def options(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a field that a file declares: texts in both languages, the attribute to `read`, patterns by name."""
    found = dict(declared)
    for text in ("label", "description"):
        if f"{text}_zh" in found:
            found[text] = in_either(found.pop(f"{text}_zh"), found.pop(f"{text}_en"))
    if "read" in found:
        found["value"] = attrgetter(found.pop("read"))
    if "pattern" in found.get("constraints", {}):
        found["constraints"] = found["constraints"] | {"pattern": PATTERNS[found["constraints"]["pattern"]]}
    return found
