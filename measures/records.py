"""A measure as files hold it: read from the document that the database keeps of it, without a model instance for each part.

A `record()` has the attributes of a `Measure` that `exports.COLUMNS` and `api.MeasureSerializer` read; what is a relation there
is a list here.
"""

from datetime import datetime
from typing import NamedTuple


class Named(NamedTuple):
    """A category, centre, audience or place."""

    slug: str
    name_zh: str
    name_en: str


Names = dict[str, dict[str, Named]]  # kind -> slug -> names


class Coded(NamedTuple):
    """Another measure."""

    code: str


class Numbered(NamedTuple):
    """A paragraph of the source."""

    number: int


class Record:
    """The entries of a dictionary, which is not copied, as attributes."""

    def __init__(self, entries: dict):
        self.__dict__ = entries


def record(
    document: dict, version_number: int, edited_at: datetime, parts: list[str], names: Names
) -> Record:
    """Of a version of a measure, whose document it takes over, and the codes of what was split from it."""
    for action in document["actions"]:
        action["paragraph"] = Numbered(action["paragraph"])
    for link in document["centres"]:
        link["centre"] = names["centre"][link["centre"]]
    for place in document["districts"]:
        place["district"] = names["district"][place["district"]]
    document |= {
        "plan_id": document["plan_year"],
        "category": names["category"][document["category"]],
        "parent": document["parent"] and Coded(document["parent"]),
        "parts": [Coded(code) for code in parts],
        "paragraphs": [Numbered(number) for number in document["paragraphs"]],
        "audiences": [names["audience"][slug] for slug in document["audiences"]],
        "actions": [Record(action) for action in document["actions"]],
        "centre_links": [Record(link) for link in document["centres"]],
        "district_roles": [Record(place) for place in document["districts"]],
        "version_number": version_number,
        "edited_at": edited_at,
    }
    return Record(document)
