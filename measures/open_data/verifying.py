"""The fingerprint of a selection, and whether a citation still says the same.

A fingerprint is the SHA-256 of a line `code version digest` for each measure, in the order of the plan, each ended by a line
feed. The digest is that of the version's document, which the database wrote with it: so it is the same on every host, after
new columns and releases, and after a backup was restored.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from measures.addresses import CODE_PATTERN, STUCK, canonical_path
from measures.catalogue import Catalogue
from measures.catalogue.moments import moment_of
from measures.models import DataVersion
from measures.selection.filter import MeasureFilter
from measures.selection.parameters import MOMENT, canonical_query, has_past, is_of_selection, refuse_unknown

#: Measures. A list of more does not print its fingerprint, which takes 10 ms a thousand; whoever wants it has it worked out.
MAX_PRINTED = 1_000
# Chinese characters may stand at its ends; a day is none.
CODE = re.compile(rf"(?<![0-9-]){CODE_PATTERN}(?![0-9-])")
#: Stands before a fingerprint in citations.
NAMED = re.compile("^sha-?256[:=：]?")
#: What stands before an address in a running text.
OPENING = "<([{（【《「『“‘"


def lines_of(filterset: MeasureFilter) -> list[str]:
    """The lines of a valid selection that its fingerprint is made of."""
    catalogue, register = filterset.catalogue, filterset.catalogue.register
    keys = list(register.keys_of(filterset.fitting.bitmap, register.in_plan_order))
    if len(register) > MAX_PRINTED:
        return catalogue.lines(keys)
    everything = list(register.keys_of(register.everything, register.in_plan_order))
    kept = catalogue.kept("lines", lambda: dict(zip(everything, catalogue.lines(everything), strict=True)))
    return [kept[key] for key in keys]


def fingerprint_of(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


@dataclass(frozen=True)
class Verification:
    """A citation compared with what its address gives now."""

    address: str
    moment: DataVersion
    count: int
    fingerprint: str
    given: str  # the fingerprint of the citation; "" where it has none
    is_search: bool
    #: The codes that the selection has and the citation has not, and the other way round, where it says which it has.
    came: list[str]
    went: list[str]

    @property
    def path(self) -> str:
        """The address without its host, which may have been another."""
        return urlsplit(self.address)._replace(scheme="", netloc="").geturl()

    @property
    def same(self) -> bool:
        return bool(self.given) and self.given == self.fingerprint and not self.came and not self.went


def as_copied(address: str) -> str:
    """The address without what it takes along from a text or a page's source, and as a link where its beginning is left out."""
    address = address.strip(STUCK + OPENING).replace("&amp;", "&")
    return address if address.lower().startswith(("/", "http:", "https:")) else f"//{address}"


def asked_for(address: str) -> QueryDict:
    """The parameters of a list at a data version, read as the site reads them where it is asked for this address. Raises
    BadRequest where it is none, or where the site refuses it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    path = canonical_path(parts.path)
    query = canonical_query(path, parts.query) if is_of_selection(path) and has_past(path) else ""
    if query is None:
        raise BadRequest(_("A parameter of the address has a value that does not exist."))
    asked = QueryDict(query)
    if MOMENT not in asked:
        raise BadRequest(
            _("This is not the address of a list at a data version: it has to end in as_of= and a number.")
        )
    refuse_unknown(path, parts.query)
    return asked


def verify(address: str, fingerprint: str = "", measures: str = "") -> Verification:
    """Compare a citation with its address: by its fingerprint and by the codes of its measures, which stand in `measures` in any
    form. Raises BadRequest where the address is not that of a list at a data version."""
    address = as_copied(address)
    asked = asked_for(address)
    moment = moment_of(f"{asked[MOMENT]}")
    filterset = MeasureFilter(asked, catalogue=Catalogue.as_of(moment.number))
    if not filterset.is_valid():
        raise BadRequest(_("A parameter of the address has a value that does not exist."))
    lines = lines_of(filterset)
    now, then = {line.partition(" ")[0] for line in lines}, set(CODE.findall(measures))
    return Verification(
        address=address,
        moment=moment,
        count=len(lines),
        fingerprint=fingerprint_of(lines),
        given=NAMED.sub("", "".join(fingerprint.lower().split()).strip(STUCK + OPENING)),
        is_search=bool(filterset.query),
        came=sorted(now - then) if then else [],
        went=sorted(then - now) if then else [],
    )
