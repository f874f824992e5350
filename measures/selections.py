"""What the list's other forms share: they read the same address as the page."""

from django.http import HttpResponseRedirect
from django.views.generic import View

from futian_reform.errors import InvalidParameters

from .filters import MeasureFilter
from .models import DataVersion, Measure


def selected(request) -> MeasureFilter:
    """The filter of this address; raises InvalidParameters (400) that name what cannot be read."""
    filterset = MeasureFilter(request.GET, Measure.objects.published())
    if not filterset.is_valid():
        raise InvalidParameters(filterset.form.errors.as_data())
    return filterset


def redirect_to(request, query: str) -> HttpResponseRedirect | None:
    """To the one address of this selection, unless it is this one."""
    if request.META.get("QUERY_STRING", "") == query:
        return None
    return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)


class SelectionView(View):
    """The list in another form: the same measures in the same order, never in pages."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        filterset = selected(request)
        query = filterset.canonical_query()
        return redirect_to(request, query) or self.answer(filterset, query, request.data_version)

    def answer(self, filterset: MeasureFilter, query: str, version: DataVersion):
        raise NotImplementedError
