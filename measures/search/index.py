"""Everything that search asks of the database: rows, names, pairs of characters, words and readings."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connections, models
from django.db.models import Aggregate, Func, Q, Value
from psycopg.errors import QueryCanceled

from measures.catalogue.register import WORD, Register
from measures.models import SearchName, SearchRow

from .matching import Alternatives, Phrase
from .pinyin import Pairs, Step

MAX_SECONDS = 1  # that the questions of one search may take; a longer one is told that it takes too long
StemAndForms = tuple[str, str, list[str]]  # a word, its stem, and the words of the site with that stem
MAX_COMPLETIONS = 40  # words that an unfinished one may become

STEMS_AND_FORMS = """
    SELECT w.word, w.stem, array(SELECT known.word FROM measures_word known WHERE known.stem = w.stem AND {known})
    FROM (SELECT word, coalesce((ts_lexize('measures_english', word))[1], word) FROM unnest(%(words)s::text[]) word)
        w (word, stem)
"""
PAIRS_READ_AS = """
    SELECT DISTINCT s.one, s.other, p.first, p.second, {in_name} AS in_name
    FROM unnest(%(ones)s::text[], %(others)s::text[]) s (one, other)
    JOIN measures_reading r ON r.syllable = s.one
    JOIN measures_characterpair p ON p.first = r.character AND {pair_known}
    JOIN measures_reading r2 ON r2.character = p.second AND r2.syllable = s.other
    ORDER BY in_name DESC, p.first, p.second
"""
PAIRS_WITH_INITIALS = """
    WITH named AS MATERIALIZED (SELECT first, second FROM measures_characterpair p WHERE {in_name}),
        initial AS MATERIALIZED (
            SELECT DISTINCT character, left(syllable, 1) AS letter FROM measures_reading
            WHERE usual AND character = ANY (ARRAY(SELECT first FROM named UNION SELECT second FROM named)))
    SELECT s.one, s.other, p.first, p.second, true
    FROM named p
    JOIN initial r ON r.character = p.first
    JOIN initial r2 ON r2.character = p.second
    JOIN unnest(%(ones)s::text[], %(others)s::text[]) s (one, other) ON s.one = r.letter AND s.other = r2.letter
    ORDER BY p.first, p.second
"""
CHARACTERS_READ_AS = """
    SELECT syllable, character FROM measures_reading r WHERE syllable = ANY (%(syllables)s)
        AND (EXISTS (SELECT FROM measures_characterpair p WHERE p.first = r.character AND {pair_known})
            OR EXISTS (SELECT FROM measures_characterpair p WHERE p.second = r.character AND {pair_known}))
    ORDER BY character
"""
SOUNDING_LIKE = """
    SELECT DISTINCT other.character FROM measures_reading r
    JOIN measures_reading other ON other.syllable = r.syllable WHERE r.character = ANY (%(characters)s)
"""
PAIRS_IN = """
    SELECT p.first, p.second, {in_name} FROM unnest(%(firsts)s::text[], %(seconds)s::text[]) s (first, second)
    JOIN measures_characterpair p USING (first, second) WHERE {pair_known}
"""
KNOWN_WORDS = "SELECT word FROM measures_word known WHERE word = ANY (%(texts)s) AND {known}"
WORDS_LIKE = """
    SELECT word FROM measures_word known
    WHERE length(word) BETWEEN %(shortest)s AND %(longest)s AND word LIKE ANY (%(patterns)s) AND {known} ORDER BY word
"""
SOUNDING_PAIRS = """
    SELECT DISTINCT p.first, p.second FROM measures_reading one
    JOIN measures_reading r ON r.syllable = one.syllable AND r.usual
    JOIN measures_characterpair p ON p.first = r.character AND {in_name}
    JOIN measures_reading other ON other.character = %(second)s AND other.usual
    JOIN measures_reading r2 ON r2.syllable = other.syllable AND r2.character = p.second AND r2.usual
    WHERE one.character = %(first)s AND one.usual ORDER BY p.first, p.second
"""
WORDS_BEGINNING = """
    SELECT word FROM measures_word known WHERE word LIKE %(beginning)s AND {known} ORDER BY length(word), word LIMIT %(most)s
