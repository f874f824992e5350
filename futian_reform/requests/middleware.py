"""Middleware: the language, the limits, the one address and the database of every request."""

from urllib.parse import quote, unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from measures.addresses import PAGE, canonical_path, form_of_answer, language_of_path, with_query
from measures.language.bilingual import CHINESE, ENGLISH, LANGUAGE_TAGS
from measures.language.normalising import NOT_IN_TEXTS
from measures.selection.parameters import canonical_query, is_in_place, is_of_selection, refuse_unknown
from measures.snapshots import SnapshotStream, editing_as, public_snapshot, reader_is_lost

from . import errors, health, moments
from .errors import READING, busy, crowded, late, method_not_allowed, too_large, unavailable
from .traditional import is_text, traditional

READS = READING.split(", ")
# The languages of records, and of refusals, at addresses that have none.
IN_BOTH = f"{CHINESE}, {ENGLISH}"
MAX_QUERY_LENGTH = 4096  # characters of a query string; the longest sensible selection needs under 1,000
# Caches ask the site before each use whether a page is current; for a day they may send it when the site does not answer.
PUBLIC_CACHING = "public, max-age=0, must-revalidate, stale-if-error=86400"
# In a request's environment: the page cache has nothing to serve and asks for the page that says so, and why.
UNAVAILABLE = "futian.unavailable"
BUSY, SILENT = "busy", "silent"
# Likewise where a request cannot be served now: LATE or CROWDED.
REFUSED = "futian.refused"
LATE, CROWDED = "late", "crowded"


def language_from_path(get_response):
    """The language stands in the path and nowhere else, so that an address has one answer for everybody.

    Traditional Chinese has no catalogue and no columns: its pages are rendered from the simplified ones (Django falls
    back to the catalogue of LANGUAGE_CODE) and converted as a whole, attributes and structured data included.
    """

    def middleware(request):
        language = language_of_path(request.path_info)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            spoken = IN_BOTH if is_in_place(request.path_info) else LANGUAGE_TAGS[language]
            response.headers.setdefault("Content-Language", spoken)
            if language == "zh-hant" and not response.streaming and is_text(response):
                response.content = traditional(response.text)
                if "Content-Length" in response.headers:
                    response.headers["Content-Length"] = str(len(response.content))
            return response

    return middleware


