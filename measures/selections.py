"""What the list's other forms share: they read the same address as the page."""

from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from .filters import MeasureFilter, canonical_redirect
from .models import DataVersion, Measure


class InvalidParameters(BadRequest):
    """`errors`: for each parameter's name, the ValidationErrors that say what is wrong with it."""

    def __init__(self, errors: dict[str, list[ValidationError]]):
        self.errors = errors
        super().__init__(_("A parameter of the address has a value that does not exist."))


def selected(request) -> MeasureFilter:
    """The filter of this address; raises InvalidParameters (400) that name what cannot be read."""
    filterset = MeasureFilter(request.GET, Measure.objects.published())
    if not filterset.is_valid():
        raise InvalidParameters(filterset.form.errors.as_data())
    return filterset


class SelectionView(View):
    """The list in another form: the same measures in the same order, never in pages."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        filterset = selected(request)
        if redirect := canonical_redirect(request, filterset):
            return redirect
        return self.answer(filterset, filterset.canonical_query(), request.data_version)

    def answer(self, filterset: MeasureFilter, query: str, version: DataVersion):
        raise NotImplementedError


def without_parameters(request) -> HttpResponseRedirect | None:
    """The redirect of an address that takes no parameters to itself without any."""
    return HttpResponseRedirect(request.path) if request.META["QUERY_STRING"] else None
