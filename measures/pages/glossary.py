"""The words of the plans that readers may not know, explained by the editors."""

from django.utils.translation import get_language

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure, Plan, Term
from measures.language.normalising import normalized
from measures.language.readings import toned

from .public_page import PublicPage

#: The terms of a plan with the measures that each stands in.
Explained = list[tuple[Term, list[Measure]]]


class Glossary(PublicPage):
    template_name = "glossary.html"

    def get_context_data(self, **kwargs):
        catalogue, language = self.catalogue, get_language()
        glossary = catalogue.kept(("glossary", language), lambda: explained(catalogue))
        return super().get_context_data(glossary=glossary, **kwargs)


def explained(catalogue: Catalogue) -> list[tuple[Plan, Explained]]:
    """The plans that have terms, the newest first, with their terms in the order of the active language."""
    terms = sorted(catalogue.terms.values(), key=place_of)
    measures = catalogue.measures_by_code(sorted({code for term in terms for code in term.measures}))
    return [
        (plan, [(term, [measures[code] for code in term.measures]) for term in terms if term.plan is plan])
        for plan in catalogue.plans
        if any(term.plan is plan for term in terms)
    ]


def place_of(term: Term) -> tuple[str, str]:
    """Where the term stands in an alphabetical list: by its English name, or by the pinyin of the Chinese one."""
    name = term.name if get_language() == "en" else toned(term.name_zh)
    return normalized(name).strip("“”‘’\"' "), term.slug
