"""A query as a condition on search rows, for lists that are narrowed in SQL."""

from collections.abc import Iterator
from functools import cached_property, reduce
from operator import and_, or_

from django.db.models import Case, Q, Value, When

from measures.models import FacetSet, SearchRow
from measures.querysets import Packed, unpacked

from .index import Index, nothing, text_condition
from .matching import Alternatives, Combined, Tree, in_title


class Narrowing:
    """What `Search` says to a queryset."""

    index: Index
    tree: Combined | None
    named: list[list[str]]

    @cached_property
    def sets(self) -> list[list[int]]:
        """For each of the alternatives the facet sets with one of its names' tokens."""
        sets = FacetSet.objects.using(self.index.using)
        return [
            list(unpacked(sets.filter(tokens__overlap=tokens).aggregate(keys=Packed("pk"))["keys"]))
            if tokens
            else []
            for tokens in self.named
        ]

    def condition(self, prefix: str = "") -> Q:
        """That a row fits the query; a query in which there is nothing to look for is fitted by none."""
        return nothing(prefix) if self.tree is None else _condition(self.tree, iter(self.sets), prefix)

    def rank(self, prefix: str = "") -> Case:
        """0 where all that is asked for stands in the title, 1 otherwise."""
        # Not by a look at the row itself: its lexemes lie apart.
        rows = SearchRow.objects.filter(title_condition(self.tree)).values("pk")
        return Case(When(Q(**{f"{prefix}pk__in": rows}), then=0), default=Value(1))


def title_condition(tree: Tree | None) -> Q:
    """That all that is asked for stands in the title; the row may still not fit the query."""
    return Q(lexemes__matches=in_title(tree)) if tree else nothing()


def _condition(tree: Tree, sets: Iterator[list[int]], prefix: str) -> Q:
    if isinstance(tree, Alternatives):
        named = Q()
        if own := next(sets):
            named = Q(**{f"{prefix}about__any_of": own}) | Q(**{f"{prefix}places__any_of": own})
        return text_condition(tree, prefix, named)
    parts = [_condition(part, sets, prefix) for part in tree.parts]
    return reduce(and_ if tree.all_of else or_, parts)
