"""The parameters that each address takes, and the one way to write them.

Pages and feeds lead to that way by a redirect, which drops what they do not take; machine forms answer in place and refuse
what they do not take. `canonical_address` of futian_reform/requests/middleware.py does both; the page cache knows an answer by
its canonical address.
"""

import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, TooManyFieldsSent, ValidationError
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from measures.addresses import (
    MAX_PATH_LENGTH,
    PAGE,
    PLURALS,
    STUCK,
    TIMEMAP,
    absolute,
    form_of_answer,
    in_language,
    language_of_path,
    list_path,
    with_query,
)
from measures.language.word_lists import word_list
from measures.snapshots import asked_moment

from .facets import FACETS

LIST = ("q", *FACETS, "sort")
SPAN = ("from", "to")  # between two moments
#: The data version at which an address is read; the last of its parameters.
MOMENT = "as_of"
#: Name of an address -> the parameters it takes, in the order in which they are written; all others take none.
PARAMETERS = {
    "measure-list": (*LIST, "page", "view"),
    "suggestions": ("q",),
    "measures-atom": (*LIST, "page"),
    "measures-csv": LIST,
    "measures-xlsx": LIST,
    "measures-json": LIST,
    "api-measures-list": (*LIST, "page"),
    **{f"api-{name}-list": ("page",) for name in PLURALS.values()},
    "api-changes-list": (*SPAN, "page"),
    "changes": (*SPAN, "page"),
    "changes-atom": (*SPAN, "page"),
    "sitemap-section": ("p",),
    "verify": ("address", "fingerprint", "measures"),
}
#: Addresses without a past: feeds tell what is new, permanent versions are the past, the rest does not depend on the content.
ALWAYS_PRESENT = frozenset(
    ["measures-atom", "changes-atom", "measure-version", "suggestions", "sitemap", "sitemap-section"]
    + ["about", "verify", "timemap", "api", "api-schema", "opensearch", "robots", "healthz", "readyz"]
)
NUMBERS = ("page", "p")
SLUG = re.compile("[A-Za-z0-9_-]+")
#: What messengers, mail programs and advertisements add to any link that passes through them.
TRACKERS = word_list(Path(__file__).with_name("trackers.txt"))
TRACKER_BEGINNINGS = ("utm_", "mtm_", "pk_", "hm_", "hmsr", "hmpl", "hmcu", "hmkw", "hmci")


def is_tracker(name: str) -> bool:
    return name in TRACKERS or name.startswith(TRACKER_BEGINNINGS)


def parameters(path: str) -> tuple[str, ...] | None:
    """The parameters that the address at `path` takes, in their order; None where there is no such address."""
    return None if len(path) > MAX_PATH_LENGTH else _parameters(path)


@lru_cache(maxsize=1024)
def _parameters(path: str) -> tuple[str, ...] | None:
    if path.startswith(TIMEMAP):  # takes what the address takes whose moments it lists
        return (*(name for name in parameters(path.removeprefix(TIMEMAP)) or () if name != MOMENT), "p")
    try:
        with override(language_of_path(path)):
            match = resolve(path)
    except Resolver404:
        return None
    name = match.url_name or ""
    own = PARAMETERS.get(name, ())
    # Icons and forms that there are not have no name, and the staff desk shows what is.
    return own if not name or name in ALWAYS_PRESENT or "admin/" in match.route else (*own, MOMENT)


def has_past(path: str) -> bool:
    """Whether what stands at this path can be read as it was."""
    return MOMENT in (parameters(path) or ())


def as_of(address: str, number: int) -> str:
    """The address as it was at a data version; itself where it has no past."""
    rest, mark, fragment = address.partition("#")
    path, _question, query = rest.partition("?")
    if not has_past(path):
        return address
    return with_query(path, query, f"{MOMENT}={number}") + mark + fragment


def list_as_of(query: str, number: int, form: str = "/", language: str = "zh-hans") -> str:
    """The absolute address of a list, in any form, as it was at a data version."""
    return absolute(as_of(in_language(list_path(query, form), language), number))


def in_moment(address: str) -> str:
    """The address in the moment that the request asks for."""
    moment = asked_moment.get()
    return as_of(address, moment.number) if moment else address


def is_in_place(path: str) -> bool:
    """Whether what stands at `path` is read by programs that need not follow a redirect."""
    return form_of_answer(path) != PAGE and not path.endswith(".atom")


def is_of_selection(path: str) -> bool:
    """Whether the address takes a selection, whose values have an order that only its view knows."""
    return "q" in (parameters(path) or ())


def unknown(path: str, given: QueryDict) -> list[str]:
    """The names in a query that its address does not take, known trackers apart."""
    taken = parameters(path) or ()
    return [name for name in given if name not in taken and not is_tracker(name)]


class UnknownParameters(BadRequest):
    """Names that the address does not take. `errors` says of each what may have been meant."""

    def __init__(self, names: list[str], taken: tuple[str, ...]):
        self.errors = {name: [_unknown_name(name, taken)] for name in names}
        super().__init__(_("The address has a parameter that it does not take."))


def _unknown_name(name: str, taken: tuple[str, ...]) -> ValidationError:
    near = get_close_matches(name.lower(), taken, n=1)
    if near:
        said = _("This address does not take “%(name)s”. Did you mean “%(near)s”?")
    elif taken:
        said = _("This address does not take “%(name)s”. It takes %(known)s.")
    else:
        said = _("This address does not take “%(name)s”, nor any other parameter.")
    return ValidationError(said, params={"name": name[:50], "near": "".join(near), "known": ", ".join(taken)})


def refuse_unknown(path: str, query: str | bytes) -> None:
    """Raise UnknownParameters where this path is that of a machine form, and the query has a name that it does not take."""
    taken = parameters(path)
    if taken is not None and is_in_place(path) and (names := unknown(path, QueryDict(query))):
        raise UnknownParameters(names, taken)


def canonical_query(path: str, query: str | bytes) -> str | None:
    """The way to write `query` at this path; None where it cannot be told: no such address, too many names, or not UTF-8.

    Trackers and empty values are left out, and so are other names that a page does not take; of those it takes it knows capital
    letters. Names stand in their order. Of a parameter that takes one value the last counts. Which values exist is not asked here.
    """
    taken = parameters(path)
    if taken is None:
        return None
    try:
        given = QueryDict(query)
    except TooManyFieldsSent:
        return None
    written, in_place = [], is_in_place(path)
    for name in taken:
        spelled = [own for own in given if own == name or (not in_place and own.lower() == name)]
        values = [_tidy(name, value) for own in spelled for value in given.getlist(own)]
        values = [value for value in dict.fromkeys(values) if value]
        written += [(name, value) for value in (values if name in FACETS else values[-1:])]
    written = [(name, value) for name, value in written if name not in NUMBERS or value != "1"]
    if in_place:
        written += [(name, value) for name in unknown(path, given) for value in given.getlist(name)]
    # Bytes that are no UTF-8 become this character; a view says so.
    return None if any("\ufffd" in value for _name, value in written) else urlencode(written)


def _tidy(name: str, value: str) -> str:
    if name == "from" and not value[:1].isdigit():
        return ""  # no moment, but what messengers add
    if name == "q":
        return " ".join(value.split())
    bare = value.rstrip(STUCK)
    if not SLUG.fullmatch(bare):
        return value if value.strip() else ""
    return bare.lstrip("0") or "0" if name in NUMBERS and bare.isdecimal() else bare
