"""What pages need of one data version again and again: read and rendered once, then kept until the next version.

Everything here follows from the version alone. What depends on a reader's selection is made for each request.
"""

from array import array
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.forms import Form
from django.template.loader import get_template
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from measures.language.bilingual import Text

from .facets import NONE, Vocabulary
from .models import CentreLink, Measure, Plan
from .querysets import keys_in_order, register, searched_names, vocabulary
from .register import Fitting, Register
from .snapshots import public_version

EDITIONS = 2  # while an edit arrives, some requests still read the version before it
MOST_ROWS = 2_000  # kept ready, of about 2 kB each
SLOT = SafeString("<!-- slot -->")  # nothing in the content can look like it: that is escaped
MOST_DOTS = 12  # in a cell of the matrix; above, a number takes over


class Row(NamedTuple):
    """A measure in a list, in pieces: a search marks the title and, after `summary`, says where it matched."""

    before: SafeString
    title: SafeString
    summary: SafeString
    after: SafeString

    def __str__(self) -> SafeString:
        return SafeString("".join(self))


class Dot(NamedTuple):
    """A measure in a cell of the matrix, ready to be shown inside the current selection and outside it."""

    key: int
    code: str
    basis: str  # of the link to the centre; empty where there is none
    inside: SafeString
    outside: SafeString


class Edition:
    """The content of one data version, as whoever asks first reads it in the snapshot of their request."""

    def __init__(self, using: str):
        self.using = using
        self._register: Register | None = None
        self._reading = Lock()
        #: Of the filter, by language: their choices are the vocabulary's.
        self.forms: dict[str, type[Form]] = {}
        self._rows: dict[tuple[str, int], Row] = {}
        self._orders: dict[str, array] = {}
        self._dots: dict[str, dict[tuple[str, str], list[Dot]]] = {}

    @cached_property
    def plan(self) -> Plan:
        return Plan.objects.using(self.using).latest("year")

    @cached_property
    def figures(self) -> dict[str, int]:
        """How many measures there are, `named` in the source, `derived` by the editors, and in `total`."""
        counts = dict.fromkeys(("total", *Measure.Basis.values), 0)
        return counts | self.everything.numbers("basis") | {"total": self.everything.total}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return vocabulary(self.using)

    @cached_property
    def choices(self) -> dict[str, dict[str, list[tuple[str, Text]]]]:
        """Language -> facet -> the values to choose from and their names, for the facets made of records."""
        return {
            language: {
                facet: [(slug, record.name(language)) for slug, record in records.items()]
                for facet, records in self.vocabulary.options.items()
            }
            for language, _name in settings.LANGUAGES
        }

    @property
    def register(self) -> Register:
        # The costly one: after an edit many threads ask for it at once, and one should read.
        with self._reading:
            if self._register is None:
                self._register = register(self.using, self.vocabulary)
        return self._register

    def order(self, sort: str) -> array:
        """The positions of all measures in the register as this order has them."""
        if sort == "number":
            return self.register.in_plan_order
        if sort not in self._orders:
            self._orders[sort] = self.register.positions(keys_in_order(sort, self.using))
        return self._orders[sort]

    @cached_property
    def everything(self) -> Fitting:
        return Fitting(self.register, {})

    @cached_property
    def searched_names(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        return searched_names(self.using)

    def rows(self, keys: list[int]) -> list[Row]:
        """These measures as rows of a list, in the active language."""
        language = get_language()
        missing = [key for key in keys if (language, key) not in self._rows]
        made = {}
        if missing:
            template = get_template("_row.html")
            for measure in Measure.objects.using(self.using).filter(pk__in=missing).with_marks():
                parts = template.render({"measure": measure, "slot": SLOT}).split(SLOT)
                made[language, measure.pk] = Row(*map(SafeString, parts))
        kept = self._rows
        self._rows = made if len(kept) + len(made) > MOST_ROWS else kept | made
        return [made.get((language, key)) or kept[language, key] for key in keys]

    def dots(self) -> dict[tuple[str, str], list[Dot]]:
        """The measures of each small cell of the matrix (category, centre or NONE), in the active language."""
        language = get_language()
        if language not in self._dots:
            self._dots[language] = self._made_dots()
        return self._dots[language]

    def _made_dots(self) -> dict[tuple[str, str], list[Dot]]:
        cells: dict[int, list[tuple[str, str, str]]] = {}  # measure -> (category, centre, basis of the link)
        having, (totals, *_sums) = self.register.having, self.everything.matrix
        for (category, centre), total in totals.items():
            if total <= MOST_DOTS:
                for basis in ("",) if centre == NONE else CentreLink.Basis.values:
                    link = having(f"centre:{centre}/{basis}" if basis else f"centre:{centre}")
                    own = having(f"category:{category}") & link
                    for key in self.register.keys_of(own, self.register.in_plan_order):
                        cells.setdefault(key, []).append((category, centre, basis))
        template = get_template("_dot.html")
        dots: dict[tuple[str, str], list[Dot]] = {}
        measures = Measure.objects.using(self.using).filter(pk__in=cells).order_by("plan", "number")
        for measure in measures if cells else ():
            for category, centre, basis in cells[measure.pk]:
                shown = [
                    template.render({"measure": measure, "basis": basis, "inside": inside}).strip()
                    for inside in (True, False)
                ]
                dots.setdefault((category, centre), []).append(
                    Dot(measure.pk, measure.code, basis, *map(SafeString, shown))
                )
        return dots


def current_edition(using: str) -> Edition:
    """That of the public snapshot this thread reads; elsewhere one for this call alone, for nothing holds still there."""
    version = public_version.get()
    return _edition(version.number, version.at) if version else Edition(using)


@lru_cache(maxsize=EDITIONS)
def _edition(number: int, at: datetime) -> Edition:
    return Edition("reader")
