"""The name of the site, the licence of its content, and the notice that it is not official: each said once."""

from django.utils.translation import get_language
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
UNOFFICIAL = _("An editorial project, not an official site. A plan of 2020; outcomes are not recorded here.")


def name() -> str:
    """The name of the site in the active language."""
    return NAME_EN if get_language() == "en" else NAME_ZH


def licence_line() -> str:
    """The licence of the content in one line: its title and its address."""
    return f"{LICENCE['title']} {LICENCE['path']}"
