"""The name of the site, the licence of its content, and the notice that it is not official: each said once."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

NAME_ZH, NAME_EN = "福田改革库", "Futian Reform Database"
#: Where both languages stand side by side.
NAME = f"{NAME_ZH} {NAME_EN}"

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
NOT_INCLUDED = _(
    "The newspaper report that the data were compiled from is not included and not covered by the licence."
)


def between_years(years: Sequence[int]) -> str:
    """The years in words: "2020", "2020 and 2021"."""
    *others, last = map(str, sorted(years))
    if not others:
        return last
    listed = pgettext("between years", ", ").join(others)
    return pgettext("the last of several years", "%(years)s and %(last)s") % {"years": listed, "last": last}


def unofficial(years: Sequence[int]) -> str:
    """The notice that the site is not official, for what is shown of the plans of these years."""
    if not years:
        return gettext("An editorial project, not an official site. Outcomes are not recorded here.")
    return ngettext(
        "An editorial project, not an official site. A plan of %(years)s; outcomes are not recorded here.",
        "An editorial project, not an official site. Plans of %(years)s; outcomes are not recorded here.",
        len(years),
    ) % {"years": between_years(years)}


def colophon(years: Sequence[int]) -> str:
    """The same as the foot of a page says it."""
    if not years:
        return gettext(
            "The Futian Reform Database is an editorial project and not an official site. Outcomes are not recorded here."
        )
    if len(years) == 1:
        said = gettext(
            "The Futian Reform Database is an editorial project and not an official site. It records a plan of %(years)s; "
            "outcomes are not recorded here."
        )
    else:
        said = gettext(
            "The Futian Reform Database is an editorial project and not an official site. It records plans of %(years)s; "
            "outcomes are not recorded here."
        )
    return said % {"years": between_years(years)}


def description(years: Sequence[int]) -> str:
    """A description of the site, for what is shown of the plans of these years."""
    if not years:
        return gettext("What Futian District set out to change, for whom, where, and where that is written.")
    return ngettext(
        "What Futian District’s reform plan of %(years)s set out to change, for whom, where, and where that is written.",
        "What Futian District’s reform plans of %(years)s set out to change, for whom, where, and where that is written.",
        len(years),
    ) % {"years": between_years(years)}


def not_results(years: Sequence[int]) -> str:
    """The notice that the plans of these years are recorded, not their results."""
    return ngettext(
        "Not a record of results: it says what the plan of %(years)s intended, not what was done.",
        "Not a record of results: it says what the plans of %(years)s intended, not what was done.",
        len(years),
    ) % {"years": between_years(years) if years else ""}


def name() -> str:
    """The name of the site in the active language."""
    return NAME_EN if get_language() == "en" else NAME_ZH


def licence_line() -> str:
    """The licence of the content in one line: its title and its address."""
    return f"{LICENCE['title']} {LICENCE['path']}"
