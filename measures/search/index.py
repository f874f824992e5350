"""Everything that search asks of the database: rows, names, pairs of characters, words and readings."""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

from django.db import connections, models
from django.db.models import Aggregate, Func, Q, Value

from measures.catalogue.register import WORD, Register
from measures.models import SearchName, SearchRow

from .matching import Alternatives, Phrase, Tree

STEMS_AND_FORMS = """
    SELECT w.word, w.stem, array(SELECT known.word FROM measures_word known WHERE known.stem = w.stem)
    FROM (SELECT word, coalesce((ts_lexize('measures_english', word))[1], word) FROM unnest(%s::text[]) word)
        w (word, stem)
"""
PAIRS_READ_AS = """
    SELECT DISTINCT s.one, s.other, p.first, p.second
    FROM unnest(%s::text[], %s::text[]) s (one, other)
    JOIN measures_reading r ON r.syllable = s.one
    JOIN measures_characterpair p ON p.first = r.character
    JOIN measures_reading r2 ON r2.character = p.second AND r2.syllable = s.other
    ORDER BY p.first, p.second
"""
PAIRS_WITH_INITIALS = """
    SELECT DISTINCT s.one, s.other, p.first, p.second
    FROM measures_characterpair p
    JOIN measures_reading r ON r.character = p.first
    JOIN measures_reading r2 ON r2.character = p.second
    JOIN unnest(%s::text[], %s::text[]) s (one, other)
        ON s.one = left(r.syllable, 1) AND s.other = left(r2.syllable, 1)
    WHERE p.in_name ORDER BY p.first, p.second
"""
CHARACTERS_READ_AS = """
    SELECT syllable, character FROM measures_reading WHERE syllable = ANY (%s) ORDER BY character
"""
SOUNDING_LIKE = """
    SELECT DISTINCT other.character FROM measures_reading r
    JOIN measures_reading other ON other.syllable = r.syllable WHERE r.character = ANY (%s)
"""
PAIRS_WITH = """
    SELECT first, second, in_name FROM measures_characterpair
    WHERE first = ANY (%s) OR second = ANY (%s) ORDER BY first, second
"""
WORDS_OF_LENGTH = "SELECT word FROM measures_word WHERE length(word) BETWEEN %s AND %s ORDER BY word"
OCCURRING = """
    SELECT s.string FROM unnest(%s::text[], %s::text[]) s (string, lexemes)
    WHERE EXISTS (SELECT FROM measures_searchrow r
            WHERE r.until IS NULL AND r.lexemes @@ s.lexemes::tsquery AND r.text LIKE '%%' || s.string || '%%')
        OR EXISTS (SELECT FROM measures_searchname n WHERE n.until IS NULL AND n.text LIKE '%%' || s.string || '%%')
"""

Step = tuple[str, str]  # two syllables, or two initials, that follow each other
Pairs = dict[str, list[str]]  # first character -> second characters


