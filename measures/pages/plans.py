"""The pages of plans: all of them, one, and the source of one, paragraph by paragraph."""

from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.generic import View

from measures.catalogue import Catalogue
from measures.catalogue.records import Category, Measure, Paragraph, Plan
from measures.models import PublicVersion
from measures.selection.numbers import figures, of_plan, parts

from .listing import Listing
from .public_page import PublicPage
from .wrapping import wrapping

MAX_TITLES = 300  # on the page of a plan; of more, the categories and their numbers are shown
MAX_AT_A_PARAGRAPH = 10  # measures that cite it, on the page of the source


class Plans(PublicPage):
    """Every plan, the newest first."""

    template_name = "plans.html"

    def get_context_data(self, **kwargs):
        counts = [(plan, of_plan(self.catalogue, plan.slug).total) for plan in self.catalogue.plans]
        return super().get_context_data(counts=counts, **kwargs)


class OfPlan(PublicPage):
    """A page that speaks of one plan."""

    def shown(self, plan: Plan) -> dict[str, Any]:
        raise NotImplementedError

    def get_context_data(self, slug, **kwargs):
        plan = self.catalogue.vocabulary.plan.get(slug)
        if plan is None:
            raise Http404
        return super().get_context_data(**self.shown(plan), plan=plan, **kwargs)


class PlanPage(OfPlan):
    """A plan: its introduction, its categories and measures, and how they were identified."""

    template_name = "plan.html"

    def shown(self, plan: Plan) -> dict[str, Any]:
        return overview(plan, self.catalogue)


class SourcePage(OfPlan):
    template_name = "source.html"

    def shown(self, plan: Plan) -> dict[str, Any]:
        return {"paragraphs": cited_paragraphs(plan, self.catalogue)}


class FirstSource(View):
    """Leads to the source of the plan that was published first: its paragraphs were given out at this address."""

    def get(self, request: HttpRequest) -> HttpResponsePermanentRedirect:
        plans = PublicVersion.objects.filter(kind="plan", public=True).order_by("id")
        slug = plans.values_list("key", flat=True).first()
        if slug is None:
            raise Http404
        return HttpResponsePermanentRedirect(reverse("source", args=[slug]))


def overview(plan: Plan, catalogue: Catalogue) -> dict[str, Any]:
    """A plan with its numbers, and its contents and matrix as markup, which is kept with the catalogue."""
    own = of_plan(catalogue, plan.slug)
    categories = [
        record for record in catalogue.vocabulary.category.values() if record.plan.slug == plan.slug
    ]
    key = ("overview", plan.slug, get_language(), own.total <= MAX_TITLES)
    return {
        "categories": categories,
        "counts": figures(own),
        "parts": parts(figures(own)),
        "overview": catalogue.kept(key, lambda: _overview(plan, categories, catalogue)),
    }


def _overview(plan: Plan, categories: list[Category], catalogue: Catalogue) -> SafeString:
    """The measures of a plan by category, of too many only their numbers, and its matrix."""
    own = of_plan(catalogue, plan.slug)
    shown: dict[str, Any] = {
        "wrapping": wrapping(catalogue),
        "matrix": Listing.of_plan(plan, catalogue).matrix_of_plans,
    }
    if own.total <= MAX_TITLES:
        shown["contents"] = contents(plan, categories, catalogue)
    else:
        numbers = own.numbers("category")
        shown["numbers"] = [(category, numbers[category.slug]) for category in categories]
    return get_template("_overview.html").render(shown)


def contents(
    plan: Plan, categories: list[Category], catalogue: Catalogue
) -> list[tuple[Category, list[Measure]]]:
    """Each of the plan's categories with its measures, in the order of the plan."""
    keys = list(of_plan(catalogue, plan.slug).in_order(catalogue.order("number")))
    measures: dict[str, list[Measure]] = {}
    for measure in catalogue.measures(keys):
        measures.setdefault(measure.category.slug, []).append(measure)
    return [(own, measures.get(own.slug, [])) for own in categories]


def cited_paragraphs(plan: Plan, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Each paragraph of a plan's source with what cites it: the first measures, how many more, categories, centres."""
    order = catalogue.order("number")
    keys, totals = {}, {}
    for paragraph in plan.source_paragraphs:
        bitmap = catalogue.register.having(f"paragraph:{plan.year}/{paragraph.number}")
        totals[paragraph.number] = bitmap.bit_count()
        keys[paragraph.number] = list(
            islice(catalogue.register.keys_of(bitmap, order) if bitmap else (), MAX_AT_A_PARAGRAPH)
        )
    wanted = sorted({key for own in keys.values() for key in own})
    measures = {measure.key: measure for measure in catalogue.measures(wanted)}

    def shown(paragraph: Paragraph) -> dict[str, Any]:
        number = paragraph.number
        return {
            "paragraph": paragraph,
            "citing": [measures[key] for key in keys[number]],
            "more": max(0, totals[number] - MAX_AT_A_PARAGRAPH),
            "categories": [
                category
                for category in catalogue.vocabulary.category.values()
                if category.plan is plan and number in category.paragraphs
            ],
            "centres": [
                centre
                for centre in catalogue.vocabulary.centre.values()
                if (plan.year, number) in map(tuple, centre.paragraphs)
            ],
        }

    return list(map(shown, plan.source_paragraphs))
