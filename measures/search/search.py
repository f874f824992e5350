"""A query of readers, read with the help of the database, and what it finds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from itertools import combinations
from operator import and_, or_
from types import MappingProxyType

from django.conf import settings
from django.db.models import Q
from django.utils.translation import override

from measures.catalogue import Catalogue, Register
from measures.language.normalising import normalized
from measures.models import DistrictRole

from .closest import closest_words
from .division import Segment, divisions
from .index import MAX_SECONDS, Index, text_condition
from .lexicon import look_up
from .matching import Alternatives, CodePhrase, Combined, Tree, combined, in_title, leaves
from .query import Part, code_part, distinct, parts
from .synonyms import synonyms
from .text import Code, Word, code, runs, words

MAX_WORDS = 24  # of a query that is divided where nothing has all of them
MAX_PARTS = 8  # of which it is told what is left without each
MAX_WORDS_PUT_RIGHT = 8  # of a query for which others are offered
MAX_PUT_RIGHT = 6  # words that others like them are looked for
MAX_CLOSEST = 3  # queries like this one that are offered

Labels = Mapping[str, str]  # texts that stand in no record but beside them -> the facet tokens that they show
NO_LABELS: Labels = MappingProxyType({})


@cache
def role_labels() -> dict[str, str]:
    """Role of a place as rows say it, in all languages -> its facet token."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {normalized(str(role.label)): f"role:{role.value}" for role in DistrictRole.Role}
    return found


class Reading:
    """The words of a query in one way of reading them, and the measures they find."""

    def __init__(self, parts: Sequence[Part], index: Index, register: Register, labels: Labels = NO_LABELS):
        self.parts, self._index, self._register = parts, index, register
        self.tree: Tree = Combined(tuple(part.tree for part in parts), all_of=True)
        self.alternatives = list(leaves(self.tree))
        self._named: dict[int, list[str]] = {}
        for own, tokens in zip(self.alternatives, index.named(self.alternatives), strict=True):
            shown = [labels[phrase.text] for phrase in own.phrases if phrase.text in labels]
            self._named[id(own)] = [*tokens, *shown]

    @property
    def tokens(self) -> Counter[str]:
        """The facet tokens of the names that are looked for, and how much of what is asked for stands in each."""
        return Counter(token for tokens in self._named.values() for token in tokens)

    @cached_property
    def found(self) -> int:
        """The bitmap of the measures that fit all parts."""
        return self._found(self.tree) if self.parts else 0

    def found_by(self, part: Part) -> int:
        return self.found if len(self.parts) == 1 else self._found(part.tree)

    def stands_somewhere(self, part: Part) -> bool:
        if len(self.parts) == 1:
            return bool(self.found)
        if any(self._named[id(leaf)] for leaf in leaves(part.tree)):
            return bool(self._found(part.tree))
        return self._index.exists(combined(part.tree, text_condition))

    def _found(self, tree: Tree) -> int:
        """The bitmap of the measures that fit. All parts in which no name is found are one question."""
        if isinstance(tree, Alternatives):
            text = self._index.bitmap(text_condition(tree), self._register)
            return text | self._register.having(*self._named[id(tree)])

        def has_names(part: Tree) -> bool:
            return any(self._named[id(leaf)] for leaf in leaves(part))

        bitmaps = [self._found(part) for part in tree.parts if has_names(part)]
        if others := [part for part in tree.parts if not has_names(part)]:
            condition = combined(Combined(tuple(others), tree.all_of), text_condition)
            bitmaps.append(self._index.bitmap(condition, self._register))
        return reduce(and_ if tree.all_of else or_, bitmaps)

    def in_title(self) -> int:
        """The bitmap of the measures with all that is asked for in their title, or in their number; some may not fit."""
        if not self.parts:
            return 0
        codes = [
            phrase for own in self.alternatives for phrase in own.phrases if isinstance(phrase, CodePhrase)
        ]
        condition = (
            text_condition(Alternatives(tuple(codes))) if codes else Q(lexemes__matches=in_title(self.tree))
        )
        return self._index.bitmap(condition, self._register)


@dataclass(frozen=True)
class Without:
    """The query without one of its parts, or with nothing but that part, and the bitmap of what that finds."""

    part: str
    query: str
    found: int
    alone: bool = False


