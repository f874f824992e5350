"""A query of readers, read with the help of the database, and what it finds."""

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from measures.catalogue import Register

from .closest import closest
from .index import Index, text_condition, tree_condition
from .matching import Alternatives, Tree, in_title, leaves
from .pinyin import strings_along
from .query import Lexicon, latin_words, tokens, tree


class Search:
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
        """The bitmap of the measures that fit the query; none fits a query in which there is nothing to look for."""
        if self.tree is None:
            return 0
        named = dict(zip(map(id, self.alternatives), self.named, strict=True))
        return self._found(self.tree, named, register)

    def _found(self, tree: Tree, named: dict[int, list[str]], register: Register) -> int:
        """`named`: identity of the alternatives -> the facet tokens of the names they find.

        What no name is found by is asked for at once.
        """
        if isinstance(tree, Alternatives):
            return self.index.bitmap(text_condition(tree), register) | register.having(*named[id(tree)])

        def has_names(part: Tree) -> bool:
            return any(named[id(leaf)] for leaf in leaves(part))

        bitmaps = [self._found(part, named, register) for part in tree.parts if has_names(part)]
        if others := [part for part in tree.parts if not has_names(part)]:
            condition = reduce(and_ if tree.all_of else or_, map(tree_condition, others))
            bitmaps.append(self.index.bitmap(condition, register))
        return reduce(and_ if tree.all_of else or_, bitmaps)

    def in_title(self, register: Register) -> int:
        """The bitmap of the measures with all that is asked for in their title; some may not fit the query."""
        if self.tree is None:
            return 0
        return self.index.bitmap(Q(lexemes__matches=in_title(self.tree)), register)

    def closest(self, limit: int = 3) -> list[str]:
        """Queries like this one that something fits, where nothing fits this one."""
        return closest(self.query, self.index, limit)
