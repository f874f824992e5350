"""Dividing what is written without spaces, along the words of the site.

Used where the exact words stand nowhere. Question words and the like are left out; what the site does not know is kept, for it
has to be said that nothing has it.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measures.language.unicode_ranges import HAN
from measures.language.word_lists import word_list
from measures.language.wrapping import ENDINGS

from .index import Index
from .pinyin import Spelling, abbreviated, fewest_pieces, initials, spelt_spans
from .text import Word, runs, together, without_year_signs

# A number stays whole: 2019 is not 20 and 19, nor 2.0 a 2.
PIECES = re.compile(rf"[{HAN}]+|[0-9]+(?:\.[0-9]+)+|(?:[a-z']|[0-9](?![0-9]*\.[0-9]))+")
IN_NUMBER = re.compile("(?<=[0-9])(?=[0-9])")
IS_HAN = re.compile(f"[{HAN}]")
MIN_CHARACTERS = 7  # of a text that may be a title without its signs
MIN_LETTERS_OF_A_TITLE = 20
MAX_WORDS = 6  # of a query that are divided
MAX_DIVIDED = 60  # characters of a word that is divided
MIN_LETTERS = 4  # of a word in letters and digits that may be several
MAX_LETTERS = 120  # of a word in letters and digits
MAX_WORD = 20  # characters; the words of the site are no longer, see the SQL function measures_learn()
MAX_SPELT = 4  # syllables of a word that is looked for in pinyin without spaces
DOUBTFUL = 2.5  # what a single syllable or a few letters cost
UNKNOWN = 5  # what a character costs that belongs to no word; a word costs 1
MAX_STRINGS = 2_000  # that such pinyin may stand for in all

# Words that carry a question and not its matter.
QUESTION_WORDS = word_list(Path(__file__).with_name("question_words_zh.txt"))
# After these a single character is a verb: "怎么聘".
ASKING_HOW = frozenset({"怎么", "怎样", "如何", "咋"})
ENGLISH_QUESTION_WORDS = word_list(Path(__file__).with_name("question_words_en.txt"))


@dataclass(frozen=True)
class Segment:
    """A piece of a word, and whether the site knows it."""

    word: Word
    known: bool


def divisions(words: Sequence[Word], nowhere: Collection[Word], index: Index) -> Iterator[list[Segment]]:
    """The ways to divide the words that stand `nowhere`, likely ones first."""
    own = list(_with_syllables_together(words, nowhere))
    if sum(not known for _word, known in own) > MAX_WORDS:
        yield [Segment(word, known) for word, known in own]
        return
    yield from at_pauses(own, index)
    yield divided(own, index)


def at_pauses(words: Sequence[tuple[Word, bool]], index: Index) -> Iterator[list[Segment]]:
    """The ways to divide what is as long as a title where no text of the site goes on: there its signs were left out."""
    ways: list[list[list[Word]]] = []
    for word, known in words:
        if known or word.quoted:
            ways.append([[word]])
        else:
            ways += [_between_pauses(piece, index) for piece in PIECES.findall(word.text)]
    if all(ways) and any(len(own[0]) > 1 for own in ways):
        for at in range(max(map(len, ways))):
            pieces = (piece for own in ways for piece in own[min(at, len(own) - 1)])
            yield [Segment(piece, known=True) for piece in pieces]


def _between_pauses(text: str, index: Index) -> list[list[Word]]:
    """The ways to divide a text in one script; a short one stays whole."""
    ways = [[text]]
    if IS_HAN.match(text):
        if MIN_CHARACTERS <= len(text) <= MAX_DIVIDED:
            pairs = index.pairs_in(text)
            pauses = [at for at, pair in enumerate(itertools.pairwise(text), 1) if pair not in pairs]

            def ends(start: int) -> range:
                return range(start + 1, next((at for at in pauses if at > start), len(text)) + 1)

            ways = [
                [text[start:end] for start, end in itertools.pairwise(way)]
                for way in fewest_pieces(len(text), ends)
            ]
    elif MIN_LETTERS_OF_A_TITLE <= len(text) <= MAX_LETTERS and (spelling := Spelling(text)):
        ways = spelling.divisions(index.pairs_read_as(spelling.steps()))
    return [list(map(Word, way)) for way in ways]


def divided(words: Iterable[tuple[Word, bool]], index: Index) -> list[Segment]:
    """The words without question words, those that stand nowhere (False) divided."""
    found: list[Segment] = []
    for word, known in words:
        if not word.quoted and (word.text in QUESTION_WORDS or word.text in ENGLISH_QUESTION_WORDS):
            continue
        found += [Segment(word, known)] if known or word.quoted else _divided(word, index)
    return found


def _with_syllables_together(words: Iterable[Word], nowhere: Collection[Word]) -> Iterator[tuple[Word, bool]]:
    """The words, and whether they stand somewhere; single syllables that follow each other are one word where they do not."""
    for run in runs(words):
        if len(run) > 1 and all(word in nowhere and word.spelling.single for word in run):
            yield Word(together(run).word), False
        else:
            yield from ((word, word not in nowhere) for word in run)


def _divided(word: Word, index: Index) -> list[Segment]:
    """Divided where scripts meet, at signs, and then each piece along the words of the site."""
    found: list[Segment] = []
    for piece in PIECES.findall(without_year_signs(word.text)):
        chinese = IS_HAN.match(piece) is not None
        if len(piece) > (MAX_DIVIDED if chinese else MAX_LETTERS):
            found.append(Segment(Word(piece), known=False))
        elif chinese:
            found += along_words(piece, index)
        elif len(piece) < MIN_LETTERS or "." in piece:
            found.append(Segment(Word(piece), known=True))  # or it may be
        elif Spelling(piece).single:
            found.append(Segment(Word(piece), known=bool(index.known_words([piece]))))
        elif piece not in ENGLISH_QUESTION_WORDS:
            found += along_latin_words(piece, index)
    return found


def along_words(text: str, index: Index) -> list[Segment]:
    """Chinese text as words of the site, pairs of characters that stand side by side there, and the rest."""
    pairs = index.pairs_in(text)
    longest = min(MAX_WORD, len(text))
    spans = [
        (start, start + length) for length in range(2, longest + 1) for start in range(len(text) - length + 1)
    ]
    words = index.known_words({text[start:end] for start, end in spans})
    costs: dict[tuple[int, int], float] = {
        (at, at + 1): 0.6 if character in QUESTION_WORDS else UNKNOWN for at, character in enumerate(text)
    }
    for start, end in spans:
        if cost := _cost(text[start:end], words, pairs):
            costs[start, end] = cost
    found: list[Segment] = []
    unknown = before = ""
    for start, end in [*_cheapest(len(text), costs), (len(text), len(text))]:
        piece = text[start:end]
        is_verb = before in ASKING_HOW and len(piece) == 1 and index.stands(piece)
        before = piece
        if piece and costs[start, end] == UNKNOWN and not is_verb:
            unknown += piece
            continue
        if unknown:
            found.append(Segment(Word(unknown), known=False))
            _join_ending(found, index)
            unknown = ""
        if piece and piece not in QUESTION_WORDS:
            found.append(Segment(Word(piece), known=True))
    return found


def _join_ending(found: list[Segment], index: Index) -> None:
    """Join the last segment to that before it where it ends a word that stands on the site: 示范 and 区."""
    if len(found) > 1 and found[-2].known and found[-1].word.text in ENDINGS:
        whole = "".join(segment.word.text for segment in found[-2:])
        if index.stands(whole):
            found[-2:] = [Segment(Word(whole), known=True)]


def _cost(piece: str, words: Collection[str], pairs: Mapping[tuple[str, str], bool]) -> float | None:
    """How unlikely a word it is; None where it is none."""
    if piece in words:
        return 1
    if piece in QUESTION_WORDS:
        return 1
    in_name = pairs.get((piece[0], piece[-1])) if len(piece) == 2 else None
    return None if in_name is None else 1.1 if in_name else 1.4


def _cheapest(length: int, costs: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The pieces from 0 to `length` that cost least together; of equal ways the one with the longer words first."""
    best: dict[int, tuple[float, list[tuple[int, int]]]] = {length: (0, [])}
    ends: dict[int, list[int]] = {}
    for start, end in costs:
        ends.setdefault(start, []).append(end)
    for start in sorted(ends, reverse=True):
        ways = [
            (costs[start, end] + best[end][0], -end, [(start, end), *best[end][1]])
            for end in ends[start]
            if end in best
        ]
        if ways:
            cost, _end, pieces = min(ways)
            best[start] = (cost, pieces)
    return best[0][1] if 0 in best else []


