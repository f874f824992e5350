"""The page of a measure."""

from django.http import Http404
from django.utils.translation import gettext as _

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.open_data import citations

from .public_page import PublicPage


def relations(measure: Measure, catalogue: Catalogue) -> dict:
    """The measures that the page of `measure` leads to, and the paragraphs it rests on."""
    before, after = catalogue.neighbours(measure.code)
    codes = [code for code in (measure.parent, *measure.parts, before, after) if code]
    found = catalogue.measures_by_code(codes)
    return {
        "measure": measure,
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


class MeasurePage(PublicPage):
    template_name = "measure_detail.html"

    def get_context_data(self, code, **kwargs):
        measure = self.catalogue.measure(code)
        if measure is None:
            raise Http404(_("There is no such record here, or it is not published."))
        cited = citations.for_measure(measure, self.catalogue)
        return super().get_context_data(**relations(measure, self.catalogue), **cited, **kwargs)
