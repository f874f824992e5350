"""The picture of a selection: categories by centres, with a dot for each measure while they are few."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from measures.catalogue.records import Category
from measures.language.bilingual import Text
from measures.selection.facets import NONE
from measures.selection.filter import MeasureFilter

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
    """A number and the list that it counts; for `centre`, and in the body of the table for a category too."""

    centre: str  # a slug or NONE
    address: str
    count: int
    dots: list[ShownDot] = field(default_factory=list)


@dataclass
class MatrixRow:
    category: Category
    address: str
    count: int
    cells: list[Cell]


@dataclass
class Column:
    name: Text
    #: Of the page about the centre; of those without a centre, of their list, or empty without any.
    address: str
    dots: int  # of its fullest cell, up to six: its width, known before its cells


@dataclass
class Matrix:
    """A selection by category and centre. Each number is that of the list it leads to: what would fit if its row and column
    were the only choices in their facets. Dots inside are measures of the selection itself."""

    columns: list[Column]
    rows: list[MatrixRow]
    foot: list[Cell]
    count: int  # of the selection

    @property
    def has_outside(self) -> bool:
        """Whether dots of measures outside the selection are shown."""
        return any(not dot.inside for row in self.rows for cell in row.cells for dot in cell.dots)


def matrix(
    filterset: MeasureFilter, address: Callable[..., str], categories: Iterable[Category] | None = None
) -> Matrix:
    """The matrix of a selection with all categories, or these.

    `address(category=[...], centre=[...])` is that of the list with these choices.
    """
    if categories is None:
        categories = filterset.vocabulary.category.values()
    centres, numbers = [*filterset.vocabulary.centre, NONE], filterset.fitting.numbers("centre")
    rows = [_row(filterset, category, centres, address) for category in categories]
    foot = [Cell(centre, address(centre=[centre]), numbers[centre]) for centre in centres]
    columns = []
    for at, own in enumerate(foot):
        about = (
            reverse("centre", args=[own.centre]) if own.centre != NONE else own.address if own.count else ""
        )
        fullest = max((len(row.cells[at].dots) for row in rows), default=0)
        columns.append(Column(filterset.labels["centre"][own.centre], about, min(6, fullest)))
    return Matrix(columns, rows, foot, filterset.fitting.total)


def _row(
    filterset: MeasureFilter, category: Category, centres: list[str], address: Callable[..., str]
) -> MatrixRow:
    fitting, slug = filterset.fitting, category.slug
    found = dots(filterset.catalogue)
    cells = [
        Cell(
            centre,
            address(category=[slug], centre=[centre]),
            fitting.matrix[slug, centre],
            [ShownDot(dot, dot.key in fitting) for dot in found.get((slug, centre), ())],
        )
        for centre in centres
    ]
    return MatrixRow(category, address(category=[slug]), fitting.numbers("category")[slug], cells)
