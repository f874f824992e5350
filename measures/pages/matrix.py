"""The picture of a selection: categories by centres, with a dot for each measure while they are few."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.safestring import SafeString

from measures.catalogue.records import Category, Plan
from measures.language.bilingual import Text
from measures.selection.facets import NONE
from measures.selection.filter import MeasureFilter
from measures.selection.numbers import everything

from .rows import Dot, dots

MAX_ROWS = 24  # the categories of four plans


class ShownDot(NamedTuple):
    dot: Dot
    inside: bool  # the current selection

    @property
    def markup(self) -> SafeString:
        return self.dot.inside if self.inside else self.dot.outside


@dataclass
class Cell:
    centre: str
    address: str
    count: int  # that fit the current filter
    total: int = 0  # of all measures; the foot leaves it out
    dots: list[ShownDot] = field(default_factory=list)


@dataclass
class MatrixRow:
    category: Text
    plan: Plan
    position: int  # of the category in its plan
    count: int
    address: str
    cells: list[Cell]


@dataclass
class Matrix:
    centres: list[Cell]  # the foot: measures by centre
    names: list[Text]
    rows: list[MatrixRow]
    count: int
    total: int

    @property
    def width(self) -> int:
        """How many columns it has, those of names and sums included."""
        return len(self.names) + 2

    @property
    def columns(self) -> list[tuple[Text, int]]:
        """Each column's name and, up to six, the dots of its fullest cell: its width, known before its cells."""
        fullest = [
            max((len(row.cells[at].dots) for row in self.rows), default=0) for at in range(len(self.names))
        ]
        return [(name, min(dots, 6)) for name, dots in zip(self.names, fullest, strict=True)]


def matrix(
    filterset: MeasureFilter, address: Callable[..., str], categories: Iterable[Category] | None = None
) -> Matrix:
    """The matrix of a selection: the number of measures in each cell and, while they are few, a dot for each.

    It has all categories, or these.

    `address(category=[...], centre=[...])` is that of the list with these choices.
    """
    counts, by_category, by_centre = filterset.fitting.matrix
    centres = [*filterset.vocabulary.centre, NONE]
    rows = [
        MatrixRow(
            category=record.name,
            plan=record.plan,
            position=record.position,
            count=by_category[record.slug],
            address=address(category=[record.slug]),
            cells=[cell(filterset, record.slug, centre, counts, address) for centre in centres],
        )
        for record in (filterset.vocabulary.category.values() if categories is None else categories)
    ]
    return Matrix(
        centres=[Cell(centre, address(centre=[centre]), by_centre[centre]) for centre in centres],
        names=[filterset.labels["centre"][centre] for centre in centres],
        rows=rows,
        count=filterset.fitting.total,
        total=everything(filterset.catalogue).total,
    )


def cell(
    filterset: MeasureFilter,
    category: str,
    centre: str,
    counts: Mapping[tuple[str, str], int],
    address: Callable[..., str],
) -> Cell:
    """The cell of a category and a centre."""
    totals, *_sums = everything(filterset.catalogue).matrix
    found = dots(filterset.catalogue).get((category, centre), ())
    return Cell(
        centre,
        address(category=[category], centre=[centre]),
        counts[category, centre],
        totals[category, centre],
        [ShownDot(dot, dot.key in filterset.fitting) for dot in found],
    )
