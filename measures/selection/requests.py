"""The selection that an address asks for."""

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .filter import MeasureFilter

MAX_DIGITS = 9  # of the number of a page


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
    request: HttpRequest, filterset: MeasureFilter, page: str = "1", view: str = ""
) -> HttpResponseRedirect | None:
    """The redirect of a valid selection to its one address; None where it stands there already.

    Lists and feeds pass their page, lists their view; files have none. A view is another look at the same selection: it may
    stand at the end of an address without being part of it.
    """
    query = "&".join(filter(None, [filterset.canonical_query(page=page), view and f"view={view}"]))
    if getattr(request, "asked_query", request.META["QUERY_STRING"]) == query:
        return None
    return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)


def page_number(request: HttpRequest) -> int:
    """The number of the page that the address asks for; 0 where it is none."""
    number = request.GET.get("page") or "1"
    readable = number.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS
    return int(number) if readable else 0


def page_asked_for(request: HttpRequest, pages: int) -> int:
    """The same number; raises Http404 where there are not so many pages."""
    number = page_number(request)
    if not 1 <= number <= pages:
        message = _("This list has {pages} pages; there is no page “{number}”.")
        raise Http404(format_lazy(message, pages=pages, number=request.GET["page"][:20]))
    return number
