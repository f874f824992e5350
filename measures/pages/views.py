"""The public pages. Each is a pure function of its address and the data version."""

from itertools import islice

from django.conf import settings
from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.views.generic import TemplateView

from measures import site
from measures.addresses import CHANGES_PATH, FILES, in_language, list_path
from measures.catalogue import Catalogue
from measures.catalogue.records import Category, Measure, Paragraph, Plan
from measures.models import Audience, Centre, District
from measures.models import Category as CategoryModel
from measures.open_data import citations, fingerprints
from measures.open_data.api.documentation import documentation
from measures.open_data.api.openapi import openapi
from measures.open_data.dictionary import data_dictionary
from measures.open_data.package import distribution
from measures.selection.filter import MeasureFilter
from measures.selection.numbers import Fitting, everything, figures, parts
from measures.selection.requests import canonical_redirect

from .listing import Listing
from .public_page import PublicPage
from .rows import rows

MAX_TITLES = 300  # on the home page; of more, the categories and their numbers are shown
MAX_ON_A_TOPIC = 100  # measures on the page of a category, centre, audience or place
MAX_AT_A_PARAGRAPH = 10  # measures that cite it, on the page of the source
MAX_EDITED = 5  # measures on the home page


class Home(PublicPage):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        catalogue = self.catalogue
        categories = list(reversed(catalogue.vocabulary.category.values()))
        context = {"categories": sorted(categories, key=lambda own: (-own.plan.year, own.number))}
        if everything(catalogue).total <= MAX_TITLES:
            context["contents"] = catalogue.kept("contents", lambda: contents(catalogue))
        else:
            numbers = everything(catalogue).numbers("category")
            context["numbers"] = [(category, numbers[category.slug]) for category in context["categories"]]
        return super().get_context_data(
            centres=catalogue.vocabulary.centre.values(),
            counts=figures(catalogue),
            parts=parts(figures(catalogue)),
            edited=catalogue.kept("edited", lambda: catalogue.edited_last(MAX_EDITED)),
            matrix=Listing.of_everything().matrix,
            **context,
            **kwargs,
        )


def contents(catalogue: Catalogue) -> list[tuple[Category, list[Measure]]]:
    """Each category with its measures, in the order of the plans."""
    keys = list(everything(catalogue).in_order(catalogue.order("number")))
    measures: dict[str, list[Measure]] = {}
    for measure in catalogue.measures(keys):
        measures.setdefault(measure.category.slug, []).append(measure)
    return [(own, measures.get(own.slug, [])) for own in catalogue.vocabulary.category.values()]


class MeasureList(PublicPage):
    """The list narrowed by the parameters of the address. One selection has one address."""

    template_name = "measure_list.html"

    def get(self, request):
        filterset = MeasureFilter(request.GET, catalogue=self.catalogue)
        if not filterset.is_valid():
            context = self.get_context_data(filter=filterset, listing=Listing(filterset))
            return self.render_to_response(context, status=400)
        number = request.GET.get("page") or "1"
        if redirect := canonical_redirect(request, filterset, number):
            return redirect
        listing = Listing(filterset, number)
        shown = {"filter": filterset, "listing": listing, "page": listing.page}
        return self.render_to_response(self.get_context_data(**shown, **citations.for_list(filterset)))


TOPICS = {"category": CategoryModel, "centre": Centre, "audience": Audience, "district": District}


class TopicPage(PublicPage):
    """A category, centre, audience or place: what it is, and its measures."""

    template_name = "topic.html"
    facet = ""

    def get_context_data(self, slug, **kwargs):
        catalogue = self.catalogue
        topic = catalogue.vocabulary.records(self.facet).get(slug)
        if topic is None:
            raise Http404
        fitting = Fitting(catalogue.register, {self.facet: [slug]})
        keys = list(islice(fitting.in_order(catalogue.order("number")), MAX_ON_A_TOPIC))
        return super().get_context_data(
            topic=topic,
            facet=self.facet,
            downloads={"feed": in_language(list_path(f"{self.facet}={slug}", ".atom"), get_language())},
            topic_kind=TOPICS[self.facet]._meta.verbose_name,
            measures=catalogue.measures(keys),
            rows=rows(catalogue, keys),
            count=fitting.total,
            paragraphs=paragraph_numbers(topic),
            parent=catalogue.vocabulary.district.get(getattr(topic, "parent", None) or ""),
            places=catalogue.vocabulary.places_in(slug) if self.facet == "district" else (),
            **kwargs,
        )


def paragraph_numbers(topic) -> list[int]:
    """The numbers of the source paragraphs that speak of a category or centre as a whole."""
    numbers = getattr(topic, "paragraphs", ())
    return [number[1] if isinstance(number, (list, tuple)) else number for number in numbers]


class SourcePage(PublicPage):
    template_name = "source.html"

    def get_context_data(self, **kwargs):
        plans = self.catalogue.vocabulary.plan.values()
        return super().get_context_data(
            paragraphs=[shown for plan in plans for shown in cited_paragraphs(plan, self.catalogue)], **kwargs
        )


def cited_paragraphs(plan: Plan, catalogue: Catalogue) -> list[dict]:
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

    def shown(paragraph: Paragraph) -> dict:
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


class About(PublicPage):
    template_name = "about.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(parts=parts(figures(self.catalogue)), **kwargs)


class DataPage(PublicPage):
    """The page of the whole set: its files, the meaning of its columns, its licence, its citation."""

    template_name = "data.html"

    def get_context_data(self, **kwargs):
        checksums = fingerprints.of_whole_set(self.catalogue)
        files = [file | {"fingerprint": checksums.get(file["form"])} for file in citations.files("")]
        return super().get_context_data(
            count=everything(self.catalogue).total,
            origin=settings.SITE_ORIGIN,
            files=files,
            dictionary=data_dictionary(),
            licence=site.LICENCE,
            not_included=site.NOT_INCLUDED,
            changes_path=in_language(CHANGES_PATH, get_language()),
            citation=citations.of_whole_set(self.catalogue),
            distribution=distribution(files),
            **kwargs,
        )


class ApiPage(PublicPage):
    """The API's documentation, made from its OpenAPI document."""

    template_name = "api.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**documentation(openapi(get_language())), **kwargs)


def unknown_form(request, form):
    message = gettext_lazy("The list does not exist as “{form}”. It can be had as {forms}.")
    forms = ", ".join([*FILES.values(), "Atom"])
    raise Http404(format_lazy(message, form=form[:20], forms=forms))


class Robots(TemplateView):
    template_name = "robots.txt"
    content_type = "text/plain"
    extra_context = {"origin": settings.SITE_ORIGIN}


class OpenSearch(TemplateView):
    """The description with which a browser searches this site from its address bar."""

    template_name = "opensearch.xml"
    content_type = "application/opensearchdescription+xml"
    extra_context = {
        "origin": settings.SITE_ORIGIN,
        "name": gettext_lazy("Futian Reforms"),  # at most 16 characters
        "description": gettext_lazy("Search the measures of Futian District’s reform plan of 2020"),
    }


class Styleguide(PublicPage):
    """Every named component of the design on one page, for staff who write pages."""

    template_name = "admin/styleguide.html"

    def get_context_data(self, **kwargs):
        keys = list(islice(everything(self.catalogue).in_order(self.catalogue.order("number")), 3))
        return super().get_context_data(
            categories=self.catalogue.vocabulary.category.values(),
            measures=self.catalogue.measures(keys),
            rows=rows(self.catalogue, keys),
            matrix=Listing.of_everything().matrix,
            **kwargs,
        )
