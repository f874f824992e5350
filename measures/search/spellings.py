"""Other ways to write a Latin word: British and American, of one or of several, in one word or in two."""

import re
from pathlib import Path

from measures.language.word_lists import word_table

#: What one spelling has where the other has the second; a word that this makes counts only if it stands on the site.
SPELLINGS = word_table(Path(__file__).with_name("spellings.tsv"))
MIN_PART = 2  # letters of each half of a word that is written together
MAX_LENGTH = 40  # letters of a word of which other spellings are tried


def joined(text: str) -> str:
    """The text without hyphens, and initials without full stops: "a.i" is "ai", but "2.0" is not "20"."""
    text = text.replace("-", "")
    return text.replace(".", "") if re.fullmatch(r"[a-z](\.[a-z])+", text) else text


def variants(word: str) -> list[str]:
    """The word in the other spellings, each with one change."""
    if len(word) > MAX_LENGTH:
        return []
    found = []
    for pair in SPELLINGS:
        for here, there in (pair, pair[::-1]):
            at = word.rfind(here)
            if at > 0 or (at == 0 and len(here) > 3):
                found.append(word[:at] + there + word[at + len(here) :])
    return [other for other in dict.fromkeys(found) if other != word]


def halves(word: str) -> list[tuple[str, str]]:
    if len(word) > MAX_LENGTH:
        return []
    return [(word[:at], word[at:]) for at in range(MIN_PART, len(word) - MIN_PART + 1)]
