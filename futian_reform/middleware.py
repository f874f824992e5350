"""What happens to every request around the views: its language, its limits, its database."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .databases import SnapshotStream, acting, public_snapshot
from .errors import PAGE, READING, form_of_answer, method_not_allowed

MAX_QUERY_LENGTH = 4096  # characters of a query string; the longest sensible selection needs under 1,000


def language_from_path(get_response):
    """The language stands in the path and nowhere else, so that an address has one answer for everybody."""

    def middleware(request):
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def open_data(get_response):
    """Data can be read from every site's scripts, and only read."""

    def middleware(request):
        if form_of_answer(request.path_info) == PAGE:
            return get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": READING})
        elif request.method in ("GET", "HEAD"):
            response = get_response(request)
        else:
            response = method_not_allowed(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = READING
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response.headers["Access-Control-Max-Age"] = "86400"
        else:
            response.headers["Access-Control-Expose-Headers"] = "Content-Disposition, ETag"
        return response

    return middleware


def within_limits(get_response):
    """Refuses what no reader sends: overlong queries and NUL bytes, which PostgreSQL cannot hold."""

    def middleware(request):
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_LENGTH:
            raise BadRequest(_("The address is too long. Please shorten the search or choose fewer options."))
        if "\0" in request.path or "%00" in query or "\0" in query:
            raise BadRequest(_("The address contains a character that cannot be part of one (NUL)."))
        return get_response(request)

    return middleware


def is_staff_path(path: str) -> bool:
    """Whether `path` belongs to the staff desk, in any language."""
    first, _slash, rest = path.lstrip("/").partition("/")
    if first in dict(settings.LANGUAGES):
        first = rest.partition("/")[0]
    return first == "admin"


def staff_or_public(get_response):
    """Public requests read one snapshot and cannot write; what staff change is signed with their name."""

    def middleware(request):
        if not is_staff_path(request.path_info):
            with public_snapshot():
                response = get_response(request)
                if isinstance(response, SnapshotStream):
                    response.take_snapshot()
                return response
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return get_response(request)
        with acting(request.user.get_username(), request.POST.get("change_note", "")[:500]):
            return get_response(request)

    return middleware
