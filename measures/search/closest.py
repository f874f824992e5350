"""Queries like one that nothing fits, with one character or letter of one word put right."""

import re
from collections.abc import Iterable

from measures.language.chinese import HAN

from .index import Index
from .pinyin import MAX_STRINGS
from .query import tokens


def closest(query: str, index: Index, limit: int = 3) -> list[str]:
    """Queries like this one, with one character of one word put right, that something fits."""
    words = tokens(query)
    found = []
    for at, (word, quoted) in enumerate(words):
        for better in _one_off(word, index)[:limit]:
            others = [f'"{other}"' if was_quoted else other for other, was_quoted in words]
            others[at] = f'"{better}"' if quoted else better
            found.append(" ".join(others))
    return found[:limit]


def _one_off(word: str, index: Index) -> list[str]:
    if re.fullmatch(f"[{HAN}]{{2,20}}", word):
        return _one_character_off(word, index)
    if re.fullmatch("[a-z]{4,30}", word):
        known = index.words_of_length(len(word) - 1, len(word) + 1)
        return [other for other in known if one_letter_off(word, other)]
    return []


def _one_character_off(word: str, index: Index) -> list[str]:
    """The strings of the site that differ from `word` in one character, likely ones first."""
    characters = list(dict.fromkeys(word))
    strings = one_character_off(word, index.pairs_with(characters))[:MAX_STRINGS]
    occurring = index.occurring(strings)
    # What sounds alike is mixed up most easily.
    alike = index.sounding_like(characters)

    def likelihood(string: str) -> int:
        if len(string) == len(word):
            return 0 if alike.issuperset(set(string) - set(word)) else 2
        return 1 if len(string) > len(word) else 3

    best = sorted((string for string in strings if string in occurring), key=likelihood)
    # With a character less, much fits: only where nothing else does.
    return [string for string in best if likelihood(string) < 3] or best


def one_character_off(text: str, pairs: dict[tuple[str, str], bool]) -> list[str]:
    """The Chinese strings along `pairs` that differ from `text` in one character: another, one more or one less.

    Likely ones first: those that stand in names (`pairs` says so), and replacements before additions and omissions.
    """

    def steps(string: str) -> list[tuple[str, str]]:
        return list(zip(string, string[1:], strict=False))

    along = [
        string
        for string in dict.fromkeys(_changed(text, pairs))
        if string != text and all(step in pairs for step in steps(string))
    ]
    return sorted(along, key=lambda string: not all(pairs[step] for step in steps(string)))


def _changed(text: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """`text` with another character in each place, with one more, with one less."""
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for first, second in pairs:
        after.setdefault(first, []).append(second)
        before.setdefault(second, []).append(first)

    def between(left: str, right: str) -> Iterable[str]:
        if left and right:
            return [character for character in after.get(left, ()) if (character, right) in pairs]
        return after.get(left, ()) if left else before.get(right, ())

    found: list[str] = []
    for at in range(len(text)):
        left, right = text[at - 1 : at], text[at + 1 : at + 2]
        found += [text[:at] + character + text[at + 1 :] for character in between(left, right)]
    for at in range(len(text) + 1):
        left, right = text[at - 1 : at], text[at : at + 1]
        found += [text[:at] + character + text[at:] for character in between(left, right)]
    if len(text) > 2:
        found += [text[:at] + text[at + 1 :] for at in range(len(text))]
    return found


def one_letter_off(word: str, other: str) -> bool:
    """Whether the words differ in one letter: another, one more, one less, or two that changed places."""
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    short, long = sorted((word, other), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    rest, other_rest = short[start:], long[start:]
    return rest[1:] == other_rest[1:] or (rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:])
