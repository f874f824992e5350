"""The public pages. Each is a pure function of its address and the data version."""

from itertools import islice
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.views.generic import TemplateView

from measures import site
from measures.addresses import FILES, absolute, changes_path, in_language, list_path
from measures.open_data import citations, fingerprints
from measures.open_data.api.documentation import documentation
from measures.open_data.api.openapi import openapi
from measures.open_data.dictionary import data_dictionary
from measures.open_data.package import distribution
from measures.selection.filter import MeasureFilter
from measures.selection.numbers import everything, figures, of_plan, parts
from measures.selection.parameters import in_moment
from measures.selection.requests import canonical_redirect

from .doors import ways_in
from .listing import Listing
from .plans import overview
from .public_page import PublicPage
from .rows import rows

MAX_EDITED = 5  # measures on the home page


#: Searches to begin with.
TRIES = (
    gettext_lazy("artificial intelligence"),
    gettext_lazy("school"),
    gettext_lazy("Xiangmihu"),
    gettext_lazy("lawsuit"),
)


class Home(PublicPage):
    """The newest plan that has measures; the others are one step away."""

    template_name = "home.html"

    def get_context_data(self, **kwargs):
        catalogue = self.catalogue
        plans = sorted(catalogue.plans, key=lambda plan: not of_plan(catalogue, plan.slug).total)
        newest, *others = plans or [None]
        shown = overview(newest, catalogue) | {"doors": ways_in(newest, catalogue)} if newest else {}
        return super().get_context_data(
            **shown,
            plan=newest,
            other_plans=others,
            tries=[
                (word, in_language(list_path(urlencode({"q": str(word)})), get_language())) for word in TRIES
            ],
            edited=catalogue.kept("edited", lambda: catalogue.edited_last(MAX_EDITED)),
            **kwargs,
        )


class MeasureList(PublicPage):
    """The list narrowed by the parameters of the address. One selection has one address."""

    template_name = "measure_list.html"

    def get(self, request):
        filterset = MeasureFilter(request.GET, catalogue=self.catalogue)
        if not filterset.is_valid():
            context = self.get_context_data(filter=filterset, listing=Listing(filterset))
            return self.render_to_response(context, status=400)
        listing = Listing(filterset, request.GET.get("page") or "1", request.GET.get("view") or "")
        if redirect := canonical_redirect(request, filterset, listing.number, listing.view):
            return redirect
        plan = filterset.plans[0] if len(filterset.plans) == 1 else None
        shown = {"plan": plan, "filter": filterset, "listing": listing, "page": listing.page}
        return self.render_to_response(self.get_context_data(**shown, **citations.for_list(filterset)))


class About(PublicPage):
    template_name = "about.html"

    def get_context_data(self, **kwargs):
        methods = [
            (plan, parts(figures(of_plan(self.catalogue, plan.slug)))) for plan in self.catalogue.plans
        ]
        return super().get_context_data(methods=methods, **kwargs)


class DataPage(PublicPage):
    """The page of the whole set: its files, the meaning of its columns, its licence, its citation."""

    template_name = "data.html"

    def get_context_data(self, **kwargs):
        checksums = fingerprints.of_whole_set(self.catalogue)
        files = [file | {"fingerprint": checksums.get(file["form"])} for file in citations.files("")]
        return super().get_context_data(
            count=everything(self.catalogue).total,
            csv_address=absolute(in_moment(list_path("", ".csv"))),
            files=files,
            dictionary=data_dictionary(),
            licence=site.LICENCE,
            not_included=site.NOT_INCLUDED,
            changes_path=in_language(changes_path(), get_language()),
            citation=citations.of_whole_set(self.catalogue),
            distribution=distribution(files),
            **kwargs,
        )


class ApiPage(PublicPage):
    template_name = "api.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **documentation(openapi(get_language(), with_examples=False)), **kwargs
        )


def unknown_form(request, form):
    message = gettext_lazy("The list does not exist as “{form}”. It can be had as {forms}.")
    forms = ", ".join([*FILES.values(), "Atom"])
    raise Http404(format_lazy(message, form=form[:20], forms=forms))


class Robots(TemplateView):
    template_name = "robots.txt"
    content_type = "text/plain"
    extra_context = {"origin": settings.SITE_ORIGIN}


class OpenSearch(PublicPage):
    """The description with which a browser searches this site from its address bar."""

    template_name = "opensearch.xml"
    content_type = "application/opensearchdescription+xml"
    extra_context = {
        "origin": settings.SITE_ORIGIN,
        "name": gettext_lazy("Futian Reforms"),  # at most 16 characters
    }


class Styleguide(PublicPage):
    """Every named component of the design on one page, for staff who write pages."""

    template_name = "admin/styleguide.html"

    def get_context_data(self, **kwargs):
        keys = list(islice(everything(self.catalogue).in_order(self.catalogue.order("number")), 3))
        plans = self.catalogue.plans
        return super().get_context_data(
            plan=plans[0] if plans else None,
            categories=self.catalogue.vocabulary.category.values(),
            measures=self.catalogue.measures(keys),
            rows=rows(self.catalogue, keys, coded=len(plans) > 1),
            matrix=Listing.of_plan(plans[0], self.catalogue).matrix if plans else None,
            **kwargs,
        )
