"""How a query is read.

A query is words, separated by spaces, that must all occur; "quotes" keep words together. What a word can stand for is the
word itself, or the Chinese text that it spells in pinyin or by its initials. Such text is found along the pairs of
characters that stand side by side somewhere on the site. No database here: what it knows comes as a `Lexicon`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from measures.language.chinese import HAN, simplified
from measures.language.normalising import normalized

from .matching import Alternatives, Combined, Phrase, Tree
from .pinyin import initials, joined_spellings, spellings, without_tone_numbers

TOKEN = re.compile(r'"([^"]*)"|([^\s",;、。!?]+)')

Spelt = tuple[str, list[tuple[str, ...]]]  # a word and the ways to read it as pinyin syllables


@dataclass
class Lexicon:
    """What the database knows of the words of one query."""

    stems: dict[str, str]
    forms: dict[str, tuple[str, ...]]  # stem -> words of the site
    read_as: Callable[[Iterable[tuple[str, ...]]], dict[tuple[str, ...], list[str]]]
    abbreviated: Callable[[str], list[str]]

    def phrase(self, text: str) -> Phrase:
        words = re.findall("[a-z0-9]+", text)
        stems = tuple(self.stems[word] for word in words)
        forms = self.forms.get(stems[0], ()) if re.fullmatch("[a-z0-9]+", text) else ()
        return Phrase(text, stems, forms)


def tokens(query: str) -> list[tuple[str, bool]]:
    """The words of a query, and whether each was quoted; without those in which there is nothing to look for."""
    text = without_tone_numbers(simplified(normalized(query)))
    found = [(" ".join((quoted or bare).split()), bool(quoted)) for quoted, bare in TOKEN.findall(text)]
    found = [(word, quoted) for word, quoted in found if re.search(f"[{HAN}a-z0-9]", word)]
    # Said twice is said once; but syllables may well repeat: "ren ren".
    return [word for at, word in enumerate(found) if word not in found[:at] or spellings(word[0])]


def latin_words(query: str) -> set[str]:
    """The Latin words whose stems a tree for `query` needs."""
    return {word for token, _quoted in tokens(query) for word in re.findall("[a-z0-9]+", token)}


def tree(query: str, lexicon: Lexicon) -> Combined | None:
    """What `query` asks for; None where there is nothing in it to look for."""
    parts: list[Tree] = []
    run: list[Spelt] = []
    for token, quoted in [*tokens(query), ("", True)]:
        spelt = [] if quoted else spellings(token)
        if spelt:
            run.append((token, spelt))
            continue
        parts.extend(_run(run, lexicon))
        run = []
        if token:
            parts.append(_word(token, [], lexicon, quoted))
    return Combined(tuple(parts), all_of=True) if parts else None


def _word(token: str, spelt: list[tuple[str, ...]], lexicon: Lexicon, quoted: bool = False) -> Alternatives:
    """The word itself, what it spells, and what it abbreviates. A word of the site is not taken for an abbreviation."""
    exact = lexicon.phrase(token)
    texts = _texts_of(spelt if not exact.forms else [own for own in spelt if len(own) > 1], lexicon)
    if not quoted and not exact.forms and initials(token):
        texts += lexicon.abbreviated(token)
    return Alternatives((exact, *(Phrase(text, spelt=True) for text in dict.fromkeys(texts))))


def _texts_of(spelt: Iterable[tuple[str, ...]], lexicon: Lexicon) -> list[str]:
    strings = lexicon.read_as(spelt)
    return [text for syllables in spelt for text in strings[syllables]]


def _run(run: list[Spelt], lexicon: Lexicon) -> Iterator[Tree]:
    """Words that can all be pinyin: as one text ("ying shang huan jing"), or each for itself ("jinrong keji")."""
    if not run:
        return
    groups: list[list[Spelt]] = []
    for token, spelt in run:
        single = any(len(syllables) == 1 for syllables in spelt)
        if single and groups and any(len(syllables) == 1 for syllables in groups[-1][-1][1]):
            groups[-1].append((token, spelt))
        else:
            groups.append([(token, spelt)])
    parts = tuple(
        _word(*group[0], lexicon) if len(group) == 1 else _single_syllables(group, lexicon)
        for group in groups
    )
    each = Combined(parts, all_of=True)
    yield Combined((_together(run, lexicon), each), all_of=False) if len(groups) > 1 else parts[0]


def _single_syllables(group: list[Spelt], lexicon: Lexicon) -> Combined:
    """Single syllables side by side: the text they spell, or all of them as words of another language."""
    words = Combined(
        tuple(
            Alternatives((lexicon.phrase(token),))
            for token in dict.fromkeys(token for token, _spelt in group)
        ),
        all_of=True,
    )
    return Combined((_together(group, lexicon), words), all_of=False)


def _together(run: list[Spelt], lexicon: Lexicon) -> Alternatives:
    texts = _texts_of(joined_spellings(spelt for _token, spelt in run), lexicon)
    return Alternatives(tuple(Phrase(text, spelt=True) for text in dict.fromkeys(texts)))
