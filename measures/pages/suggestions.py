"""Suggestions while a reader types: names, where each leads, and how many measures are there."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from measures.language.bilingual import LANGUAGE_TAGS
from measures.open_data.api.endpoints import as_json
from measures.search.suggestions import suggested
from measures.selection.filter import MeasureFilter
from measures.selection.numbers import everything
from measures.selection.requests import selected

from .template_tags import shown_lang

FACETS = ("category", "centre", "district", "audience")
MAX_OF_A_KIND = 3
MAX_SUGGESTIONS = 12


def suggestions_json(request: HttpRequest) -> HttpResponse:
    """A small JSON document for static/suggestions.js, in the language of its address. It is kept like a page."""
    filterset = selected(request)
    shown = list(islice(suggestions(filterset.query, filterset), MAX_SUGGESTIONS))
    said = ngettext("%(count)s suggestion", "%(count)s suggestions", len(shown)) % {"count": len(shown)}
    response = as_json({"suggestions": shown, "said": said})
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = LANGUAGE_TAGS[get_language()]
    return response


def suggestions(typed: str, filterset: MeasureFilter) -> Iterator[dict[str, Any]]:
    """Measures first, then facets and terms: `count` is what the list or the entry at `address` has."""
    catalogue = filterset.catalogue
    found = suggested(typed, catalogue)

    def of_plan(kind: str | Promise, mark: object) -> str:
        """The kind, with what tells namesakes of several plans apart."""
        return f"{kind} {mark}" if len(catalogue.plans) > 1 else str(kind)

    for code, title in found.measures:
        yield _suggestion(of_plan(_("Measure"), code), title, reverse("measure", args=[code]))
    for facet in FACETS:
        label, numbers = filterset.filters[facet].label, everything(catalogue).numbers(facet)
        fitting = (
            (slug, name)
            for slug, name in filterset.labels[facet].items()
            if f"{facet}:{slug}" in found.tokens and numbers[slug]
        )
        for slug, name in islice(fitting, MAX_OF_A_KIND):
            own = (
                of_plan(label, catalogue.vocabulary.category[slug].plan.year)
                if facet == "category"
                else label
            )
            yield _suggestion(own, name, f"{reverse('measure-list')}?{facet}={slug}", numbers[slug])
    for term in found.terms[:MAX_OF_A_KIND]:
        kind = of_plan(_("Term"), term.plan.year)
        yield _suggestion(kind, term.name, f"{reverse('glossary')}#{term.slug}", len(term.measures))


def _suggestion(kind: str | Promise, text: str, address: str, count: int | None = None) -> dict[str, Any]:
    lang = shown_lang(getattr(text, "lang", "")) or LANGUAGE_TAGS[get_language()]
    return {"kind": str(kind), "text": text, "lang": lang, "address": address, "count": count}
