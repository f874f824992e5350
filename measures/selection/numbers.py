"""The measures that fit a selection, and every number that follows. No database here."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_

from django.utils.functional import cached_property

from measures.catalogue import Catalogue, Register
from measures.models import Measure

from .facets import FAMILIES, FAMILY, Selection, wanted


class Fitting:
    """The measures that fit a selection and what was `found` (a bitmap; None where nothing was searched for), and their numbers."""

    def __init__(self, register: Register, selection: Selection, found: int | None = None):
        self.register, self.selection, self.found = register, selection, found
        self._base = register.everything if found is None else found
        #: For each family in which something is chosen the measures that fit it.
        self._fits = {
            family: self._chosen(family, selection)
            for family in FAMILIES
            if any(selection.get(facet) for facet in family)
        }
        #: The measures that fit everything.
        self.bitmap = self._fitting_without()
        #: For each family in which something is chosen the measures that fit everything else.
        self._without = {family: self._fitting_without(family) for family in self._fits}
        self._numbers: dict[str, Counter[str]] = {}

    def _chosen(self, family: tuple[str, ...], selection: Selection) -> int:
        """The bitmap of the measures that fit what a selection chooses in this family; all where that is nothing."""
        tokens = wanted(family, selection, self.register.vocabulary)
        return self.register.everything if tokens is None else self.register.having(*tokens)

    def _fitting_without(self, *families: tuple[str, ...]) -> int:
        """The bitmap of the measures that fit everything except the choices in these families."""
        return reduce(and_, (own for family, own in self._fits.items() if family not in families), self._base)

    @cached_property
    def total(self) -> int:
        return self.bitmap.bit_count()

    @cached_property
    def _flags(self) -> bytes:
        return self.register.flags(self.bitmap)

    def __contains__(self, key: int) -> bool:
        return bool(self._flags[self.register.position(key)])

    def numbers(self, facet: str) -> Counter[str]:
        """Count, for each value of the facet, the measures that would fit if it were the only choice in this facet."""
        if facet not in self._numbers:
            self._numbers[facet] = self._counted(facet)
        return self._numbers[facet]

    def _counted(self, facet: str) -> Counter[str]:
        if facet == "district":
            return self.register.in_places(self._others(facet), self.selection.get("role") or ())
        return Counter({value: self._with(facet, [value]) for value in self.register.values[facet]})

    def _others(self, facet: str) -> int:
        """The bitmap of the measures that fit everything except the choices in the facet's family."""
        return self._without.get(FAMILY[facet], self.bitmap)

    def _with(self, facet: str, values: list[str]) -> int:
        """Count the measures that fit with these values chosen in `facet` instead of its own."""
        return (self._others(facet) & self._instead(facet, values)).bit_count()

    def _instead(self, facet: str, values: list[str]) -> int:
        """The bitmap of the measures that fit the facet's family with these values instead of its own."""
        return self._chosen(FAMILY[facet], self.selection | {facet: values})

    def dropping(self, facet: str) -> int:
        """Count the measures that fit when nothing is chosen in `facet`."""
        return self._with(facet, [])

    @cached_property
    def matrix(self) -> Counter[tuple[str, str]]:
        """Count, for each category and centre (or NONE), the measures that would fit if these were the only choices in the two
        facets."""
        others = self._fitting_without(FAMILY["category"], FAMILY["centre"])
        values = self.register.values
        rows = {value: self._instead("category", [value]) for value in values["category"]}
        columns = {value: self._instead("centre", [value]) for value in values["centre"]}
        return Counter(
            {
                (category, centre): (others & own & other).bit_count()
                for category, own in rows.items()
                for centre, other in columns.items()
            }
        )

    def in_order(self, order: Iterable[int], first: int = 0) -> Iterator[int]:
        """The keys of the measures that fit, in the order of the positions in `order`; those of the bitmap `first` come first."""
        for bitmap in filter(None, (self.bitmap & first, self.bitmap & ~first)):
            yield from self.register.keys_of(bitmap, order)


def everything(catalogue: Catalogue) -> Fitting:
    return catalogue.kept("everything", lambda: Fitting(catalogue.register, {}))


def of_plan(catalogue: Catalogue, plan: str) -> Fitting:
    return catalogue.kept(("of plan", plan), lambda: Fitting(catalogue.register, {"plan": [plan]}))


def figures(fitting: Fitting) -> dict[str, int]:
    """Count these measures by basis, and in `total`."""
    basis = {
        value: fitting.bitmap & fitting.register.having(f"basis:{value}") for value in Measure.Basis.values
    }
    return {value: own.bit_count() for value, own in basis.items()} | {"total": fitting.total}


def parts(counts: dict[str, int]) -> list[dict[str, object]]:
    """The bases of `figures`, each with its count and where its share of the whole begins and how long it is, in per cent."""
    found, begin = [], 0.0
    for basis in Measure.Basis:
        share = 100 * counts[basis] / (counts["total"] or 1)
        found.append(
            {
                "basis": basis.value,
                "label": basis.label,
                "count": counts[basis],
                "from": f"{begin:.2f}",
                "share": f"{share:.2f}",
            }
        )
        begin += share
    return found
