"""Words of a query that can be read as pinyin: in full syllables, with tone numbers, or as initials."""

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from measures.language.word_lists import word_list

SYLLABLES = word_list(Path(__file__).with_name("syllables.txt"))
#: Beginning of a syllable -> all that begin so and go on.
BEGINNINGS: dict[str, list[str]] = {}
for _syllable in sorted(SYLLABLES):
    for _length in range(1, len(_syllable)):
        BEGINNINGS.setdefault(_syllable[:_length], []).append(_syllable)
MAX_SYLLABLE = max(map(len, SYLLABLES))  # letters
MAX_STRINGS = 400  # Chinese strings that one word may stand for
MAX_REPETITIONS = 2  # of a pair in one string: "研发机构联合建研发平台"
MAX_PIECES = 6  # between the pauses of a text; the titles of the site have up to four
MAX_DIVISIONS = 4  # ways to divide a text at its pauses
MAX_STEPS = 20_000  # from character to character, in looking for these strings
INITIALS = range(2, 11)  # letters

Step = tuple[str, str]  # two syllables, or two initials, that follow each other
Pairs = dict[str, list[str]]  # first character -> second characters


@dataclass(frozen=True)
class Spelling:
    """A word as pinyin: all the ways to divide it into syllables; an apostrophe divides.

    Of an unfinished one the last syllable may be a beginning: "jiaoyug".
    """

    word: str
    unfinished: bool = False

    @cached_property
    def _after(self) -> dict[int, list[tuple[str, int]]]:
        """Place in the word -> the syllables that can stand there and the places after them, on ways to its end."""
        word = self.word
        after: dict[int, list[tuple[str, int]]] = {}
        if not re.fullmatch("[a-z]+('[a-z]+)*", word):
            return {}
        reaching = {len(word)}
        for start in range(len(word) - 1, -1, -1):
            for length in range(1, MAX_SYLLABLE + 1):
                syllable, end = word[start : start + length], start + length
                if end > len(word) or syllable not in SYLLABLES:
                    continue
                end += word[end : end + 1] == "'"
                if end in reaching:
                    reaching.add(start)
                    after.setdefault(start, []).append((syllable, end))
            if self.unfinished and (beginning := BEGINNINGS.get(word[start:])):
                reaching.add(start)
                after.setdefault(start, []).extend((syllable, len(word)) for syllable in beginning)
        return after

    def __bool__(self) -> bool:
        return 0 in self._after

    @property
    def single(self) -> bool:
        return self.word in SYLLABLES

    def steps(self) -> set[Step]:
        """The syllables that can follow each other."""
        return {
            (syllable, following)
            for own in self._after.values()
            for syllable, end in own
            for following, _end in self._after.get(end, ())
        }

    def strings(self, pairs: Mapping[Step, Pairs]) -> list[str]:
        """The Chinese strings of two characters and more that can be read so and whose neighbours are among `pairs`."""
        return _Strings(self._after, pairs, len(self.word)).all()

    def divisions(self, pairs: Mapping[Step, Pairs]) -> list[list[str]]:
        """The ways to divide the word into the fewest pieces that can each be read along `pairs`."""
        spelt = _Strings(self._after, pairs, len(self.word))
        return [
            [self.word[start:end].strip("'") for start, end in itertools.pairwise(way)]
            for way in fewest_pieces(len(self.word), spelt.ends)
        ]


def fewest_pieces(length: int, ends: Callable[[int], Collection[int]]) -> list[list[int]]:
    """At most MAX_DIVISIONS ways from 0 to `length` in the fewest pieces, where `ends` tells where pieces that begin at a place
    may end: each way as the places where pieces meet, with both ends. Long pieces come first."""
    ways = [[0]]
    seen = {0}
    for _piece in range(MAX_PIECES):
        longer = [[*way, end] for way in ways for end in sorted(ends(way[-1]), reverse=True)]
        if arrived := [way for way in longer if way[-1] == length]:
            return arrived[:MAX_DIVISIONS]
        ways = []
        for way in longer:
            if way[-1] not in seen:
                seen.add(way[-1])
                ways.append(way)
    return []


