"""Every public path and form of answer, once.

Absolute addresses start with SITE_ORIGIN, never with the Host header, and name the default language unless told otherwise.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import is_valid_path, translate_url
from django.utils.translation import get_language_from_path, override

# The year in which the names below were given out, as RFC 4151 asks for; it never changes.
TAG_YEAR = 2026

#: The public code of a measure, as a regular expression: year of the plan and number.
CODE_PATTERN = "[0-9]{4}-[0-9]{2,6}"

#: The forms in which a client can read an answer: a page, a JSON document or plain text.
PAGE, JSON, TEXT = "page", "json", "text"
_FORMS = {".json": JSON, ".csv": TEXT, ".xlsx": TEXT, ".atom": TEXT, ".bib": TEXT, ".ris": TEXT}
#: The files of a list: the end of their address -> their name. People come first, who mostly open them in Excel.
FILES = {".xlsx": "XLSX", ".csv": "CSV", ".json": "JSON"}

#: Stands before the path of which a TimeMap tells the moments.
TIMEMAP = "/timemap"
MAX_PATH_LENGTH = 300  # characters; no public path is longer
#: What stays stuck to a link in a running text, and ends no address and no value of a parameter but a search.
STUCK = " \u3000\t\r\n.,;:!?'\")]}>…。，、；：！？．）】》」』”’"

#: Zeros before the number of a version or a change.
ZEROS = re.compile("(?<=/history/)0+(?=[1-9])|(?<=/changes/)0+(?=[1-9])")


def form_of_answer(path: str) -> str:
    """PAGE, JSON or TEXT: the form that a client who asks for `path` can read, also for an error."""
    last = path.rpartition("/")[2]
    if path.startswith("/api/") and path != "/api/":
        return JSON
    if path.startswith(f"{TIMEMAP}/"):
        return TEXT
    return _FORMS.get(last[last.rfind(".") :], PAGE) if "." in last else PAGE


def with_query(path: str, *parts: str) -> str:
    """The path with the query that consists of these parts; empty ones are left out."""
    query = "&".join(filter(None, parts))
    return f"{path}?{query}" if query else path


def absolute(path: str) -> str:
    return settings.SITE_ORIGIN + path


def language_of_path(path: str) -> str:
    """The language that a path begins with, or comes nearest to; Chinese where it names none."""
    return get_language_from_path(path.lower()) or settings.LANGUAGE_CODE


def canonical_path(path: str) -> str:
    """The public path that is meant: its language in the right letters or the nearest one, nothing stuck to its end, no
    zeros before a number, small letters and a slash where pages have them. `path` itself where nothing stands there."""
    return path if len(path) > MAX_PATH_LENGTH else _canonical_path(path)


@lru_cache(maxsize=1024)
def _canonical_path(path: str) -> str:
    if path.lower().startswith(f"{TIMEMAP}/"):
        return TIMEMAP + _canonical_path(path[len(TIMEMAP) :])
    bare = path.rstrip(STUCK + "/") if path.rstrip("/").endswith(tuple(STUCK)) else path
    rest = bare = ZEROS.sub("", bare)
    if language := get_language_from_path(f"{bare}/".lower()):
        rest = bare[1:].partition("/")[2]
        rest = f"/{rest}" if rest else ""
    language = language or settings.LANGUAGE_CODE
    with override(language):
        starts = (start for each in (rest, rest.lower()) for start in (in_language(each, language), each))
        meant = (start + end for start in starts for end in ("", "/"))
        return next(filter(is_valid_path, meant), path)


@lru_cache(maxsize=1024)
def translated(path: str, language: str) -> str:
    """The page at `path`, which has no query, in another language; `path` itself where it has none."""
    return translate_url(path, language)


def in_language(path: str, language: str) -> str:
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"


def measure_path(code: str) -> str:
    return f"/measures/{code}/"


#: Kind of a record -> its plural, as addresses write it.
PLURALS = {
    "plan": "plans",
    "category": "categories",
    "centre": "centres",
    "audience": "audiences",
    "district": "districts",
    "term": "terms",
}


def record_path(kind: str, key: str) -> str:
    """The page of a record; "" where its kind has none."""
    if kind == "measure":
        return measure_path(key)
    if kind == "term":
        return f"/glossary/#{key}"
    return f"/{PLURALS[kind]}/{key}/" if kind in PLURALS else ""


def history_path(code: str) -> str:
    """All that the public knows of a measure, also when it is no longer published."""
    return f"/measures/{code}/history/"


def version_path(code: str, number: int) -> str:
    """The permanent address of this version of a measure."""
    return f"/measures/{code}/history/{number}/"


def changes_path(query: str = "", form: str = "/") -> str:
    """The changes of the span that `query` names, or all."""
    return with_query(f"/changes{form}", query)


def list_path(query: str, form: str = "/") -> str:
    """The list of `query` (canonical) in `form`: the page by default, else ".csv" and so on."""
    return with_query(f"/measures{form}", query)


def tag(*names: object) -> str:
    """A name that stays the same wherever the thing moves to (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_ORIGIN).hostname},{TAG_YEAR}:{'/'.join(map(str, names))}"
