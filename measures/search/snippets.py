"""Where a measure matched: the fields in which a query was found, with the matches marked."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures.catalogue.records import Measure
from measures.language.bilingual import CHINESE, ENGLISH
from measures.language.chinese import has_chinese
from measures.language.readings import toned

from .matching import Match, find
from .search import Search

MAX_NAMES = 4  # fields at the beginning that are title or headline, in two languages
AROUND = 24  # Chinese characters of a snippet on both sides of the match


@dataclass
class Hit:
    """Where a measure matched: the field, its text with the match marked, and how the match is read if it was spelt."""

    field: str
    snippet: SafeString
    lang: str
    pinyin: str = ""


def marked(
    text: str, matches: Iterable[Match], around: int | None = None, breaks: Collection[int] = ()
) -> SafeString:
    """`text`, escaped, with the matches in <mark>; cut to `around` characters on both sides of the first of them.

    Lines may break at the positions `breaks`, where a <wbr> says so.
    """
    spans: list[list[int]] = []
    for match in sorted(matches, key=lambda match: match.start):
        if spans and match.start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], match.end)
        else:
            spans.append([match.start, match.end])
    begin, stop = 0, len(text)
    if around is not None and spans:
        begin, stop = _window(text, spans[0], around)

    def plain(start: int, end: int) -> str:
        ends = [start, *sorted(at for at in breaks if start < at < end), end]
        own = "<wbr>".join(conditional_escape(str(text[a:b])) for a, b in itertools.pairwise(ends))
        return f"<wbr>{own}" if start in breaks else own

    pieces, at = [], begin
    for start, end in spans:
        if begin <= start and end <= stop:
            pieces += [plain(at, start), "<mark>", plain(start, end), "</mark>"]
            at = end
    pieces.append(plain(at, stop))
    return mark_safe(("…" if begin else "") + "".join(pieces) + ("…" if stop < len(text) else ""))  # noqa: S308


def _window(text: str, span: list[int], around: int) -> tuple[int, int]:
    """The characters to show; Latin words take more room and are not cut."""
    begin, stop = max(0, span[0] - around), min(len(text), span[1] + around)
    if re.search("[A-Za-z]", text[span[0] : span[1]]) or not has_chinese(text):
        begin, stop = max(0, span[0] - 2 * around), min(len(text), span[1] + 2 * around)
    while begin and re.match(r"[A-Za-z0-9]{2}", text[begin - 1 : begin + 1]):
        begin -= 1
    while stop < len(text) and re.match(r"[A-Za-z0-9]{2}", text[stop - 1 : stop + 1]):
        stop += 1
    return begin, stop


def marked_whole(text: str, query: Search, breaks: Collection[int] = ()) -> SafeString:
    """The whole text, with what was searched for marked."""
    return marked(
        text, [match for own in query.reading.alternatives if (match := find(own, text))], breaks=breaks
    )


def hits(measure: Measure, query: Search) -> list[Hit]:
    """For each thing asked for, the first field it stands in; what stands in the title or headline shown is marked there."""
    fields: list[tuple[str, str, str]] = []
    unread = _fields(measure)  # read as far as needed: most is found in the first
    found: dict[int, list[Match]] = {}
    for alternatives in query.reading.alternatives:
        for at in itertools.count():
            if at == len(fields):
                if not (field := next(unread, None)):
                    break
                fields.append(field)
            if match := find(alternatives, fields[at][1]):
                found.setdefault(at, []).append(match)
                break
    names, shown = (measure.title, measure.headline), []
    for at, matches in sorted(found.items()):
        name, text, lang = fields[at]
        spelt = next((match for match in matches if match.phrase.spelt), None)
        reading = toned(text[spelt.start : spelt.end]) if spelt else ""
        if text in names and at < MAX_NAMES:
            if not spelt:
                continue
            snippet = conditional_escape(text[spelt.start : spelt.end])
        else:
            snippet = marked(text, matches, AROUND)
        shown.append(Hit(name, snippet, lang, reading))
    return shown


def _fields(measure: Measure) -> Iterator[tuple[str, str, str]]:
    """(name of the field, text, language) of everything that is searched, in the order of telling."""

    def both(name: str, chinese: str, english: str = "") -> list[tuple[str, str, str]]:
        texts = [(name, chinese, CHINESE), (name, english, ENGLISH)]
        return [entry for entry in (reversed(texts) if get_language() == "en" else texts) if entry[1]]

    def of(record: Any, name: str, field: str) -> list[tuple[str, str, str]]:
        return both(name, getattr(record, f"{field}_zh"), getattr(record, f"{field}_en"))

    yield from of(measure, _("Title"), "title")
    yield from of(measure, _("Headline"), "headline")
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
