"""The selection that an address asks for."""

from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from .filter import MeasureFilter


class InvalidParameters(BadRequest):
    """A parameter has a value that does not exist. `errors` has the ValidationErrors of each parameter by its name."""

    def __init__(self, errors: dict[str, list[ValidationError]]):
        self.errors = errors
        super().__init__(_("A parameter of the address has a value that does not exist."))


def selected(request: HttpRequest) -> MeasureFilter:
    """The filter of this address; raises InvalidParameters (400) that name what cannot be read."""
    filterset = MeasureFilter(request.GET)
    if not filterset.is_valid():
        raise InvalidParameters(filterset.form.errors.as_data())
    return filterset


def canonical_redirect(
    request: HttpRequest, filterset: MeasureFilter, page: str = "1"
) -> HttpResponseRedirect | None:
    """The redirect of a valid selection to its one address; None where it stands there already.

    Lists pass their page; exports and feeds have none.
    """
    query = filterset.canonical_query(page=page)
    if getattr(request, "asked_query", request.META["QUERY_STRING"]) == query:
        return None
    return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)


def without_parameters(request: HttpRequest) -> HttpResponseRedirect | None:
    """The redirect of an address that takes no parameters to itself without any."""
    return HttpResponseRedirect(request.path) if request.META["QUERY_STRING"] else None
