"""What happens to every request around the views: its language, its limits, its database."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from measures.metadata import LANGUAGE_TAGS

from .databases import acting, public_snapshot
from .traditional import is_text, traditional

MAX_QUERY_LENGTH = 4096  # characters of a query string; the longest sensible selection needs under 1,000


def language_from_path(get_response):
    """The language stands in the path and nowhere else, so that an address has one answer for everybody.

    Traditional Chinese has no catalogue and no columns: its pages are rendered from the simplified ones (Django falls
    back to the catalogue of LANGUAGE_CODE) and converted as a whole, attributes and structured data included.
    """

    def middleware(request):
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", LANGUAGE_TAGS[language])
            if language == "zh-hant" and not response.streaming and is_text(response):
                response.content = traditional(response.text)
                if "Content-Length" in response.headers:
                    response.headers["Content-Length"] = str(len(response.content))
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
                return get_response(request)
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return get_response(request)
        with acting(request.user.get_username(), request.POST.get("change_note", "")[:500]):
            response = get_response(request)
            if response.status_code >= 500:  # an exception became a page further in
                transaction.set_rollback(True)
            return response

    return middleware
