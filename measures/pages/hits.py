"""Where a measure matched a search."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures import search
from measures.catalogue.records import Measure
from measures.language.bilingual import CHINESE, ENGLISH
from measures.language.pinyin import toned
from measures.querysets import Search

AROUND = 24  # Chinese characters of a snippet on both sides of the match


@dataclass
class Hit:
    """A field that matched: its text with the match marked, and how the match is read if it was spelt."""

    field: str
    snippet: SafeString
    lang: str
    pinyin: str = ""


def _fields(measure: Measure) -> Iterator[tuple[str, str, str]]:
    """(name of the field, text, language) of everything that is searched, in the order of telling."""

    def both(name: str, chinese: str, english: str = ""):
        texts = [(name, chinese, CHINESE), (name, english, ENGLISH)]
        return [entry for entry in (reversed(texts) if get_language() == "en" else texts) if entry[1]]

    def of(record, name: str, field: str):
        return both(name, getattr(record, f"{field}_zh"), getattr(record, f"{field}_en"))

    yield from of(measure, _("Title"), "title")
    yield from both(_("Official name"), measure.official_name_zh)
    yield from both(_("Keywords"), " · ".join(measure.keywords_zh), " · ".join(measure.keywords_en))
    yield from of(measure, _("Summary"), "summary")
    for action in measure.actions:
        yield from of(action, _("Action %(number)s") % {"number": action.position}, "text")
    yield from of(measure.category, _("Category"), "name")
    for link in measure.centres:
        yield from of(link.centre, _("Centre"), "name")
        yield from of(link.centre, _("Centre"), "short")
    for role in measure.districts:
        yield from of(role.district, _("Place"), "name")
        for alias in role.district.aliases:
            yield from both(_("Place"), alias)
    for audience in measure.audiences:
        yield from of(audience, _("Whom it concerns"), "name")
    yield from of(measure, _("Editors’ note"), "note")
    yield from both(_("Code"), measure.code)


def marked_title(measure: Measure, query: Search) -> SafeString:
    """The title in the active language, with what was searched for marked."""
    title = measure.title
    return search.marked(title, [match for group in query.groups if (match := search.find(group, title))])


def hits(measure: Measure, query: Search) -> list[Hit]:
    """For each thing asked for, the first field it stands in; what stands in the title shown is marked there."""
    fields, unread = [], _fields(measure)  # read as far as needed: most is found in the first
    found: dict[int, list[search.Match]] = {}
    for group in query.groups:
        for at in itertools.count():
            if at == len(fields):
                if not (field := next(unread, None)):
                    break
                fields.append(field)
            if match := search.find(group, fields[at][1]):
                found.setdefault(at, []).append(match)
                break
    title, shown = measure.title, []
    for at, matches in sorted(found.items()):
        name, text, lang = fields[at]
        spelt = next((match for match in matches if match.literal.spelt), None)
        reading = toned(text[spelt.start : spelt.end]) if spelt else ""
        if text == title and at < 2:
            if not reading:
                continue
            snippet = conditional_escape(text[spelt.start : spelt.end])
        else:
            snippet = search.marked(text, matches, AROUND)
        shown.append(Hit(name, snippet, lang, reading))
    return shown
