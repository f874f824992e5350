"""Words of the site that are like one that stands nowhere: with one character or letter put right."""

import re

from measures.language.unicode_ranges import HAN

from .index import Index

MAX_LENGTH = 20  # characters; the words of the site are no longer
MIN_WITH_ANOTHER = 6  # letters of a word of which one may be another
LATIN = re.compile("[a-z]{4,30}")


def closest_words(word: str, index: Index) -> list[str]:
    """Words of the site like this one, likely ones first. Nothing is better than what only looks like it."""
    if LATIN.fullmatch(word):
        # Hardly anybody mistypes the first letter.
        known = index.words_like([f"{word[0]}%", f"_{word[0]}%"], len(word) - 1, len(word) + 1)
        return [other for other in known if one_letter_off(word, other)]
    if re.fullmatch(f"[{HAN}]{{2}}", word):
        # Any other pair with one of the two characters means something else.
        return [other for other in index.pairs_sounding_like(word[0], word[1]) if other != word]
    if re.fullmatch(f"[{HAN}]{{3,{MAX_LENGTH}}}", word):
        return _like_characters(word, index)
    return []


def _like_characters(word: str, index: Index) -> list[str]:
    """Whole names and keywords with one character another, more or less."""
    places = range(len(word))
    patterns = [word[:at] + "_" + word[at + 1 :] for at in places]
    patterns += [word[:at] + "_" + word[at:] for at in range(len(word) + 1)]
    if len(word) > 3:
        patterns += [word[:at] + word[at + 1 :] for at in places]
    found = index.words_like(patterns, len(word) - 1, len(word) + 1)
    # What sounds alike is mixed up most easily.
    alike = index.sounding_like(list(dict.fromkeys(word)))

    def likelihood(other: str) -> int:
        if len(other) == len(word):
            return 0 if alike.issuperset(set(other) - set(word)) else 2
        return 1 if len(other) > len(word) else 3

    return sorted((other for other in found if other != word), key=likelihood)


def one_letter_off(word: str, other: str) -> bool:
    """Whether the words differ in one letter: another, one more, one less, or two that changed places.

    A short word with another letter is another word: "fire" is no "file".
    """
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    short, long = sorted((word, other), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    rest, other_rest = short[start:], long[start:]
    if rest[1:] == other_rest[1:]:
        return len(word) >= MIN_WITH_ANOTHER
    return rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:]
