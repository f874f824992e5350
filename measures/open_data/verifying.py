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
from measures.selection.parameters import MOMENT, is_of_selection

#: Measures. A list of more does not print its fingerprint, which takes 10 ms a thousand; whoever wants it has it worked out.
MAX_PRINTED = 1_000
CODE = re.compile(rf"\b{CODE_PATTERN}\b")
#: Stands before a fingerprint in citations.
NAMED = re.compile("^sha-?256:?")


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
    address = address.strip(STUCK).replace("&amp;", "&")
    return address if address.startswith(("/", "http:", "https:")) else f"//{address}"


def verify(address: str, fingerprint: str = "", measures: str = "") -> Verification:
    """Compare a citation with its address: by its fingerprint and by the codes of its measures, which stand in `measures` in any
    form. Raises BadRequest where the address is not that of a list at a data version."""
    address = as_copied(address)
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    query = QueryDict(parts.query)
    if not is_of_selection(canonical_path(parts.path)) or not query.get(MOMENT):
        raise BadRequest(
            _("This is not the address of a list at a data version: it has to end in as_of= and a number.")
        )
    moment = moment_of(query[MOMENT])
    catalogue = Catalogue.as_of(moment.number)
    filterset = MeasureFilter(query, catalogue=catalogue)
    if not filterset.is_valid():
        raise BadRequest(_("A parameter of the address has a value that does not exist."))
    lines = lines_of(filterset)
    now, then = {line.partition(" ")[0] for line in lines}, set(CODE.findall(measures))
    return Verification(
        address=address,
        moment=moment,
        count=len(lines),
        fingerprint=fingerprint_of(lines),
        given=NAMED.sub("", "".join(fingerprint.lower().split())).strip(STUCK),
        is_search=bool(filterset.query),
        came=sorted(now - then) if then else [],
        went=sorted(then - now) if then else [],
    )
