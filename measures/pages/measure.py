"""The page of a measure."""

from django.http import Http404
from django.utils.translation import gettext as _

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.open_data import citations

from .public_page import PublicPage


def relations(measure: Measure, found: dict[str, Measure], catalogue: Catalogue) -> dict:
    """The links of a measure's page: those of its relations that are among `found`, and the paragraphs it rests on."""
    before, after = catalogue.neighbours(measure.code)
    return {
        "measure": measure,
        "terms": catalogue.terms_of(measure.code),
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


def relations_of_another(measure: Measure, catalogue: Catalogue) -> dict:
    """The links of a page that shows a measure as the catalogue does not have it: an old version, a draft."""
    codes = [measure.parent, *measure.parts, *catalogue.neighbours(measure.code)]
    return relations(measure, catalogue.measures_by_code([code for code in codes if code]), catalogue)


class MeasurePage(PublicPage):
    template_name = "measure_detail.html"

    def get_context_data(self, code, **kwargs):
        if self.catalogue.register.key_of(code) is None:
            raise Http404(_("There is no such record here, or it is not published."))
        found = self.catalogue.surroundings(code)
        cited = citations.for_measure(found[code], self.catalogue)
        return super().get_context_data(**relations(found[code], found, self.catalogue), **cited, **kwargs)
