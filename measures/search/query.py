"""What the words of a query ask for.

All words must occur. What a word can stand for is the word itself in one of its spellings, or the Chinese text that it spells in
pinyin or by its initials. Such text is found along the pairs of characters that stand side by side somewhere on the site.
No database here: what the site knows comes as a `Lexicon`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .matching import Alternatives, CodePhrase, Combined, Phrase, Tree
from .pinyin import Pairs, Spelling, Step, abbreviated, initials
from .spellings import halves, variants
from .synonyms import Synonyms
from .text import Code, Word

LATIN_WORD = re.compile("[a-z0-9]+")


@dataclass
class Lexicon:
    """What the site knows of the words of one query."""

    stems: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]]  # stem -> words of the site
    pairs: Mapping[Step, Pairs]
    characters: Mapping[str, list[str]]  # syllable -> characters
    initial_pairs: Mapping[Step, Pairs]
    known_initials: Collection[str]  # the strings with two initials that are words of the site
    synonyms: Synonyms

    def knows(self, word: str) -> bool:
        """Whether a Latin word, in some form, stands on the site."""
        return bool(self.forms.get(self.stems.get(word, "")))

    def phrase(self, text: str) -> Phrase:
        """`text` as it stands."""
        text = text.replace("'", "")
        stems = tuple(self.stems[word] for word in LATIN_WORD.findall(text))
        forms = self.forms.get(stems[0], ()) if LATIN_WORD.fullmatch(text) else ()
        return Phrase(text, stems, forms)

    def spelt(self, spelling: Spelling) -> list[str]:
        """The Chinese texts that a word can be pinyin of."""
        alone = self.characters.get(spelling.word, []) if spelling.single else []
        return [*spelling.strings(self.pairs), *alone]

    def abbreviated(self, word: str) -> list[str]:
        """The Chinese texts in names with these initials; of two letters only whole words of the site."""
        strings = abbreviated(word, self.initial_pairs)
        return strings if len(word) > 2 else [text for text in strings if text in self.known_initials]

    def meant(self, words: Sequence[Word]) -> list[Phrase]:
        """The other words for the same."""
        if any(word.quoted for word in words):
            return []
        return [self.phrase(text) for text in self.synonyms.get(" ".join(word.text for word in words), ())]


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
    return [word for at, word in enumerate(found) if word not in found[:at] or Spelling(word.text)]


def latin_words(words: Sequence[Word], synonyms: Synonyms) -> set[str]:
    """The Latin words that have to be looked up, in all their spellings."""
    found: set[str] = set()
    for key in (*(word.text for word in words), " ".join(word.text for word in words)):
        for text in synonyms.get(key, ()):
            found.update(LATIN_WORD.findall(text))
    for word in words:
        plain = word.text.replace("'", "")
        found.update(LATIN_WORD.findall(plain))
        if word.quoted:
            continue
        joined = plain.replace("-", "")
        if LATIN_WORD.fullmatch(joined):
            found.update([joined, *variants(joined)])
            found.update(half for pair in halves(joined) for half in pair)
    return found | {one.text + other.text for one, other in _neighbours(words)}


def _neighbours(words: Sequence[Word]) -> list[tuple[Word, Word]]:
    return [
        (one, other)
        for one, other in zip(words, words[1:], strict=False)
        if not one.quoted and not other.quoted and LATIN_WORD.fullmatch(one.text + other.text)
    ]


def spellings(words: Sequence[Word]) -> list[Spelling]:
    """Everything in a query that may be pinyin: words, and words that follow each other."""
    runs = [run for run in _runs(words) if Spelling(run[0].text) and not run[0].quoted]
    together = [_together(run) for run in runs if len(run) > 1]
    return [*together, *(Spelling(word.text) for run in runs for word in run)]


def _runs(words: Iterable[Word]) -> Iterator[list[Word]]:
    """The words, those that follow each other without a pause and may all be pinyin together."""
    run: list[Word] = []
    for word in words:
        if word.apart and run:
            yield run
            run = []
        if not word.quoted and Spelling(word.text):
            run.append(word)
            continue
        if run:
            yield run
        run = []
        yield [word]
    if run:
        yield run


def _together(run: Sequence[Word]) -> Spelling:
    return Spelling("'".join(word.text for word in run))


def parts(words: Sequence[Word], lexicon: Lexicon) -> list[Part]:
    """What each of the words asks for; what may be pinyin in several words is one part."""
    found: list[Part] = []
    for run in _runs(words):
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
    if not _neighbours((one.words[-1], other.words[0])) or len(one.words) > 1:
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
    spelling = Spelling(word.text)
    texts = lexicon.spelt(spelling) if spelling else []
    if exact.forms:
        texts = [text for text in texts if len(text) > 1]
    elif initials(word.text):
        texts += lexicon.abbreviated(word.text)
    spelt = [Phrase(text, spelt=True) for text in dict.fromkeys(texts)]
    return Alternatives((exact, *_other_spellings(exact, lexicon), *lexicon.meant([word]), *spelt))


def _other_spellings(exact: Phrase, lexicon: Lexicon) -> list[Phrase]:
    """The word as the site writes it besides: in one word, in another English, in two words."""
    joined = exact.text.replace("-", "")
    if not LATIN_WORD.fullmatch(joined):
        return []
    found = [] if exact.text in exact.forms else [joined, *variants(joined)]
    found = [other for other in found if lexicon.knows(other) and other != exact.text]
    if joined == exact.text:
        found += [
            f"{one} {other}" for one, other in halves(joined) if lexicon.knows(one) and lexicon.knows(other)
        ]
    return [lexicon.phrase(other) for other in found]


def _run(run: list[Word], lexicon: Lexicon) -> Tree:
    """Words that can all be pinyin: as one text ("ying shang huan jing"), or each for itself ("jinrong keji")."""
    groups: list[list[Word]] = []
    for word in run:
        if groups and Spelling(word.text).single and Spelling(groups[-1][-1].text).single:
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
    texts = lexicon.spelt(_together(run))
    return Alternatives(tuple(Phrase(text, spelt=True) for text in dict.fromkeys(texts)))
