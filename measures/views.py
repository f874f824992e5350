"""The public pages. Each is a pure function of its address and the data version."""

from django.conf import settings
from django.db import router
from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import DetailView, TemplateView
from django.views.generic.base import ContextMixin

from . import api, citations, exports
from .addresses import CHANGES_PATH, FILES, in_language, list_path
from .editions import current_edition
from .filters import MeasureFilter, canonical_redirect
from .listing import Listing
from .models import Category, Centre, DataVersion, Measure, Plan, SourceParagraph

MOST_TITLES = 300  # on the home page; of more, the categories and their numbers are shown
MOST_ON_A_TOPIC = 100  # measures on the page of a category, centre, audience or place
MOST_AT_A_PARAGRAPH = 10  # measures that cite it, on the page of the source


class PublicPage(ContextMixin):
    """What every public page shows: the plan it is about and the version of the data."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            plan=current_edition(router.db_for_read(Plan)).plan,
            data_version=self.request.data_version,
            not_stated=_("not stated"),
            **kwargs,
        )


class Home(PublicPage, TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        edition = current_edition(router.db_for_read(Measure))
        if with_titles := edition.figures["total"] <= MOST_TITLES:
            categories = Category.objects.with_published_measures()
        else:
            categories = Category.objects.order_by("-plan", "number")
            numbers = edition.everything.numbers("category")
            for category in categories:
                category.count = numbers[category.slug]
        return super().get_context_data(
            categories=categories,
            with_titles=with_titles,
            centres=Centre.objects.all(),
            counts=edition.figures,
            edited=Measure.objects.published().edited_last(5),
            matrix=Listing.of_everything().matrix,
            **kwargs,
        )


class MeasureList(PublicPage, TemplateView):
    """The list narrowed by the parameters of the address. One selection has one address."""

    template_name = "measure_list.html"

    def get(self, request):
        filterset = MeasureFilter(request.GET, Measure.objects.published())
        if not filterset.is_valid():
            context = self.get_context_data(filter=filterset, listing=Listing(filterset))
            return self.render_to_response(context, status=400)
        number = request.GET.get("page") or "1"
        if redirect := canonical_redirect(request, filterset, number):
            return redirect
        listing = Listing(filterset, number)
        shown = {"filter": filterset, "listing": listing, "page": listing.page}
        cited = citations.for_list(filterset, listing.count, request.data_version)
        return self.render_to_response(self.get_context_data(**shown, **cited))


class RecordPage(PublicPage, DetailView):
    """One record. What Django says of a missing one names internals and has words of its own; the page for 404 has ours."""

    def get_object(self, queryset=None):
        try:
            return super().get_object(queryset)
        except Http404:
            raise Http404 from None


class MeasurePage(RecordPage):
    template_name = "measure_detail.html"
    context_object_name = "measure"
    slug_field = slug_url_kwarg = "code"

    def get_queryset(self):
        return Measure.objects.published().for_export()

    def get_context_data(self, **kwargs):
        before, after = Measure.objects.published().neighbours(self.object)
        context = super().get_context_data(before=before, after=after, **kwargs)
        return context | citations.for_measure(self.object, context["data_version"])


class TopicPage(RecordPage):
    """A category, centre, audience or place: what it is, and its measures."""

    template_name = "topic.html"
    context_object_name = "topic"
    facet = ""

    def get_context_data(self, **kwargs):
        topic = self.object
        found = Measure.objects.published()
        found = found.narrowed({self.facet: [topic.slug]}, current_edition(found.db).vocabulary)
        measures = list(found.with_relations()[:MOST_ON_A_TOPIC])
        return super().get_context_data(
            facet=self.facet,
            downloads={"feed": in_language(list_path(f"{self.facet}={topic.slug}", ".atom"), get_language())},
            topic_kind=topic._meta.verbose_name,
            measures=measures,
            count=len(measures) if len(measures) < MOST_ON_A_TOPIC else found.count(),
            paragraphs=topic.paragraphs.all() if hasattr(topic, "paragraphs") else (),
            places=topic.children.all() if hasattr(topic, "children") else (),
            **kwargs,
        )


class SourcePage(PublicPage, TemplateView):
    template_name = "source.html"

    def get_context_data(self, **kwargs):
        paragraphs = SourceParagraph.objects.with_citing_measures(MOST_AT_A_PARAGRAPH)
        return super().get_context_data(paragraphs=paragraphs, **kwargs)


class About(PublicPage, TemplateView):
    template_name = "about.html"


class DataPage(PublicPage, TemplateView):
    """The whole set: its files, what its columns mean, what may be done with it, how to cite it."""

    template_name = "data.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        version, count = context["data_version"], Measure.objects.published().count()
        fingerprints = exports.whole_set_fingerprints(version)
        files = [file | {"fingerprint": fingerprints.get(file["form"])} for file in citations.files("")]
        return context | {
            "count": count,
            "origin": settings.SITE_ORIGIN,
            "files": files,
            "dictionary": exports.data_dictionary(),
            "licence": exports.LICENCE,
            "not_included": exports.NOT_INCLUDED,
            "changes_path": in_language(CHANGES_PATH, get_language()),
            "citation": citations.of_whole_set(count, version),
            "distribution": exports.distribution(files),
        }


class ApiPage(PublicPage, TemplateView):
    """The API's documentation, made from its OpenAPI document."""

    template_name = "api.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**api.documentation(api.openapi(get_language())), **kwargs)


def unknown_form(request, form):
    message = gettext_lazy("The list does not exist as “{form}”. It can be had as {forms}.")
    forms = ", ".join([*FILES.values(), "Atom"])
    raise Http404(format_lazy(message, form=form[:20], forms=forms))


class Robots(TemplateView):
    template_name = "robots.txt"
    content_type = "text/plain"
    extra_context = {"origin": settings.SITE_ORIGIN}


class OpenSearch(TemplateView):
    """How a browser searches this site from its address bar."""

    template_name = "opensearch.xml"
    content_type = "application/opensearchdescription+xml"
    extra_context = {
        "origin": settings.SITE_ORIGIN,
        "name": gettext_lazy("Futian Reforms"),  # at most 16 characters
        "description": gettext_lazy("Search the measures of Futian District’s reform plan of 2020"),
    }


class Styleguide(PublicPage, TemplateView):
    """Every named component of the design on one page, for staff who write pages."""

    template_name = "admin/styleguide.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        request.data_version = DataVersion.objects.live()  # the staff desk has no snapshot

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            categories=Category.objects.all(),
            measures=Measure.objects.published().with_relations()[:3],
            matrix=Listing.of_everything().matrix,
            **kwargs,
        )
