"""The parameters that each address takes, and the one way to write them.

Pages and feeds lead to that way by a redirect, which drops what they do not take; machine forms answer in place and refuse
what they do not take. `canonical_address` of futian_reform/requests/middleware.py does both; the page cache knows an answer by
its canonical address.
"""

import re
from functools import lru_cache
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import override

from measures.addresses import MAX_PATH_LENGTH, PAGE, STUCK, form_of_answer, language_of_path

from .facets import FACETS

LIST = ("q", *FACETS, "sort")
#: Name of an address -> the parameters it takes, in the order in which they are written; all others take none.
PARAMETERS = {
    "measure-list": (*LIST, "page", "view"),
    "measure-suggestions": ("q",),
    "measures-atom": (*LIST, "page"),
    "measures-csv": LIST,
    "measures-xlsx": LIST,
    "measures-json": LIST,
    "api-measures-list": (*LIST, "page"),
    **{
        f"api-{name}-list": ("page",)
        for name in ("audiences", "categories", "centres", "changes", "districts", "plans", "terms")
    },
    "changes": ("page",),
    "changes-atom": ("page",),
    "sitemap-section": ("p",),
}
NUMBERS = ("page", "p")
SLUG = re.compile("[A-Za-z0-9_-]+")
#: What messengers, mail programs and advertisements add to any link that passes through them.
TRACKERS = frozenset(
    "from isappinstalled scene clicktime enterid ascene nsukey wxshare_count spm scm bd_vid vd_source share_token share_source"  # noqa: SIM905
    " share_medium share_from tt_from sudaref fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igsh"
    " igshid srsltid mc_cid mc_eid _ga _gl".split()
)
TRACKER_BEGINNINGS = ("utm_", "mtm_", "pk_", "hm_", "hmsr", "hmpl", "hmcu", "hmkw", "hmci")


def is_tracker(name: str) -> bool:
    return name in TRACKERS or name.startswith(TRACKER_BEGINNINGS)


def parameters(path: str) -> tuple[str, ...] | None:
    """The parameters that the address at `path` takes, in their order; None where there is no such address."""
    return None if len(path) > MAX_PATH_LENGTH else _parameters(path)


@lru_cache(maxsize=1024)
def _parameters(path: str) -> tuple[str, ...] | None:
    try:
        with override(language_of_path(path)):
            name = resolve(path).url_name
    except Resolver404:
        return None
    return PARAMETERS.get(name or "", ())


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


def canonical_query(path: str, query: str | bytes) -> str | None:
    """The way to write `query` at this path; None where it cannot be told: no such address, too many names, or not UTF-8.

    Trackers and empty values are left out, and so are other names that a page does not take. Names stand in their order. Of a
    parameter that takes one value the last counts. Which values exist is not asked here.
    """
    taken = parameters(path)
    if taken is None:
        return None
    try:
        given = QueryDict(query)
    except TooManyFieldsSent:
        return None
    written = []
    for name in taken:
        values = [_tidy(name, value) for value in given.getlist(name)]
        values = [value for value in dict.fromkeys(values) if value]
        written += [(name, value) for value in (values if name in FACETS else values[-1:])]
    written = [(name, value) for name, value in written if name not in NUMBERS or value != "1"]
    if is_in_place(path):
        written += [(name, value) for name in unknown(path, given) for value in given.getlist(name)]
    # Bytes that are no UTF-8 become this character; a view says so.
    return None if any("\ufffd" in value for _name, value in written) else urlencode(written)


def _tidy(name: str, value: str) -> str:
    if name == "q":
        return " ".join(value.split())
    bare = value.rstrip(STUCK)
    if not SLUG.fullmatch(bare):
        return value if value.strip() else ""
    return bare.lstrip("0") or "0" if name in NUMBERS and bare.isdecimal() else bare
