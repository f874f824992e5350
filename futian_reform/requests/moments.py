"""The past: which moment an address asks for, and what makes its answer one of the past (a Memento, RFC 7089).

Views do not know of it. An address with `as_of` is answered as without, while `Catalogue.current()` is that of the moment and
public versions are those up to then. Every address that the answer leads to is then told the moment too.
"""

import re
from html import escape, unescape

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import http_date

from measures.addresses import PAGE, absolute, form_of_answer, in_language, language_of_path, measure_path
from measures.catalogue.moments import UnknownMoment, is_day, moment_of
from measures.models import DataVersion, PublicVersion
from measures.selection.parameters import MOMENT, as_of, has_past, is_in_place
from measures.snapshots import asked_moment

from . import errors

# Content that never changes, for a day without asking: a release may print it in another form.
IMMUTABLE = "public, max-age=86400, immutable"
NOT_INDEXED = "noindex, nofollow"
# The addresses in a page, but those that lead out of its moment; and its forms.
ADDRESS = re.compile(r'(?<!data-now) href="([/?][^"]*)"')
FORM = re.compile(r'<form\b[^>]* action="([^"]*)"[^>]*>')


def answer(get_response, request):
    """The answer to a public request in its snapshot, of the moment that it asks for."""
    path, query = request.path_info, request.META["QUERY_STRING"]
    given = QueryDict(query).get(MOMENT, "") if has_past(path) else ""
    try:
        moment = moment_of(given) if given else moment_of_version(path)
    except UnknownMoment as unknown:
        return errors.bad_request(request, unknown)
    if moment is None:
        return get_response(request)
    if redirect := to_the_number(request, given, moment):
        return redirect
    asked, token = vars(request).copy(), asked_moment.set(moment)
    forget_moment(request)
    try:
        response = get_response(request)
        return of_the_past(response, request, moment, given)
    finally:
        asked_moment.reset(token)
        vars(request).update(asked)  # another server may be asked the same


def moment_of_version(path: str):
    """The first moment of the version whose permanent address this is; None for other addresses."""
    if "/history/" not in path or path.endswith("/history/"):
        return None
    try:
        found = resolve(path)
    except Resolver404:
        return None
    versions = PublicVersion.objects.filter(kind="measure", key=found.kwargs["code"], public=True)
    own = versions.filter(number=found.kwargs["number"]).values("data_version")
    return DataVersion.objects.filter(number__in=own).first()


def to_the_number(request, given: str, moment) -> HttpResponse | None:
    """The redirect of a page that names a day, or the moment before other parameters, to its one address."""
    here = as_of(without_moment(request), moment.number)
    if is_in_place(request.path_info) or not given:
        return None
    if is_day(given):
        is_present = moment.number == request.data_version.number
        return HttpResponseRedirect(without_moment(request) if is_present else here)
    asked = getattr(request, "asked_query", request.META["QUERY_STRING"])
    return None if here.partition("?")[2] == asked else HttpResponseRedirect(here)


def without_moment(request) -> str:
    """The address of the request without its moment."""
    query = rest_of(request.META["QUERY_STRING"])
    return f"{request.path}?{query}" if query else request.path


def rest_of(query: str) -> str:
    return "&".join(part for part in query.split("&") if not part.startswith(f"{MOMENT}="))


def forget_moment(request) -> None:
    """Let views see the address without its moment."""
    query = rest_of(request.META["QUERY_STRING"])
    request.META = request.META | {"QUERY_STRING": query}
    request.GET = QueryDict(query)
    if hasattr(request, "asked_query"):
        request.asked_query = rest_of(request.asked_query)


def of_the_past(response, request, moment, given: str):
    """Mark the answer as one of its moment, and have what it leads to stay there."""
    headers = response.headers
    headers["X-Data-Version"], headers["X-Robots-Tag"] = str(moment.number), NOT_INDEXED
    if location := headers.get("Location"):
        headers["Location"] = as_of(location, moment.number)
    if headers.get("Content-Type", "").startswith("text/html"):
        response.content = in_moment(response.text, request.path, moment.number)
    if response.status_code == 200:
        original = absolute(original_of(request))
        timemap = absolute(f"/timemap{original_of(request)}")
        headers["Memento-Datetime"] = http_date(moment.at.timestamp())
        headers["Link"] = (
            f'<{original}>; rel="original", <{timemap}>; rel="timemap"; type="application/link-format"'
        )
        if form_of_answer(request.path_info) != PAGE and not is_day(given):
            headers["Cache-Control"] = IMMUTABLE
        elif is_day(given):
            headers["Content-Location"] = as_of(request.get_full_path(), moment.number)
    return response


def original_of(request) -> str:
    """The address of the present that the answer is a moment of."""
    match = request.resolver_match
    if match and match.url_name == "measure-version":
        return in_language(measure_path(match.kwargs["code"]), language_of_path(request.path_info))
    return request.get_full_path()


def in_moment(page: str, path: str, number: int) -> str:
    """The page with all its links and forms in the same moment."""

    def link(found: re.Match) -> str:
        address = unescape(found[1])
        return f' href="{escape(as_of(path + address if address.startswith("?") else address, number))}"'

    def form(found: re.Match) -> str:
        field = f'<input type="hidden" name="{MOMENT}" value="{number}">'
        return found[0] + (field if has_past(found[1]) else "")

    return FORM.sub(form, ADDRESS.sub(link, page))
