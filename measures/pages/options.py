"""The facets of a selection as readers see them: options in fixed order, each with its number."""

from collections import Counter
from dataclasses import dataclass
from heapq import nlargest

from measures.language.bilingual import Text
from measures.selection.facets import FACETS
from measures.selection.filter import MeasureFilter

MAX_OPTIONS = 40  # of a facet; of more, those with the most measures are shown
# In the order in which people ask: what concerns me, where, and about what. The others stand behind them. Addresses keep
# the order of FACETS.
MAIN = ("audience", "district", "category", "centre")
IN_ORDER = (*MAIN, *(facet for facet in FACETS if facet not in MAIN))


@dataclass
class ShownOption:
    value: str
    label: Text
    count: int | None  # None where nothing was counted
    chosen: bool
    depth: int = 0
    group: Text | str = ""  # the plan of a category, where there are several


@dataclass
class ShownFacet:
    name: str
    label: str
    options: list[ShownOption]
    errors: list[str]
    more: int  # options that are not shown
    more_fitting: int | None  # of these, those that would find something; None where nothing was counted

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


def shown_facets(filterset: MeasureFilter) -> list[ShownFacet]:
    """The facets as the page orders them, with their options in fixed order; without numbers where the selection cannot be read.

    Of many options those are shown that are chosen or have the most measures, with how many are not.
    """
    valid = filterset.is_valid()
    facets = []
    several_plans = len(filterset.catalogue.plans) > 1
    for facet in IN_ORDER:
        if facet == "plan" and not several_plans:
            continue
        filter_, labels = filterset.filters[facet], filterset.labels[facet]
        counts = filterset.fitting.numbers(facet) if valid else Counter()
        chosen = set(filterset.selection[facet]) if valid else set(filterset.data.getlist(facet))
        shown = labels.keys()
        if len(labels) > MAX_OPTIONS:
            shown = chosen.union(nlargest(MAX_OPTIONS, labels, key=lambda value: counts[value]))
        options = []
        for value, label in labels.items():
            if value not in shown:
                continue
            depth, group = 0, ""
            if facet == "district":
                depth = len(filterset.vocabulary.with_places_above(value)) - 1
            if facet == "category" and several_plans:
                group = filterset.vocabulary.category[value].plan.short_title
            count = counts[value] if valid else None
            options.append(ShownOption(value, label, count, value in chosen, depth, group))
        errors = [] if valid else [str(error) for error in filterset.form.errors.get(facet, ())]
        fitting = sum(1 for value, count in counts.items() if count and value not in shown) if valid else None
        facets.append(ShownFacet(facet, filter_.label, options, errors, len(labels) - len(options), fitting))
    return facets