"""
# What pairs and words have to fulfil, in the present and at a moment of the past.
PRESENT = {"pair_known": "true", "in_name": "p.in_name", "known": "true"}
MOMENT = {
    "pair_known": "p.since <= %(number)s",
    "in_name": "coalesce(p.name_since <= %(number)s, false)",
    "known": "known.since <= %(number)s",
}


class Index:
    """The search tables of one database, as they were at the data version `number`; None stands for the present."""

    def __init__(self, using: str, number: int | None = None):
        self.using, self.number = using, number
        self.also_known: set[str] = set()  # what counts as words of the site besides its own
        self.seconds = 0.0  # that its questions have taken

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Counts the time of a question; raises what PostgreSQL would where there is none left."""
        if self.seconds > MAX_SECONDS:
            raise OperationalError("the search takes too long") from QueryCanceled()
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start

    def limit_statements(self) -> None:
        """Let no statement of this transaction take longer from now on than a search may as a whole."""
        with connections[self.using].cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{MAX_SECONDS}s"])

    def _rows(self, sql: str, **parameters: Any) -> list[Any]:
        with self._timed(), connections[self.using].cursor() as cursor:
            sql = sql.format(**(PRESENT if self.number is None else MOMENT))
            cursor.execute(sql, parameters | {"number": self.number})
            rows: list[Any] = cursor.fetchall()
            return rows

    def _first(self, sql: str, **parameters: Any) -> list[str]:
        """The first column of the rows."""
        return [row[0] for row in self._rows(sql, **parameters)]

    def _holding(self, model: type[SearchRow] | type[SearchName]) -> Any:
        rows = model.objects.using(self.using)
        return rows.present() if self.number is None else rows.as_of(self.number)

    # --- Words, pairs and readings ---

    def stems_and_forms(self, words: Iterable[str]) -> list[StemAndForms]:
        """Each word with its stem and the words of the site with that stem."""
        words = sorted(words)
        return self._rows(STEMS_AND_FORMS, words=words) if words else []

    def words_beginning(self, beginning: str) -> list[str]:
        """The shortest Latin words of the site that begin so."""
        if not re.fullmatch("[a-z0-9]{2,}", beginning):
            return []
        return self._first(WORDS_BEGINNING, beginning=f"{beginning}_%", most=MAX_COMPLETIONS)

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
            for one, other, first, second, _in_name in self._rows(sql, ones=ones, others=others):
                pairs[one, other].setdefault(first, []).append(second)
        return pairs

    def pairs_in(self, text: str) -> dict[tuple[str, str], bool]:
        """The neighbours in `text` that stand side by side on the site, and whether they do so in a name."""
        rows = self._rows(PAIRS_IN, firsts=list(text[:-1]), seconds=list(text[1:]))
        return {(first, second): in_name for first, second, in_name in rows}

    def known_words(self, texts: Iterable[str]) -> set[str]:
        """Those of the texts that are words of the site: Latin words, and short names and keywords in Chinese."""
        texts = sorted(texts)
        known = set(self._first(KNOWN_WORDS, texts=texts)) if texts else set()
        return known.union(text for text in texts if text in self.also_known)

    def words_like(self, patterns: list[str], shortest: int, longest: int) -> list[str]:
        """The words of the site that fit one of the patterns, in which `_` stands for a character."""
        return self._first(WORDS_LIKE, shortest=shortest, longest=longest, patterns=patterns)

    def pairs_sounding_like(self, first: str, second: str) -> list[str]:
        """The pairs in names that are read like these two characters."""
        return [one + other for one, other in self._rows(SOUNDING_PAIRS, first=first, second=second)]

    def characters_read_as(self, syllables: Iterable[str]) -> dict[str, list[str]]:
        """For each syllable the characters of the site that can be read so."""
        found: dict[str, list[str]] = {}
        if syllables := sorted(set(syllables)):
            for syllable, character in self._rows(CHARACTERS_READ_AS, syllables=syllables):
                found.setdefault(syllable, []).append(character)
        return found

    def sounding_like(self, characters: list[str]) -> set[str]:
        """All characters that have a reading in common with one of these."""
        return set(self._first(SOUNDING_LIKE, characters=characters))

    # --- Rows and names ---

    def named(self, each: Sequence[Alternatives]) -> list[list[str]]:
        """For each of the alternatives the facet tokens of the categories, centres, audiences and places of that name."""
        names = self._holding(SearchName)
        matches = [
            names.filter(text_condition(own)).order_by().values_list(Value(at), "kind", "slug")
            for at, own in enumerate(each)
            if own.phrases
        ]
        named: list[list[str]] = [[] for _own in each]
        if matches:
            union = matches[0].union(*matches[1:], all=True) if len(matches) > 1 else matches[0]
            with self._timed():
                for at, kind, slug in union:
                    named[at].append(f"{kind}:{slug}")
        return named

    def exists(self, condition: Q) -> bool:
        with self._timed():
            return bool(self._holding(SearchRow).filter(condition).exists())

    def stands(self, text: str) -> bool:
        return self.exists(text_condition(Alternatives((Phrase(text),))))

    def bitmap(self, condition: Q, register: Register) -> int:
        words = self._holding(SearchRow).filter(condition).values(which=WordOf("measure_id"))
        with self._timed():
            return register.of_words(words.annotate(bits=Bits("measure_id")).values_list("which", "bits"))


class WordOf(Func):
    """The word of a bitmap that has this key's bit: see Register."""

    template = f"%(expressions)s / {WORD}"
    output_field = models.Field()  # numbers as they come: Django would call int() on each


class Bits(Aggregate):
    """The bits of these keys in their word: an answer of some hundred rows where there would be thousands of keys."""

    template = f"bit_or(1::bigint << (%(expressions)s & {WORD - 1})::integer)"
    output_field = models.Field()


def text_condition(alternatives: Alternatives) -> Q:
    """The condition that one of the phrases stands in the text of a row.

    By the lexemes, and where these do not decide, by a look at the text. The two are joined so that the index alone
    finds the rows and the text is all that is looked at: a row's own lexemes take longer to read than the index.
    """
    decided: list[Phrase] = []
    undecided: list[Phrase] = []
    for phrase in alternatives.phrases:
        # A single word that stands nowhere need not be looked for; what it spells follows it.
        if not (phrase.is_lexeme and phrase.stems and not phrase.forms):
            (decided if phrase.is_lexeme else undecided).append(phrase)
    if not decided and not undecided:
        return Q(pk__in=[])
    condition = _with_lexemes([*decided, *undecided])
    if undecided:
        looked_at = _containing(undecided)
        condition &= looked_at | _with_lexemes(decided) if decided else looked_at
    return condition


def _with_lexemes(phrases: list[Phrase]) -> Q:
    return Q(lexemes__matches="|".join(phrase.tsquery() for phrase in phrases))


def _containing(phrases: list[Phrase]) -> Q:
    """The condition that the text has one of these: by one pattern, so that it is fetched and read only once."""
    if len(phrases) == 1 and phrases[0].is_plain:
        return Q(text__contains=phrases[0].text)  # a fifth faster
    return Q(text__regex="|".join(phrase.expression for phrase in phrases))