def along_latin_words(text: str, index: Index) -> list[Segment]:
    """Letters and digits as Latin words of the site and as pinyin of its Chinese words."""
    costs = _costs_of_latin_words(text, index)
    for span, cost in _costs_of_pinyin(text, index).items():
        costs[span] = min(cost, costs.get(span, cost))
    pieces = _cheapest(len(text), costs)
    doubtful = sum(end - start for start, end in pieces if costs[start, end] >= DOUBTFUL)
    # A word of which hardly anything is known is another word: "pension" is no pen and no on.
    if not pieces or doubtful > len(text) / 2:
        return [Segment(Word(text), known=_abbreviates(text, index))]
    return [Segment(Word(text[start:end].strip("'")), known=True) for start, end in pieces]


def _abbreviates(text: str, index: Index) -> bool:
    """Whether the text is the initials of something in a name."""
    steps = sorted(set(itertools.pairwise(text))) if initials(text) else []
    return bool(steps and abbreviated(text, index.pairs_with_initials(steps)))


def _costs_of_latin_words(text: str, index: Index) -> dict[tuple[int, int], float]:
    """The words of the site in the text: short ones only with digits, such as "5g", for letters may be pinyin."""
    places = [at for at in range(len(text) + 1) if not IN_NUMBER.match(text, at)]
    spans = [(start, end) for start, end in itertools.combinations(places, 2) if end - start <= MAX_WORD]
    known = index.known_words({text[start:end] for start, end in spans} | {text})
    costs: dict[tuple[int, int], float] = {(0, len(text)): 0.5} if text in known else {}
    for start, end in spans:
        if text[start:end] in known and (start, end) not in costs:
            numbered = any(character.isdecimal() for character in text[start:end])
            costs[start, end] = 1.0 if numbered else 1.2 if end - start > 3 else DOUBTFUL + 0.5
    return costs


def _costs_of_pinyin(text: str, index: Index) -> dict[tuple[int, int], float]:
    spelt = {span: Spelling(text[slice(*span)].strip("'")) for span in spelt_spans(text, MAX_SPELT, 2)}
    pairs = index.pairs_read_as(step for spelling in spelt.values() for step in spelling.steps())
    strings: dict[tuple[int, int], list[str]] = {}
    count = 0
    for span, spelling in spelt.items():
        if count < MAX_STRINGS and (own := spelling.strings(pairs)):
            strings[span] = own
            count += len(own)
    words = index.known_words({string for own in strings.values() for string in own})
    costs = {}
    for span, own in strings.items():
        if words.intersection(own):
            costs[span] = 1.0
        elif any(len(string) == 2 for string in own):
            costs[span] = 1.3
    for span in spelt_spans(text, 1):
        costs.setdefault(span, DOUBTFUL)  # a single character, where nothing better is to be had
    return costs