def open_data(get_response):
    """Let scripts of every site read machine answers, and refuse everything but reading."""

    def middleware(request):
        if form_of_answer(request.path_info) == PAGE:
            return get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": READING})
            response.headers["Access-Control-Allow-Methods"] = READING
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response.headers["Access-Control-Max-Age"] = "86400"
        elif request.method in ("GET", "HEAD"):
            response = get_response(request)
            response.headers["Access-Control-Expose-Headers"] = (
                "Content-Disposition, Content-Location, ETag, Link, Memento-Datetime, X-Data-Version"
            )
        else:
            response = method_not_allowed(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return middleware


def own_origin(get_response):
    """Forbid other sites to embed our answers, except the data that is open to their scripts."""

    def middleware(request):
        response = get_response(request)
        is_open = response.headers.get("Access-Control-Allow-Origin") == "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_open else "same-origin"
        return response

    return middleware


def within_limits(get_response):
    """Refuse queries and bodies that are too long, and characters that no text may contain, in whatever form of answer."""

    def middleware(request):
        if reason := request.environ.get(REFUSED):
            return {LATE: late, CROWDED: crowded}[reason](request)
        # Django reads "get" as GET; the page cache, which keeps a crowd from rendering, does not, and HTTP does not either.
        if request.META["REQUEST_METHOD"] != request.method:
            raise BadRequest(_("Something in the address or the request is not as it should be."))
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal():
            raise BadRequest(_("Something in the address or the request is not as it should be."))
        if int(length) > settings.MAX_BODY_LENGTH:
            return too_large(request)
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_LENGTH:
            raise BadRequest(_("The address is too long. Please shorten the search or choose fewer options."))
        if NOT_IN_TEXTS.search(request.path) or NOT_IN_TEXTS.search(
            unquote_to_bytes(query.encode("latin-1")).decode(errors="replace")
        ):
            raise BadRequest(_("The address contains a character that no text may contain, such as NUL."))
        return get_response(request)

    return middleware


def canonical_address(get_response):
    """Have one address for one answer: what is written in another way is redirected; a machine form answers where it stands,
    as if it had been asked in that way, and refuses what it does not take."""

    def middleware(request):
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        if request.method not in ("GET", "HEAD") or passes_by(path) or path in health.ADDRESSES:
            return get_response(request)
        right_path = canonical_path(path)
        right_query = canonical_query(right_path, query.encode("latin-1")) if query else ""
        if right_query is None:
            right_query = query
        in_place = is_in_place(path)
        if right_path != path or (right_query != query and not in_place and not is_of_selection(path)):
            response = HttpResponseRedirect(with_query(quote(right_path), right_query))
            response.headers["Cache-Control"] = PUBLIC_CACHING
            return response
        refuse_unknown(path, query.encode("latin-1"))
        request.META["QUERY_STRING"] = right_query
        if not in_place:
            # The view of a selection redirects where this is not its own way to write it.
            request.asked_query = query
        return get_response(request)

    return middleware


def is_staff_path(path: str) -> bool:
    """Whether `path` belongs to the staff desk, in any language."""
    first, _slash, rest = path.lstrip("/").partition("/")
    if first in dict(settings.LANGUAGES):
        first = rest.partition("/")[0]
    return first == "admin"


def passes_by(path: str) -> bool:
    """Whether `path` is no public page: the staff desk, a static file, or the health check of this process."""
    return is_staff_path(path) or path.startswith(settings.STATIC_URL) or path == "/healthz"


def staff_or_public(get_response):
    """Give a public request one read-only snapshot, and a staff request a transaction signed with the account."""

    def middleware(request):
        if is_staff_path(request.path_info):
            return for_staff(get_response, request)
        return for_public(get_response, request)

    return middleware


def for_staff(get_response, request):
    if request.method in READS:
        return get_response(request)
    notes = [request.POST.get(name, "")[:500] for name in ("change_note", "private_note")]
    with editing_as(request.user.get_username(), *notes):
        response = get_response(request)
        if response.status_code >= 500:  # Django has turned an exception into this answer
            transaction.set_rollback(True)
        elif asks_to_sign_in(request, response) and errors.typed(request):
            return errors.signed_out(request, response.headers["Location"])
        return response


def asks_to_sign_in(request, response) -> bool:
    """Whether a form that was posted leads to signing in; an account that is no longer one of staff is sent there too."""
    if response.status_code != 302 or request.method != "POST":
        return False
    where = response.headers["Location"]
    return "/admin/login/" in where or (
        "/admin/sign-in/" in where and "/admin/sign-in/" not in request.path_info
    )


def for_public(get_response, request):
    if request.method not in READS:
        return HttpResponseNotAllowed(READS)
    if UNAVAILABLE in request.environ:
        return busy(request) if request.environ[UNAVAILABLE] == BUSY else unavailable(request)
    if request.path_info in health.ADDRESSES:
        return get_response(request)
    response = from_snapshot(get_response, request)
    if response.status_code == 503 and response.reader_is_lost:  # another server has the same to say
        response = from_snapshot(get_response, request)
    return response


def from_snapshot(get_response, request):
    """The answer to a public request, which says whether the server that it was read from went away meanwhile."""
    with public_snapshot() as request.data_version:
        response = moments.answer(get_response, request)
        small = request.path_info.lower()
        if response.status_code == 404 and request.resolver_match and small != request.path_info:
            # No record has this name; one may have it in small letters.
            response = HttpResponseRedirect(with_query(quote(small), request.META["QUERY_STRING"]))
        response.reader_is_lost = reader_is_lost()
        if isinstance(response, SnapshotStream):
            response.take_snapshot()
        return of_version(request.data_version, response)


def of_version(version, response):
    """Mark an answer from a snapshot with its data version."""
    response.data_version = version
    response.headers.setdefault("X-Data-Version", str(version.number))
    if response.status_code < 500:
        response.headers.setdefault("Cache-Control", PUBLIC_CACHING)
    return response
