"""The pages about changes. They show what was public, and never who changed it."""

from django.http import Http404
from django.utils.translation import gettext as _

from measures.addresses import with_query
from measures.catalogue import Catalogue
from measures.history.changes import Span, folded, on_page, tell_what_came_along
from measures.history.documents import whole
from measures.history.events import described
from measures.history.names import public_names
from measures.history.records import later_version, measure_of_version
from measures.models import PublicVersion
from measures.selection.requests import page_number

from .measure import relations
from .public_page import PublicPage


class HistoryPage(PublicPage):
    """A page about the past of records, which search engines are told not to index."""

    def render_to_response(self, context, **response_kwargs):
        response = super().render_to_response(context, **response_kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class MeasureHistory(HistoryPage):
    template_name = "history.html"

    def get_context_data(self, code, **kwargs):
        names = public_names(self.catalogue.vocabulary)
        events = described(PublicVersion.objects.events().of("measure", code), names)
        if not events:
            raise Http404
        return super().get_context_data(
            plan=self.catalogue.vocabulary.plan_of_year.get(int(code.partition("-")[0])),
            code=code,
            title=events[0].title,
            versions=events,
            withdrawn=events[0].withdrawn,
            **kwargs,
        )


class MeasureVersion(HistoryPage):
    """One version of a measure at its permanent address: the page of the measure in the first moment of the version, with a
    banner."""

    template_name = "measure_detail.html"

    def get_context_data(self, code, number, **kwargs):
        catalogue, names = self.catalogue, public_names(self.catalogue.vocabulary)
        events = described(PublicVersion.objects.events().of("measure", code).filter(number=number), names)
        if not events or events[0].withdrawn:
            raise Http404(_("This measure has no public version %(number)s.") % {"number": number})
        measure = catalogue.measure(code)
        if measure is None or measure.version_number != number:  # the same transaction went on to another
            measure = measure_of_version(code, number)
        later = later_version(code, number)
        gone = Catalogue.present().register.key_of(code) is None
        return super().get_context_data(
            **relations(measure, catalogue),
            version=events[0],
            entries=whole("measure", events[0].document, names),
            later=later,
            gone=gone,
            withdrawn=gone and not later,
            **kwargs,
        )


class Changes(HistoryPage):
    """The public changes between two moments, or all, newest first."""

    template_name = "changes.html"
    paginate_by = 30

    def get(self, request):
        span, number = Span.asked_for(request.GET), page_number(request)
        redirect = span.redirect(request, number)
        return redirect or self.render_to_response(self.get_context_data(span=span, number=number))

    def get_context_data(self, span, number, **kwargs):
        versions, more = on_page(folded(span.events()), self.request, number, self.paginate_by)
        names = public_names(self.catalogue.vocabulary)
        events = described(versions, names, self.catalogue.vocabulary)
        tell_what_came_along(events)
        path = self.request.path
        return super().get_context_data(
            versions=events,
            span=span,
            newer=with_query(path, span.page(number - 1)) if number > 1 else "",
            older=with_query(path, span.page(number + 1)) if more else "",
            number=number,
            **kwargs,
        )
