"""The selection that an address asks for."""

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from measures.addresses import with_query

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
    return HttpResponseRedirect(with_query(request.path, query))


def number_of(given: str) -> int:
    """The number of a page as an address writes it; 0 where it is none."""
    readable = given.isascii() and given.isdecimal() and len(given) <= MAX_DIGITS
    return int(given) if readable else 0


def page_number(request: HttpRequest) -> int:
    return number_of(request.GET.get("page") or "1")


def existing_page(given: str, pages: int) -> int:
    """The same number; raises Http404 where there are not so many pages."""
    number = number_of(given)
    if not 1 <= number <= pages:
        raise Http404(lazy(no_such_page, str)(given[:20], pages))
    return number


def no_such_page(given: str, pages: int) -> str:
    return ngettext(
        "This list has %(pages)s page; there is no page “%(number)s”.",
        "This list has %(pages)s pages; there is no page “%(number)s”.",
        pages,
    ) % {"pages": pages, "number": given}
