"""A selection in words, as the heading and title of its list: how many measures, and a phrase for each thing chosen."""

from collections.abc import Sequence

from django.utils.translation import get_language, npgettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from measures.catalogue.records import District
from measures.models import CentreLink, DistrictRole, Measure
from measures.selection.facets import NONE
from measures.selection.filter import MeasureFilter

MAX_NAMES = 3  # of one facet; of more, two are named

# Words for fixed values, as they stand in a sentence.
LINKS = {
    CentreLink.Basis.TEXT: pgettext_lazy("in a sentence", "by the wording of the source"),
    CentreLink.Basis.EDITORIAL: pgettext_lazy("in a sentence", "by the editors’ judgement"),
}
ROLES = {
    DistrictRole.Role.RESPONSIBLE: pgettext_lazy("in a sentence", "responsible district"),
    DistrictRole.Role.PILOT: pgettext_lazy("in a sentence", "pilot site"),
    DistrictRole.Role.SITE: pgettext_lazy("in a sentence", "site"),
}
BASES = {
    Measure.Basis.NAMED: pgettext_lazy("in a sentence", "named in the source"),
    Measure.Basis.DESCRIBED: pgettext_lazy("in a sentence", "described in the source without a name"),
    Measure.Basis.DERIVED: pgettext_lazy("in a sentence", "split off by the editors"),
}


def sentence(filterset: MeasureFilter) -> str:
    """The valid selection in words: "6 measures linked to the Service and Exchange Centre"."""
    count = filterset.fitting.total
    phrases = [phrase for phrase in map(str, _phrases(filterset)) if phrase]
    if not phrases:
        whole = npgettext("the whole list", "All %(count)s measure", "All %(count)s measures", count)
        return whole % {"count": f"{count:,}"}
    counted = npgettext(
        "a selection in words", "%(count)s measure %(phrases)s", "%(count)s measures %(phrases)s", count
    )
    joined = pgettext("between the parts of a selection", ", ").join(phrases)
    return counted % {"count": f"{count:,}", "phrases": joined}


def _phrases(filterset: MeasureFilter) -> list[str]:
    """A phrase for each facet or pair of facets, empty where nothing is chosen; the order is that of the page."""
    chosen, labels = filterset.selection, filterset.labels
    names = {
        facet: [labels[facet][value] for value in values if value != NONE] for facet, values in chosen.items()
    }
    places = [filterset.vocabulary.district[slug] for slug in chosen["district"]]
    query = filterset.search
    return [
        _categories(names["category"]),
        _audiences(names["audience"], none=NONE in chosen["audience"]),
        _places(places, [str(ROLES[role]) for role in chosen["role"]]),
        _centres(
            names["centre"], [str(LINKS[basis]) for basis in chosen["link"]], none=NONE in chosen["centre"]
        ),
        _either([str(BASES[basis]) for basis in chosen["basis"]]),
        _("of %(names)s") % {"names": _both(list(map(_the, names["plan"])))} if names["plan"] else "",
        _("found for “%(query)s”") % {"query": query.understood or query.query} if query else "",
    ]


def _categories(names: list[str]) -> str:
    quoted = [pgettext("a name in a sentence", "“%(name)s”") % {"name": name} for name in names]
    if len(names) < 2:
        return _("in the category %(names)s") % {"names": quoted[0]} if names else ""
    both = {"names": _both(quoted[:2]), "count": len(names)}
    if len(names) == 2:
        return _("in the categories %(names)s") % both
    return _("in %(count)s categories, %(names)s among them") % both


def _audiences(names: list[str], *, none: bool) -> str:
    if not names:
        return _("concerning no one in particular") if none else ""
    some = _shortened(list(map(_inside, names)), pgettext("in a sentence", "other groups"))
    if none:
        some.append(pgettext("in a sentence", "no one in particular"))
    return _("concerning %(names)s") % {"names": _either(some)}


def _places(places: list[District], roles: list[str]) -> str:
    names = [_the(place.name) if place.kind == "area" else place.name for place in places]
    named = {
        "places": _either(_shortened(names, pgettext("in a sentence", "other places"))),
        "roles": _either(roles),
    }
    if places and roles:
        return _("with %(places)s as %(roles)s") % named
    if roles:
        return _("with a named %(roles)s") % named
    if not places:
        return ""
    # A measure need not name the whole district to take place in it.
    whole = any(place.kind == "district" for place in places)
    return _("in %(places)s") % named if whole else _("naming %(places)s") % named


def _centres(names: list[str], bases: list[str], *, none: bool) -> str:
    some = _shortened(list(map(_the, names)), pgettext("in a sentence", "other centres"))
    if some:
        if none:
            some.append(pgettext("in a sentence", "no centre"))
        linked = _("linked to %(names)s") % {"names": _either(some)}
    elif none:
        linked = _("linked to no centre")
    else:
        linked = _("linked to a centre") if bases else ""
    if not bases:
        return linked
    known = {"linked": linked, "basis": _either(bases)}
    return pgettext("a link to a centre and its basis", "%(linked)s %(basis)s") % known


def _shortened(names: list[str], others: str) -> list[str]:
    """The names; of many the first two, and `others` for what is left."""
    return names if len(names) <= MAX_NAMES else [*names[:2], others]


def _either(texts: Sequence[str]) -> str:
    return _joined(texts, pgettext("between choices", " or "))


def _both(texts: Sequence[str]) -> str:
    return _joined(texts, pgettext("between choices", " and "))


def _joined(texts: Sequence[str], last: str) -> str:
    """The texts as an enumeration: "A, B or C"; empty without any."""
    *first, end = texts or [""]
    return last.join(filter(None, [pgettext("between choices", ", ").join(first), end]))


def _the(name: str) -> str:
    return pgettext("a name in a sentence", "the %(name)s") % {"name": name}


def _inside(name: str) -> str:
    """The name as it stands inside a sentence: in English without its capital, unless all is in capitals."""
    small = get_language() == "en" and name[1:2].islower()
    return name[0].lower() + name[1:] if small else name