class _Strings:
    """Walks along syllables and pairs of characters, to the end of a word."""

    def __init__(self, after: dict[int, list[tuple[str, int]]], pairs: Mapping[Step, Pairs], end: int):
        self.after, self.pairs, self.end = after, pairs, end
        self._found: dict[str, None] = {}
        self._leads: dict[tuple[int, str, str], bool] = {}
        self._steps = 0

    def _next(self, end: int, syllable: str, character: str) -> Iterator[tuple[int, str, str]]:
        for following, its_end in self.after.get(end, ()):
            for second in self.pairs.get((syllable, following), {}).get(character, ()):
                yield its_end, following, second

    def _leads_to_the_end(self, state: tuple[int, str, str]) -> bool:
        if state[0] == self.end:
            return True
        if state not in self._leads:
            self._leads[state] = any(map(self._leads_to_the_end, self._next(*state)))
        return self._leads[state]

    def ends(self, start: int) -> set[int]:
        """Where strings that begin at a place may end; after MAX_STEPS only those of one character."""
        found = {at for _syllable, at in self.after.get(start, ())}
        seen = {
            (at, syllable, first)
            for syllable, at in self.after.get(start, ())
            for following, _end in self.after.get(at, ())
            for first in self.pairs.get((syllable, following), {})
        }
        states = list(seen)
        while states and self._steps < MAX_STEPS:
            for state in self._next(*states.pop()):
                self._steps += 1
                if state not in seen:
                    seen.add(state)
                    states.append(state)
                    found.add(state[0])
        return found

    def all(self) -> list[str]:
        """At most MAX_STRINGS strings; ways that do not lead to the end cost no room."""
        for syllable, at in self.after.get(0, ()):
            firsts: dict[str, None] = {}
            for following, _end in self.after.get(at, ()):
                firsts |= dict.fromkeys(self.pairs.get((syllable, following), {}))
            for first in firsts:
                self._extend((at, syllable, first), first)
        return list(self._found)

    def _extend(self, state: tuple[int, str, str], string: str) -> None:
        for following in self._next(*state):
            self._steps += 1
            if len(self._found) >= MAX_STRINGS or self._steps > MAX_STEPS:
                return
            if string.count(state[2] + following[2]) == MAX_REPETITIONS:
                continue  # no text of the site goes in circles, but pairs do: "shishishi"
            if following[0] == self.end:
                self._found[string + following[2]] = None
            elif self._leads_to_the_end(following):
                self._extend(following, string + following[2])


def spelt_spans(text: str, longest: int, shortest: int = 1) -> list[tuple[int, int]]:
    """Where pieces of `shortest` up to `longest` syllables begin and end in a text of letters, apostrophes and digits."""

    def after(start: int) -> Iterator[int]:
        for length in range(1, MAX_SYLLABLE + 1):
            if (end := start + length) <= len(text) and text[start:end] in SYLLABLES:
                yield end + (text[end : end + 1] == "'")

    spans = []
    for start in range(len(text)):
        ends = {start}
        for count in range(1, longest + 1):
            ends = {end for at in ends for end in after(at)}
            if count >= shortest:
                spans += [(start, end) for end in sorted(ends)]
    return list(dict.fromkeys(spans))


def initials(word: str) -> str:
    """`word` if it can be the initials of a Chinese name; no syllable begins with i, u or v."""
    return word if re.fullmatch("[a-hj-tw-z]+", word) and len(word) in INITIALS else ""


def abbreviated(initials: str, pairs: Mapping[Step, Pairs]) -> list[str]:
    """The Chinese strings with these initials whose neighbours are among `pairs`."""
    after = {at: [(letter, at + 1)] for at, letter in enumerate(initials)}
    return _Strings(after, pairs, len(initials)).all()


def without_tone_numbers(text: str) -> str:
    """`text` with its words of syllables and tone numbers as plain syllables: "ying2shang1" is "ying'shang"."""
    return re.sub(r"(?<!\S)(?:[a-z]{1,6}[1-5](?:['-](?=[a-z]))?)+(?!\S)", _plain_syllables, text)


def _plain_syllables(match: re.Match[str]) -> str:
    syllables = re.split("[1-5]['-]?", match[0])[:-1]
    return "'".join(syllables) if SYLLABLES.issuperset(syllables) else match[0]