class Search:
    """A query and what it finds in a catalogue.

    It is read as it stands first. Only where the whole catalogue has nothing that fits is it divided along the words of the site;
    which facets are chosen plays no part in that.
    """

    def __init__(self, query: str, catalogue: Catalogue):
        self.query = query
        self._catalogue = catalogue
        self._synonyms, self._register = synonyms(catalogue), catalogue.register
        self.index = Index(catalogue.using, catalogue.number)
        self.index.also_known |= self._synonyms.texts.keys()
        self.index.limit_statements()
        self.words = distinct(words(query))
        quoted = any(word.quoted for word in self.words)
        number = code(query) if self.words and not quoted else None
        self._exact = self._read(self.words, number=number)
        self.reading = self._exact
        self._nowhere: set[Word] = set()
        #: The pieces that the query was divided into; empty where it was read as it stands.
        self.pieces: list[Segment] = []
        # What tells a measure by its number means nothing else where there is no such measure.
        if not number and not self._exact.found and 0 < len(list(runs(self.words))) <= MAX_WORDS:
            self._divide()

    def _divide(self) -> None:
        exact, stems = self._exact, self._lexicon.stems
        labels = role_labels()
        self.index.also_known |= {word for word in stems if self._synonyms.of(word, stems)}
        self._nowhere = nowhere = {
            word for part in exact.parts if not exact.stands_somewhere(part) for word in part.words
        }
        shown = {word for word in nowhere if word.text in labels}
        for pieces in divisions(self.words, nowhere - shown, self.index):
            found = distinct(piece.word for piece in pieces)
            if found and (shown or found != self.words):
                self.pieces, self.reading = pieces, self._read(found, labels)
                if self.found:
                    break

    def _read(self, words: Sequence[Word], labels: Labels = NO_LABELS, number: Code | None = None) -> Reading:
        self._lexicon = look_up(words, self.index, self._synonyms)
        own = [code_part(words, number, self._lexicon)] if number else parts(words, self._lexicon)
        return Reading(own, self.index, self._register, labels)

    @property
    def found(self) -> int:
        """The bitmap of the measures that fit the query; none fits a query in which there is nothing to look for."""
        return 0 if self._unknown else self.reading.found

    @property
    def _unknown(self) -> list[Segment]:
        """The pieces that the site does not know: nothing has them."""
        return [piece for piece in self.pieces if not piece.known]

    @property
    def in_title(self) -> int:
        """The bitmap of the measures with all that is asked for in their title; some may not fit the query."""
        return self.reading.in_title() if self.found else 0

    # --- What was understood ---

    @property
    def understood(self) -> str:
        """The words that are looked for instead of the query, where it was divided and found something."""
        if not self.pieces or not self.found or [piece.word for piece in self.pieces] == self.words:
            return ""
        return " ".join(piece.word.text for piece in self.pieces)

    @cached_property
    def synonyms_used(self) -> list[tuple[str, str]]:
        """The words of which others were looked for too, and these."""
        words = [word for part in self.reading.parts for word in part.words]
        keys = dict.fromkeys([*((word,) for word in words), tuple(words)])
        return [
            (" ".join(word.text for word in key), means)
            for key in keys
            for means in self._lexicon.same_as(key)
        ]

    # --- Where nothing fits ---

    @cached_property
    def without(self) -> list[Without]:
        """The query without each of its parts; where that finds nothing either, each of them alone.

        Each of these is searched for, so that its number is that of the list it leads to. None where that takes long.
        """
        own = self.reading.parts
        if not 1 < len(own) <= MAX_PARTS or self.found:
            return []
        unknown = {piece.word for piece in self._unknown}
        bitmaps = [0 if unknown.intersection(part.words) else self.reading.found_by(part) for part in own]
        alone = not any(reduce(and_, others) for others in combinations(bitmaps, len(own) - 1))
        names = list(map(str, own))
        # The last is left out first.
        queries = names if alone else [*map(" ".join, combinations(names, len(own) - 1))][::-1]
        ways, seconds = [], self.index.seconds
        for name, query in zip(names, queries, strict=True):
            if seconds > MAX_SECONDS / 2:
                return []
            search = Search(query, self._catalogue)
            seconds += search.index.seconds
            ways.append(Without(name, query, search.found, alone))
        return ways

    def closest(self) -> list[str]:
        """Queries like this one with one word put right that stands nowhere, whether or not they find something.

        None where there are many words, or where the search itself took long: each would have to be searched for.
        """
        length = max(len(self.words), len(self.pieces))
        if length > MAX_WORDS_PUT_RIGHT or self.index.seconds > MAX_SECONDS / 4:
            return []
        exact = [(word, word not in self._nowhere) for word in self.words]
        divided = [(piece.word, piece.known) for piece in self.pieces]
        nowhere = dict.fromkeys(word for word, known in (*exact, *divided) if not known)
        put_right = {
            word: closest_words(word.text, self.index)[:MAX_CLOSEST] for word in list(nowhere)[:MAX_PUT_RIGHT]
        }
        found = []
        for own in (exact, divided):
            for at, (word, known) in enumerate(own):
                for better in [] if known else put_right.get(word, ()):
                    words = [str(other) for other, _known in own]
                    words[at] = str(Word(better, word.quoted))
                    found.append(" ".join(words))
        return list(dict.fromkeys(found))[:MAX_CLOSEST]
