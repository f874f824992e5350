"""Where a line of Chinese text may break: at the borders of words, never inside one. No database here."""

import re
from collections.abc import Iterable
from pathlib import Path

from .unicode_ranges import HAN
from .word_lists import word_list

#: Words of plans in general, beside those that a site has of its own: they are where its sentences come apart.
GENERAL_WORDS = word_list(Path(__file__).with_name("general_words.txt"))
#: A word longer than a line of a title on a small phone would be broken at any place.
MAX_WORD = 9  # characters
_WORD = re.compile(f"[{HAN}0-9A-Za-z]")
_LATIN = re.compile("[0-9A-Za-z]")
#: Characters that end a word oftener than they begin one: no line begins with them, unless with a word that is known.
ENDINGS = frozenset("的地得等了着过上中下后前内外化性型级区院所站点库业者员室部厅局处法制率度")
_BEFORE_A_WORD = "的和"
_OPENING, _CLOSING = "“‘《（「『", "”’》）」』"


class Words:
    """Words that are not to be broken."""

    def __init__(self, words: Iterable[str]):
        self.words = GENERAL_WORDS.union(word for word in words if 2 <= len(word) <= MAX_WORD)

    def pieces(self, text: str) -> list[str]:
        """The text cut where a line may break: at the borders of the words in it and outside quotation marks."""
        inside: set[int] = set()
        starts: set[int] = set()
        borders = {
            at
            for at in range(1, len(text))
            if text[at] in _OPENING or text[at - 1] in _CLOSING + _BEFORE_A_WORD
        }
        for start in range(len(text)):
            for end in range(start + 2, min(start + MAX_WORD, len(text)) + 1):
                if text[start:end] in self.words:
                    inside.update(range(start + 1, end))
                    starts.add(start)
                    borders |= {start, end}
        cuts = [
            at
            for at in sorted(borders - inside - {0, len(text)})
            if _may_part(text[at - 1], text[at])
            and (at in starts or text[at - 1] in _BEFORE_A_WORD or text[at] not in ENDINGS)
        ]
        return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _may_part(before: str, after: str) -> bool:
    """Whether a line may end between these characters: not before a comma, not after an opening mark, not in a Latin word."""
    if not (_WORD.match(before) or before in _CLOSING) or not (_WORD.match(after) or after in _OPENING):
        return False
    return not (_LATIN.match(before) and _LATIN.match(after))
