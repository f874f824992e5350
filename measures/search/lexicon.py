"""Words of a query as the site knows them, asked for in as few questions to the database as there are tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .index import Index
from .matching import Phrase
from .pinyin import Pairs, Spelling, Step, abbreviated, initials
from .spellings import halves, joined, variants
from .synonyms import Synonyms
from .text import LATIN_WORD, Word, neighbours, runs, together


@dataclass
class Lexicon:
    """All that the site knows of the words of one query."""

    stems: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]]  # stem -> words of the site
    pairs: Mapping[Step, Pairs]
    characters: Mapping[str, list[str]]  # syllable -> characters
    initial_pairs: Mapping[Step, Pairs]
    known_initials: Collection[str]  # the strings with two initials that are words of the site
    synonyms: Synonyms
    completions: Collection[str] = ()  # the Latin words of the site that begin as the unfinished word does

    def knows(self, word: str) -> bool:
        """Whether a Latin word, in some form, stands on the site."""
        return bool(self.forms.get(self.stems.get(word, "")))

    def phrase(self, text: str) -> Phrase:
        text = text.replace("'", "")
        stems = tuple(self.stems[word] for word in LATIN_WORD.findall(text))
        forms = self.forms.get(stems[0], ()) if LATIN_WORD.fullmatch(text) else ()
        return Phrase(text, stems, forms)

    def spelt(self, spelling: Spelling) -> list[str]:
        alone = self.characters.get(spelling.word, []) if spelling.single else []
        return [*spelling.strings(self.pairs), *alone]

    def abbreviated(self, word: Word) -> list[str]:
        """The Chinese texts in names with these initials; of two letters only whole words of the site, unless more may follow."""
        strings = abbreviated(word.text, self.initial_pairs)
        if len(word.text) > 2 or word.unfinished:
            return strings
        return [text for text in strings if text in self.known_initials]

    def same_as(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The other words for the same."""
        if any(word.quoted for word in words):
            return ()
        return self.synonyms.of(" ".join(word.text for word in words), self.stems)

    def meant(self, words: Sequence[Word]) -> list[Phrase]:
        return [self.phrase(text) for text in self.same_as(words)]


def look_up(words: Sequence[Word], index: Index, synonyms: Synonyms) -> Lexicon:
    """Ask `index` what it knows of these words; of an unfinished last one also what it may be going to be."""
    completions = [
        text for word in words[-1:] if word.unfinished for text in index.words_beginning(word.text)
    ]
    own = {*_latin_words(words), *completions}
    rows = index.stems_and_forms(own if synonyms.rows else own | synonyms.latin)
    if not synonyms.rows:
        synonyms.learn(rows)
    rows += synonyms.rows
    known = {word for word, _stem, forms in rows if forms}
    spelt = _spellings(words)
    short = {
        word.text for word in words if not word.quoted and word.text not in known and initials(word.text)
    }
    initial_pairs = index.pairs_with_initials(
        sorted({step for word in short for step in zip(word, word[1:], strict=False)})
    )
    twos = {text for word in short if len(word) == 2 for text in abbreviated(word, initial_pairs)}
    return Lexicon(
        stems={word: stem for word, stem, _forms in rows},
        forms={stem: tuple(sorted(forms)) for _word, stem, forms in rows},
        pairs=index.pairs_read_as(step for spelling in spelt for step in spelling.steps()),
        characters=index.characters_read_as(spelling.word for spelling in spelt if spelling.single),
        initial_pairs=initial_pairs,
        known_initials=index.known_words(twos),
        synonyms=synonyms,
        completions=completions,
    )


def _latin_words(words: Sequence[Word]) -> set[str]:
    """The Latin words that have to be looked up, in all their spellings."""
    found: set[str] = set()
    for word in words:
        plain = word.text.replace("'", "")
        found.update(LATIN_WORD.findall(plain))
        if word.quoted:
            continue
        whole = joined(plain)
        if LATIN_WORD.fullmatch(whole):
            found.update([whole, *variants(whole)])
            found.update(half for pair in halves(whole) for half in pair)
    return found | {one.text + other.text for one, other in neighbours(words)}


def _spellings(words: Sequence[Word]) -> list[Spelling]:
    """Everything in a query that may be pinyin: words, and words that follow each other."""
    own = [run for run in runs(words) if run[0].may_be_pinyin]
    return [*(together(run) for run in own if len(run) > 1), *(word.spelling for run in own for word in run)]
