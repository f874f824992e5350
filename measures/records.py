"""A measure as files hold it: read from the document that the database keeps of it, without a model instance for each part.

A `record()` has the attributes of a `Measure` that `exports.COLUMNS` and `api.MeasureSerializer` read; what is a relation there
is a list here.
"""

from datetime import datetime
from types import SimpleNamespace
from typing import NamedTuple


class Named(NamedTuple):
    """A category, centre, audience or place."""

    slug: str
    name_zh: str
    name_en: str


Names = dict[str, dict[str, Named]]  # kind -> slug -> names


def record(document: dict, version_number: int, edited_at: datetime, parts: list[str], names: Names):
    """Of a version of a measure, and the codes of what was split from it."""

    def of(kind: str, entries: list[dict]) -> list:
        return [SimpleNamespace(**entry | {kind: names[kind][entry[kind]]}) for entry in entries]

    parent = document["parent"]
    return SimpleNamespace(
        **document
        | {
            "plan_id": document["plan_year"],
            "category": names["category"][document["category"]],
            "parent": parent and SimpleNamespace(code=parent),
            "parts": [SimpleNamespace(code=code) for code in parts],
            "paragraphs": [SimpleNamespace(number=number) for number in document["paragraphs"]],
            "audiences": [names["audience"][slug] for slug in document["audiences"]],
            "actions": [
                SimpleNamespace(**action | {"paragraph": SimpleNamespace(number=action["paragraph"])})
                for action in document["actions"]
            ],
            "centre_links": of("centre", document["centres"]),
            "district_roles": of("district", document["districts"]),
            "version_number": version_number,
            "edited_at": edited_at,
        }
    )
