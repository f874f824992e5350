"""Titles, headlines and actions in Chinese that break between words only: with `<wbr>` at the borders of the site's words.

Styles forbid other breaks there (`word-break: keep-all`). A `<wbr>` adds nothing to what a reader copies.
"""

from collections.abc import Iterator
from html import unescape
from itertools import accumulate

from django.utils.functional import cached_property
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from measures.catalogue import Catalogue
from measures.language.bilingual import CHINESE, Text
from measures.language.wrapping import Words

MAX_READ = 2_000  # measures whose keywords are words of the site; to read more takes too long after an edit
MAX_TEXTS = 10_000  # kept, of about 300 bytes each


class Wrapping:
    """The texts of a catalogue ready to be wrapped, each worked out once."""

    def __init__(self, catalogue: Catalogue):
        self.catalogue = catalogue
        self._kept: dict[str, SafeString] = {}

    @cached_property
    def words(self) -> Words:
        return Words(_words(self.catalogue))

    def markup(self, text: str) -> SafeString:
        if (kept := self._kept.get(text)) is None:
            kept = self.made(text)
            if len(self._kept) < MAX_TEXTS:
                self._kept[str(text)] = kept
        return kept

    def made(self, text: str) -> SafeString:
        """The same for a text that is seldom seen twice."""
        pieces = map(conditional_escape, self.words.pieces(str(text)))
        return mark_safe("<wbr>".join(pieces))  # noqa: S308  the pieces are escaped

    def breaks(self, text: Text) -> set[int]:
        """The positions at which a line of the text may break; empty where it is not Chinese."""
        if text.lang != CHINESE:
            return set()
        return set(accumulate(len(unescape(piece)) for piece in self.markup(text).split("<wbr>")))


def wrapping(catalogue: Catalogue) -> Wrapping:
    return catalogue.kept("wrapping", lambda: Wrapping(catalogue))


def _words(catalogue: Catalogue) -> Iterator[str]:
    """The names and other words of the site's vocabulary, and the keywords of its measures."""
    vocabulary = catalogue.vocabulary
    for record in (*vocabulary.district.values(), *vocabulary.audience.values(), *vocabulary.term.values()):
        yield record.name_zh.strip("“”")
    for place in vocabulary.district.values():
        yield from place.aliases
    for centre in vocabulary.centre.values():
        yield from (centre.name_zh, centre.short_zh)
    for synonym in vocabulary.synonym.values():
        yield from (synonym.word, synonym.means)
    if len(catalogue.register) <= MAX_READ:
        yield from catalogue.keywords()
