"""Understanding the words of a query: what they ask for.

All words must occur. What a word can stand for is the word itself in one of its spellings, or the Chinese text that it spells in
pinyin or by its initials. Such text is found along the pairs of characters that stand side by side somewhere on the site.
No database here: what the site knows comes as a `Lexicon`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .lexicon import Lexicon
from .matching import Alternatives, CodePhrase, Combined, Phrase, Tree
from .pinyin import initials
from .spellings import halves, joined, variants
from .text import LATIN_WORD, Code, Word, neighbours, runs, together


@dataclass(frozen=True)
class Part:
    """Words of a query that are understood together, and what they ask for."""

    words: tuple[Word, ...]
    tree: Tree

    def __str__(self) -> str:
        return " ".join(map(str, self.words))


def distinct(words: Iterable[Word]) -> list[Word]:
    """The words without repetition; but syllables may well repeat: "ren ren"."""
    found = list(words)
    return [word for at, word in enumerate(found) if word not in found[:at] or word.spelling]


def parts(words: Sequence[Word], lexicon: Lexicon) -> list[Part]:
    """The words with what each asks for; what may be pinyin in several words is one part."""
    found: list[Part] = []
    for run in runs(words):
        if len(run) > 1:
            found.append(Part(tuple(run), _run(run, lexicon)))
            continue
        part = Part(tuple(run), _word(run[0], lexicon))
        if found and (joined := _joined(found[-1], part, lexicon)):
            found[-1] = joined
        else:
            found.append(part)
    if len(found) > 1 and (meant := lexicon.meant(words)):
        both = Combined(tuple(part.tree for part in found), all_of=True)
        return [Part(tuple(words), Combined((both, Alternatives(tuple(meant))), all_of=False))]
    return found


def _joined(one: Part, other: Part, lexicon: Lexicon) -> Part | None:
    """Two Latin words that the site writes as one."""
    if not neighbours((one.words[-1], other.words[0])) or len(one.words) > 1:
        return None
    together = one.words[0].text + other.words[0].text
    if not lexicon.knows(together):
        return None
    both = Combined((one.tree, other.tree), all_of=True)
    return Part(
        (*one.words, *other.words), Combined((both, Alternatives((lexicon.phrase(together),))), all_of=False)
    )


def code_part(words: Sequence[Word], code: Code, lexicon: Lexicon) -> Part:
    """A measure by its number, or what the text says where nothing tells that a measure is meant."""
    number = f"{code.number:02}"
    text = f"{code.year}-{number}" if code.year else number
    phrases: list[Phrase] = [CodePhrase(text, tuple(LATIN_WORD.findall(text)))]
    if code.bare:
        phrases += [lexicon.phrase(word.text) for word in words if len(words) == 1]
    return Part(tuple(words), Alternatives(tuple(phrases)))


def _word(word: Word, lexicon: Lexicon) -> Alternatives:
    """The word itself, other spellings of it, what it spells, and what it abbreviates.

    A word of the site is not taken for an abbreviation, nor for a single syllable.
    """
    exact = lexicon.phrase(word.text)
    if word.quoted:
        return Alternatives((exact,))
    texts = lexicon.spelt(word.spelling) if word.spelling else []
    if exact.forms:
        texts = [text for text in texts if len(text) > 1]
    elif initials(word.text):
        texts += lexicon.abbreviated(word)
    others = [*_other_spellings(exact, lexicon), *lexicon.meant([word])]
    if word.unfinished:
        others += map(lexicon.phrase, lexicon.completions)
    spelt = [Phrase(text, spelt=True) for text in dict.fromkeys(texts)]
    return Alternatives((exact, *others, *spelt))


def _other_spellings(exact: Phrase, lexicon: Lexicon) -> list[Phrase]:
    """The word as the site writes it besides: in one word, in another English, in two words."""
    whole = joined(exact.text)
    if not LATIN_WORD.fullmatch(whole):
        return []
    found = [] if exact.text in exact.forms else [whole, *variants(whole)]
    found = [other for other in found if lexicon.knows(other) and other != exact.text]
    if whole == exact.text:
        found += [
            f"{one} {other}" for one, other in halves(whole) if lexicon.knows(one) and lexicon.knows(other)
        ]
    return [lexicon.phrase(other) for other in found]


def _run(run: list[Word], lexicon: Lexicon) -> Tree:
    """Words that can all be pinyin: as one text ("ying shang huan jing"), or each for itself ("jinrong keji")."""
    groups: list[list[Word]] = []
    for word in run:
        if groups and word.spelling.single and groups[-1][-1].spelling.single:
            groups[-1].append(word)
        else:
            groups.append([word])
    each = Combined(
        tuple(_word(own[0], lexicon) if len(own) == 1 else _single_syllables(own, lexicon) for own in groups),
        all_of=True,
    )
    return Combined((_text_of(run, lexicon), each), all_of=False) if len(groups) > 1 else each.parts[0]


def _single_syllables(group: list[Word], lexicon: Lexicon) -> Combined:
    """Single syllables side by side: the text they spell, or all of them as words of another language."""
    words = tuple(
        Alternatives((lexicon.phrase(text),)) for text in dict.fromkeys(word.text for word in group)
    )
    return Combined((_text_of(group, lexicon), Combined(words, all_of=True)), all_of=False)


def _text_of(run: list[Word], lexicon: Lexicon) -> Alternatives:
    texts = lexicon.spelt(together(run))
    return Alternatives(tuple(Phrase(text, spelt=True) for text in dict.fromkeys(texts)))
