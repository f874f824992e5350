"""The rows of a list and the dots of the matrix as markup, made once for a data version and language."""

from typing import NamedTuple

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.models import CentreLink
from measures.selection.facets import NONE
from measures.selection.numbers import everything

from .wrapping import wrapping

MAX_ROWS = 2_000  # kept in a language, of about 2 kB each
MAX_DOTS = 12  # in a cell of the matrix; above, a number takes over


def rows(
    catalogue: Catalogue, keys: list[int], *, coded: bool, in_one_category: bool = False
) -> list[SafeString]:
    """The measures with these keys as rows of a list, in the active language.

    They are told apart by number, or where measures of several plans stand together (`coded`), by code. Where all are
    `in_one_category`, it is not said again.
    """
    kept: dict[int, SafeString] = catalogue.kept(("rows", get_language(), coded, in_one_category), dict)
    made = {}
    if missing := [key for key in keys if key not in kept]:
        made = {
            measure.key: row(measure, catalogue, coded=coded, in_one_category=in_one_category)
            for measure in catalogue.measures(missing)
        }
        if len(kept) + len(made) <= MAX_ROWS:
            kept |= made
    return [made.get(key) or kept[key] for key in keys]


def row(measure: Measure, catalogue: Catalogue, **shown) -> SafeString:
    """One row; `coded` and `in_one_category` as above, and a search gives `headline` and `title` with marks and its `hits`."""
    return get_template("_row.html").render({"measure": measure, "wrapping": wrapping(catalogue), **shown})


class Dot(NamedTuple):
    """A measure in a cell of the matrix, ready to be shown inside the current selection and outside it."""

    key: int
    code: str
    basis: str  # of the link to the centre; empty where there is none
    inside: SafeString
    outside: SafeString


def dots(catalogue: Catalogue) -> dict[tuple[str, str], list[Dot]]:
    """The measures of each small cell of the matrix (category, centre or NONE), in the active language."""
    return catalogue.kept(("dots", get_language()), lambda: _dots(catalogue))


def _dots(catalogue: Catalogue) -> dict[tuple[str, str], list[Dot]]:
    cells = _cells_with_dots(catalogue)
    template, coded = get_template("_dot.html"), len(catalogue.plans) > 1
    found: dict[tuple[str, str], list[Dot]] = {}
    for measure in catalogue.measures(sorted(cells, key=catalogue.register.position)):
        for category, centre, basis in cells[measure.key]:
            shown = [
                template.render(
                    {"measure": measure, "coded": coded, "basis": basis, "inside": inside}
                ).strip()
                for inside in (True, False)
            ]
            dot = Dot(measure.key, measure.code, basis, *map(SafeString, shown))
            found.setdefault((category, centre), []).append(dot)
    return found


def _cells_with_dots(catalogue: Catalogue) -> dict[int, list[tuple[str, str, str]]]:
    """Key of a measure -> (category, centre, basis of the link) of each of its dots."""
    cells: dict[int, list[tuple[str, str, str]]] = {}
    register = catalogue.register
    for (category, centre), total in everything(catalogue).matrix.items():
        if total > MAX_DOTS:
            continue
        for basis in ("",) if centre == NONE else CentreLink.Basis.values:
            linked = register.having(f"centre:{centre}/{basis}" if basis else f"centre:{centre}")
            own = register.having(f"category:{category}") & linked
            for key in register.keys_of(own, register.in_plan_order):
                cells.setdefault(key, []).append((category, centre, basis))
    return cells
