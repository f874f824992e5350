"""The page of what the plans do not say: numbers worked out from the record, each with the measures that it counts."""

from collections.abc import Iterator
from functools import partial

from measures.catalogue import Catalogue
from measures.catalogue.records import Plan
from measures.selection import gaps

from .public_page import PublicPage

#: Of a plan with more measures nothing is worked out: to read 2,000 takes a second, after every edit.
MAX_READ = 2_000


class GapsPage(PublicPage):
    template_name = "gaps.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            counted_plans=list(gaps_of_plans(self.catalogue)),
            units=gaps.UNITS,
            deadlines=gaps.DEADLINES,
            counted=gaps.COUNTED,
            steps=gaps.STEPS,
            **kwargs,
        )


def gaps_of_plans(catalogue: Catalogue) -> Iterator[tuple[Plan, gaps.Gaps | None]]:
    """Each plan, the newest first, with what its measures say and do not say; None where they are too many to be read."""
    for plan in catalogue.plans:
        yield plan, catalogue.kept(("gaps", plan.slug), partial(gaps_of, plan, catalogue))


def gaps_of(plan: Plan, catalogue: Catalogue) -> gaps.Gaps | None:
    bitmap = catalogue.register.having(f"plan:{plan.slug}")
    if bitmap.bit_count() > MAX_READ:
        return None
    keys = list(catalogue.register.keys_of(bitmap, catalogue.order("number")))
    return gaps.gaps(catalogue.measures(keys), catalogue.vocabulary)
