"""The strip above a list: every measure once in the colour of its category, grey outside the selection."""

from dataclasses import dataclass, field
from typing import NamedTuple

from measures.catalogue import Catalogue
from measures.selection.numbers import Fitting

from .matrix import MAX_ROWS

MAX_DOTS = 60  # measures; above, a bar has a part for each category


class StripDot(NamedTuple):
    folio: str
    position: int  # of its category in its plan
    inside: bool  # the selection


class StripPart(NamedTuple):
    """A category in the bar: where it begins, how long it is and how much of it is inside the selection, in per cent."""

    position: int
    begin: str
    length: str
    inside: str


@dataclass
class Strip:
    count: int  # of the selection
    others: int  # the measures outside
    dots: list[StripDot] = field(default_factory=list)
    parts: list[StripPart] = field(default_factory=list)


def strip(fitting: Fitting, catalogue: Catalogue) -> Strip:
    """The strip of a selection; of many measures without dots, of many categories without parts."""
    everyone, categories = len(catalogue.register), catalogue.vocabulary.category
    shown = Strip(fitting.total, everyone - fitting.total)
    if everyone <= MAX_DOTS:
        kept = catalogue.kept("strip", lambda: _dots(catalogue))
        shown.dots = [StripDot(folio, position, key in fitting) for key, folio, position in kept]
    elif len(categories) <= MAX_ROWS:
        shown.parts = _parts(fitting, catalogue)
    return shown


def _dots(catalogue: Catalogue) -> list[tuple[int, str, int]]:
    """The key of each measure in plan order, its number where no other plan has the same, and the position of its category."""
    register = catalogue.register
    position = {
        key: record.position
        for slug, record in catalogue.vocabulary.category.items()
        for key in register.keys_of(register.having(f"category:{slug}"), register.in_plan_order)
    }
    keys = register.keys_of(register.everything, register.in_plan_order)
    in_one_plan = len(catalogue.plans) == 1
    return [
        (key, code.partition("-")[2] if in_one_plan else "", position[key])
        for key, code in zip(keys, register.codes(), strict=True)
    ]


def _parts(fitting: Fitting, catalogue: Catalogue) -> list[StripPart]:
    parts, begin = [], 0.0
    for slug, record in catalogue.vocabulary.category.items():
        own = catalogue.register.having(f"category:{slug}")
        length, inside = (
            100 * bitmap.bit_count() / len(catalogue.register) for bitmap in (own, own & fitting.bitmap)
        )
        parts.append(StripPart(record.position, f"{begin:.2f}", f"{length:.2f}", f"{inside:.2f}"))
        begin += length
    return parts
