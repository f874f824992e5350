"""The data version that an address names: by its number, or by a day, whose end in Beijing is meant."""

import re
from datetime import date, datetime, time, timedelta

from django.core.exceptions import BadRequest
from django.db.models import Max, Min
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from measures.models import DataVersion

NUMBER = re.compile("[1-9][0-9]{0,17}")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class UnknownMoment(BadRequest):
    """Raised where no data version has this number, or none was there on this day; the message says which there are."""

    def __init__(self, text: object):
        first = DataVersion.objects.filter(number__gt=0).aggregate(at=Min("at"))["at"]
        said = _(
            "There is no data version “{text}”. There are {given}; a day, from {first} to {day}, "
            "means its end in Beijing."
        )
        given = lazy(in_words, str)(given_out())
        days = {"first": f"{localdate(first):%Y-%m-%d}", "day": f"{localdate():%Y-%m-%d}"}
        super().__init__(format_lazy(said, text=f"{text}"[:20], given=given, **days))


def given_out() -> list[tuple[int, int]]:
    """The first and the last number of each lineage. Between lineages there is a gap, which a restored backup leaves."""
    rows = DataVersion.objects.exclude(number=0).order_by().values("lineage")
    return sorted(rows.annotate(first=Min("number"), last=Max("number")).values_list("first", "last"))


def in_words(ranges: list[tuple[int, int]]) -> str:
    parts = [f"{first}" if first == last else f"{first}–{last}" for first, last in ranges]
    return pgettext("between numbers", ", ").join(parts)


def moment_of(text: str) -> DataVersion:
    """The data version of this number, or at the end of this day; raises UnknownMoment where there is none."""
    if NUMBER.fullmatch(text):
        found: DataVersion | None = DataVersion.objects.filter(number=int(text)).first()
    else:
        end = end_of_day(text)
        found = DataVersion.objects.filter(at__lt=end, number__gt=0).first() if end else None
    if not found:
        raise UnknownMoment(text)
    return found


def is_day(text: str) -> bool:
    return bool(DAY.fullmatch(text))


def end_of_day(text: str) -> datetime | None:
    """The end of this day in Beijing; None for what is no day, and for days to come."""
    try:
        day = date.fromisoformat(text) if is_day(text) else None
    except ValueError:
        day = None
    if day is None or day > localdate(timezone=get_default_timezone()):
        return None
    return datetime.combine(day + timedelta(days=1), time.min, get_default_timezone())
