"""The page of a measure."""

from measures.catalogue import Catalogue
from measures.catalogue.records import DistrictRole, Measure, Term
from measures.history.records import not_public
from measures.models import DistrictRole as DistrictRoleModel
from measures.open_data import citations

from .public_page import PublicPage


def relations(
    measure: Measure,
    catalogue: Catalogue,
    neighbours: tuple[str | None, str | None] = (None, None),
    found: dict[str, Measure] | None = None,
) -> dict:
    """The links of a measure's page: those of its relations that are public, and the paragraphs it rests on. `found` are the
    related measures, where they have been read already."""
    before, after = neighbours
    if found is None:
        codes = [measure.parent, *measure.parts, *neighbours]
        found = catalogue.measures_by_code([code for code in codes if code])
    explained, others = explained_terms(measure, catalogue.terms_of(measure.code))
    return {
        "measure": measure,
        "planned": [(action, explained.get(action.position, ())) for action in measure.planned],
        "background": [(action, explained.get(action.position, ())) for action in measure.background],
        "terms": others,
        "places": places(measure),
        "plan": measure.plan,
        "parent": found.get(measure.parent or ""),
        "parts": [found[code] for code in measure.parts if code in found],
        "before": found.get(before or ""),
        "after": found.get(after or ""),
        "paragraphs": [
            paragraph
            for paragraph in measure.plan.source_paragraphs
            if paragraph.number in measure.paragraphs
        ],
    }


def explained_terms(measure: Measure, terms: list[Term]) -> tuple[dict[int, list[Term]], list[Term]]:
    """The terms by the position of the first action that says them, and those that none says."""
    explained: dict[int, list[Term]] = {}
    others = []
    for term in terms:
        name = term.name_zh.strip("“”")
        first = next((action for action in measure.actions if name in action.text_zh), None)
        (explained.setdefault(first.position, []) if first else others).append(term)
    return explained, others


def places(measure: Measure) -> list[DistrictRole]:
    """The places that the measure names; where it names none, the district whose plan it is."""
    own = DistrictRoleModel.Role.RESPONSIBLE
    return [place for place in measure.districts if place.role != own] or measure.districts


class MeasurePage(PublicPage):
    template_name = "measure_detail.html"

    def get_context_data(self, code, **kwargs):
        if self.catalogue.register.key_of(code) is None:
            raise not_public(code)
        found = self.catalogue.surroundings(code)
        shown = relations(found[code], self.catalogue, self.catalogue.register.neighbours(code), found)
        return super().get_context_data(
            **shown, **citations.for_measure(found[code], self.catalogue), **kwargs
        )
