"""A query of readers, read with the help of the database, and what it finds."""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_, or_

from measures.register import Register

from .closest import closest
from .index import Index, text_condition
from .matching import Alternatives, Tree, leaves
from .narrowing import Narrowing, title_condition
from .pinyin import strings_along
from .query import Lexicon, latin_words, tokens, tree

MAX_ASKED_APART = 4  # alternatives that are asked for one by one, because names are among them


class Search(Narrowing):
    """A query as a tree of what it asks for.

    `alternatives` are the leaves of the tree, `named` the facet tokens of the names that each of them finds.
    """

    def __init__(self, query: str, using: str):
        self.query, self.index = query, Index(using)
        self.tree = tree(query, self._lexicon()) if tokens(query) else None
        self.alternatives = list(leaves(self.tree)) if self.tree else []
        self.named = self.index.named(self.alternatives)

    def _lexicon(self) -> Lexicon:
        rows = self.index.stems_and_forms(latin_words(self.query))
        return Lexicon(
            stems={word: stem for word, stem, _forms in rows},
            forms={stem: tuple(sorted(forms)) for _word, stem, forms in rows},
            read_as=self._read_as,
            abbreviated=self._abbreviated,
        )

    def _read_as(self, spellings: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
        """The Chinese strings that can be read so and whose characters stand side by side somewhere."""
        spellings = list(spellings)
        pairs = self.index.pairs_read_as(
            step for syllables in spellings for step in zip(syllables, syllables[1:], strict=False)
        )
        alone = self.index.characters_read_as(syllables[0] for syllables in spellings if len(syllables) == 1)
        return {
            syllables: strings_along([pairs[step] for step in zip(syllables, syllables[1:], strict=False)])
            if len(syllables) > 1
            else alone[syllables[0]]
            for syllables in spellings
        }

    def _abbreviated(self, initials: str) -> list[str]:
        """The Chinese strings in names with these initials."""
        steps = list(zip(initials, initials[1:], strict=False))
        pairs = self.index.pairs_with_initials(steps)
        return strings_along([pairs[step] for step in steps])

    def found(self, register: Register) -> int:
        """The bitmap of the measures that fit the query."""
        if any(self.named) and len(self.alternatives) <= MAX_ASKED_APART:
            return self._found(self.tree, iter(self.named), register)
        return self.index.bitmap(self.condition(), register)

    def _found(self, tree: Tree, named: Iterator[list[str]], register: Register) -> int:
        if isinstance(tree, Alternatives):
            return self.index.bitmap(text_condition(tree), register) | register.having(*next(named))
        parts = [self._found(part, named, register) for part in tree.parts]
        return reduce(and_ if tree.all_of else or_, parts)

    def in_title(self, register: Register) -> int:
        """The bitmap of the measures with all that is asked for in their title; some may not fit the query."""
        return self.index.bitmap(title_condition(self.tree), register)

    def closest(self, limit: int = 3) -> list[str]:
        """Queries like this one that something fits, where nothing fits this one."""
        return closest(self.query, self.index, limit)
