"""A query as a tree of what it asks for, and where that stands in a text.

The leaves of the tree are `Alternatives`: phrases of which one must occur. `Combined` asks for all of its parts, or for one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import TypeVar

from measures.language.normalising import normalized, normalized_length
from measures.language.unicode_ranges import HAN

IN_TITLE = "^"  # before a lexeme of a title
LATIN = "[a-z0-9]"
Answer = TypeVar("Answer")
#: Where words of a text are joined: "cross border" stands in "cross-border" too.
GAP = "[ -]"


@dataclass(frozen=True)
class Phrase:
    """A text that must occur as it stands; a single Latin word may also occur in another form of its stem."""

    text: str
    stems: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # the words of the site with the stem of a single Latin word
    spelt: bool = False  # found by way of its pinyin

    @property
    def lexemes(self) -> list[str]:
        """All of them are in every row that the text occurs in."""
        runs = re.findall(f"[{HAN}]+", self.text)
        pairs = [run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1))]
        return list(dict.fromkeys([*pairs, *self.stems]))

    @property
    def is_lexeme(self) -> bool:
        """Whether the lexeme alone decides, without a look at the text."""
        return re.fullmatch(f"[{HAN}]{{1,2}}|{LATIN}+", self.text) is not None

    @property
    def is_plain(self) -> bool:
        """Whether a row has the phrase exactly where it has its text."""
        return not re.search(GAP, self.text)

    @property
    def expression(self) -> str:
        """The regular expression of the text, as Python and PostgreSQL both read it."""
        return GAP.join(re.escape(part) for part in re.split(GAP, self.text) if part)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        if not re.fullmatch(f"{LATIN}+", self.text):
            return re.compile(self.expression)
        words = sorted({self.text, *self.forms}, key=len, reverse=True)
        return re.compile(rf"(?<!{LATIN})(?:{'|'.join(words)})(?!{LATIN})")

    def tsquery(self, mark: str = "") -> str:
        """The tsquery for the rows with all lexemes of the phrase."""
        # Lexemes are Chinese characters, letters and digits, so quoting them is enough.
        return "(" + "&".join(f"'{mark}{lexeme}'" for lexeme in self.lexemes) + ")"


@dataclass(frozen=True)
class CodePhrase(Phrase):
    """The public code of a measure, which is the first line of its row. The text is the number, with or without the year."""

    @property
    def is_lexeme(self) -> bool:
        return False

    @property
    def is_plain(self) -> bool:
        return False

    @property
    def expression(self) -> str:
        return f"^{self.text}" if "-" in self.text else f"^[0-9]{{4}}-{self.text}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.expression}(?![0-9])")


@dataclass(frozen=True)
class Alternatives:
    """One of these phrases occurs."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True)
class Combined:
    """All of the parts (`all_of`), or one of them."""

    parts: tuple["Tree", ...]
    all_of: bool


Tree = Alternatives | Combined


def leaves(tree: Tree) -> Iterator[Alternatives]:
    if isinstance(tree, Alternatives):
        yield tree
    else:
        for part in tree.parts:
            yield from leaves(part)


def combined(tree: Tree, of_leaf: Callable[[Alternatives], Answer]) -> Answer:
    """The answers of `of_leaf` for the alternatives, joined by "and" where the tree asks for all of its parts, else by "or"."""
    if isinstance(tree, Alternatives):
        return of_leaf(tree)
    return reduce(and_ if tree.all_of else or_, (combined(part, of_leaf) for part in tree.parts))


def in_title(tree: Tree) -> str:
    """The tsquery for the rows with the lexemes of all that is asked for in their title."""
    if isinstance(tree, Alternatives):
        parts, operator = [phrase.tsquery(IN_TITLE) for phrase in tree.phrases], "|"
    else:
        parts, operator = [in_title(part) for part in tree.parts], "&" if tree.all_of else "|"
    return "(" + (operator.join(parts) or f"'{IN_TITLE}'") + ")"  # the mark alone stands nowhere


@dataclass(frozen=True)
class Match:
    """Where a phrase stands in a text as it is written."""

    phrase: Phrase
    start: int
    end: int


def find(alternatives: Alternatives, text: str) -> Match | None:
    """The first phrase of the alternatives that stands in `text`, where it stands first."""
    plain = normalized(text)
    for phrase in alternatives.phrases:
        if match := phrase.pattern.search(plain):
            edges = [0]
            for length in map(normalized_length, text):
                edges.append(edges[-1] + length)
            # Characters of no length lie at the edges: the match leaves them out.
            start = max(at for at, edge in enumerate(edges[:-1]) if edge <= match.start())
            end = min(at for at, edge in enumerate(edges) if edge >= match.end())
            return Match(phrase, start, end)
    return None