class Index:
    """The search tables of one database."""

    def __init__(self, using: str):
        self.using = using

    def _rows(self, sql: str, *params) -> list[tuple]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    # --- Words, pairs and readings ---

    def stems_and_forms(self, words: Iterable[str]) -> list[tuple[str, str, list[str]]]:
        """Each word with its stem and the words of the site with that stem."""
        words = sorted(words)
        return self._rows(STEMS_AND_FORMS, words) if words else []

    def words_of_length(self, shortest: int, longest: int) -> list[str]:
        return [word for (word,) in self._rows(WORDS_OF_LENGTH, shortest, longest)]

    def pairs_read_as(self, steps: Iterable[Step]) -> dict[Step, Pairs]:
        """For each two syllables the pairs of the site that can be read so."""
        return self._pairs(PAIRS_READ_AS, sorted(set(steps)))

    def pairs_with_initials(self, steps: Sequence[Step]) -> dict[Step, Pairs]:
        """For each two letters the pairs in names that can be read with these initials."""
        return self._pairs(PAIRS_WITH_INITIALS, steps)

    def _pairs(self, sql: str, steps: Sequence[Step]) -> dict[Step, Pairs]:
        pairs: dict[Step, Pairs] = {step: {} for step in steps}
        if steps:
            ones, others = [one for one, _other in steps], [other for _one, other in steps]
            for one, other, first, second in self._rows(sql, ones, others):
                pairs[one, other].setdefault(first, []).append(second)
        return pairs

    def pairs_with(self, characters: list[str]) -> dict[tuple[str, str], bool]:
        """The pairs in which one of the characters stands, and whether they stand in a name."""
        rows = self._rows(PAIRS_WITH, characters, characters)
        return {(first, second): in_name for first, second, in_name in rows}

    def characters_read_as(self, syllables: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if syllables := sorted(set(syllables)):
            for syllable, character in self._rows(CHARACTERS_READ_AS, syllables):
                found.setdefault(syllable, []).append(character)
        return found

    def sounding_like(self, characters: list[str]) -> set[str]:
        """All characters that have a reading in common with one of these."""
        return {character for (character,) in self._rows(SOUNDING_LIKE, characters)}

    def occurring(self, strings: list[str]) -> set[str]:
        """Those of the Chinese strings that stand in a row or a name."""
        lexemes = [Phrase(string).tsquery() for string in strings]
        return {string for (string,) in self._rows(OCCURRING, strings, lexemes)}

    # --- Rows and names ---

    def named(self, each: Sequence[Alternatives]) -> list[list[str]]:
        """For each of the alternatives the facet tokens of the categories, centres, audiences and places of that name."""
        names = SearchName.objects.using(self.using).present()
        matches = [
            names.filter(text_condition(own)).order_by().values_list(Value(at), "kind", "slug")
            for at, own in enumerate(each)
            if own.phrases
        ]
        named: list[list[str]] = [[] for _own in each]
        if matches:
            union = matches[0].union(*matches[1:], all=True) if len(matches) > 1 else matches[0]
            for at, kind, slug in union:
                named[at].append(f"{kind}:{slug}")
        return named

    def bitmap(self, condition: Q, register: Register) -> int:
        """The bitmap of the measures whose rows fit."""
        words = (
            SearchRow.objects.using(self.using).present().filter(condition).values(which=WordOf("measure_id"))
        )
        return register.of_words(words.annotate(bits=Bits("measure_id")).values_list("which", "bits"))


class WordOf(Func):
    """Which word of a bitmap has this key's bit: see Register."""

    template = f"%(expressions)s / {WORD}"
    output_field = models.Field()  # numbers as they come: Django would call int() on each


class Bits(Aggregate):
    """The bits of these keys in their word: an answer of some hundred rows where there would be thousands of keys."""

    template = f"bit_or(1::bigint << (%(expressions)s & {WORD - 1})::integer)"
    output_field = models.Field()


def tree_condition(tree: Tree) -> Q:
    """That a row has in its text what the tree asks for."""
    if isinstance(tree, Alternatives):
        return text_condition(tree)
    return reduce(and_ if tree.all_of else or_, map(tree_condition, tree.parts))


def text_condition(alternatives: Alternatives) -> Q:
    """That one of the phrases stands in the text of a row.

    By the lexemes, and where these do not decide, by a look at the text. The two are joined so that the index alone
    finds the rows and the text is all that is looked at: a row's own lexemes take longer to read than the index.
    """
    decided, undecided = [], []
    for phrase in alternatives.phrases:
        # A single word that stands nowhere need not be looked for; what it spells follows it.
        if not (phrase.is_lexeme and phrase.stems and not phrase.forms):
            (decided if phrase.is_lexeme else undecided).append(phrase)
    if not decided and not undecided:
        return Q(pk__in=[])
    condition = _with_lexemes([*decided, *undecided])
    if undecided:
        looked_at = _containing([phrase.text for phrase in undecided])
        condition &= looked_at | _with_lexemes(decided) if decided else looked_at
    return condition


def _with_lexemes(phrases: list[Phrase]) -> Q:
    return Q(lexemes__matches="|".join(phrase.tsquery() for phrase in phrases))


def _containing(texts: list[str]) -> Q:
    """That the text has one of these in it: by one pattern, so that it is fetched and read only once."""
    if len(texts) == 1:
        return Q(text__contains=texts[0])  # a fifth faster
    return Q(text__regex="|".join(map(re.escape, texts)))
