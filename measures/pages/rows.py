"""The rows of a list and the dots of the matrix as markup, made once for a data version and language."""

from typing import NamedTuple

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.models import CentreLink
from measures.search.search import Search
from measures.search.snippets import hits, marked_whole
from measures.selection.facets import NONE
from measures.selection.numbers import everything

from .template_tags import own_lang
from .wrapping import wrapping

MAX_ROWS = 2_000  # kept in a language, of about 2 kB each
MAX_DOTS = 12  # in a cell of the matrix; above, a number takes over


# Around what a search changes in a row. Content is escaped, so this stands nowhere in it.
HOLE = SafeString("<|>")


def rows(
    catalogue: Catalogue, keys: list[int], *, coded: bool, in_one_category: bool = False
) -> list[SafeString]:
    """The measures with these keys as rows of a list, in the active language.

    They are told apart by number, or where measures of several plans stand together (`coded`), by code. Where all are
    `in_one_category`, it is not said again.
    """
    kept = _kept_rows(catalogue, coded, in_one_category)
    made = {
        measure.key: _parts(measure, catalogue, coded, in_one_category)
        for measure in catalogue.measures([key for key in keys if key not in kept])
    }
    if len(kept) + len(made) <= MAX_ROWS:
        kept |= made
    return [SafeString("".join(made.get(key) or kept[key])) for key in keys]


def found_rows(
    catalogue: Catalogue, keys: list[int], query: Search, *, coded: bool, in_one_category: bool = False
) -> list[SafeString]:
    """The same for measures that a search has found, with what it found marked."""
    kept, breaks, found = _kept_rows(catalogue, coded, in_one_category), wrapping(catalogue).breaks, []
    for measure in catalogue.measures(keys):
        parts = list(kept.get(measure.key) or _parts(measure, catalogue, coded, in_one_category))
        if len(kept) < MAX_ROWS:
            kept.setdefault(measure.key, tuple(parts))
        names = filter(None, [measure.headline, measure.title])
        shown = hits(measure, query)
        parts[1::2] = [
            *(own_lang(marked_whole(name, query, breaks(name)), name.lang) for name in names),
            get_template("_hits.html").render({"hits": shown}) if shown else "",
        ]
        found.append(SafeString("".join(parts)))
    return found


def _kept_rows(catalogue: Catalogue, *shown: bool) -> dict[int, tuple[str, ...]]:
    return catalogue.kept(("rows", get_language(), *shown), dict)


def _parts(measure: Measure, catalogue: Catalogue, coded: bool, in_one_category: bool) -> tuple[str, ...]:
    """A row in parts. Those in odd places are what a search changes: the headline, if there is one, the title, and where the
    query was found."""
    shown = {"coded": coded, "in_one_category": in_one_category, "hole": HOLE}
    markup = get_template("_row.html").render({"measure": measure, "wrapping": wrapping(catalogue), **shown})
    return tuple(markup.split(HOLE))


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
