"""What lists, searches and exports ask of the database."""

import json
import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import reduce
from itertools import zip_longest
from operator import and_, or_

from django.contrib.postgres.aggregates.mixins import OrderableAggMixin
from django.db import connections, models
from django.db.models import (
    Aggregate,
    Case,
    F,
    Func,
    Q,
    Value,
    When,
)
from django.utils.functional import cached_property

from . import search
from .facets import Option, Vocabulary
from .models import FacetSet, SearchName, SearchRow
from .records import Names, Record, record
from .register import WORD, Register

# Records that are read together: few at first, that whoever asked soon gets some. An export holds two such chunks.
FIRST, CHUNK = 50, 200
MOST_APART = 4  # words of a search that are asked for one by one, because names are among them

VOCABULARY = """
    SELECT 'category' AS facet, slug, name_zh, name_en, NULL, row_number() OVER (ORDER BY plan_year, number) AS position
    FROM measures_category
    UNION ALL SELECT 'centre', slug, short_zh, short_en, NULL, "order" FROM measures_centre
    UNION ALL SELECT 'audience', slug, name_zh, name_en, NULL, "order" FROM measures_audience
    UNION ALL SELECT 'district', d.slug, d.name_zh, d.name_en, parent.slug,
        row_number() OVER (ORDER BY d.code NULLS LAST, d.kind, d.slug)
    FROM measures_district d LEFT JOIN measures_district parent ON parent.id = d.parent_id
    ORDER BY facet, position
"""


def vocabulary(using: str) -> Vocabulary:
    """Everything that can be chosen, in one query."""
    options: dict[str, dict[str, Option]] = {"category": {}, "centre": {}, "audience": {}, "district": {}}
    with connections[using].cursor() as cursor:
        cursor.execute(VOCABULARY)
        for facet, slug, name_zh, name_en, parent, _position in cursor:
            options[facet][slug] = Option(slug, name_zh, name_en, parent)
    return Vocabulary(options)


RECORDS = """
    SELECT v.document::text, r.version_number, r.edited_at, array(
        SELECT part.code FROM measures_measure part WHERE part.parent_id = m.id AND part.status = 'published'
        ORDER BY part.plan_year, part.number)
    FROM unnest(%s::bigint[]) WITH ORDINALITY chosen (id, position)
        JOIN measures_searchrow r ON r.measure_id = chosen.id AND r.until IS NULL
        JOIN measures_measure m ON m.code = r.code
        JOIN measures_version v ON v.id = r.version_id
    ORDER BY chosen.position
"""


def records(keys: list[int], using: str) -> list[tuple[dict, int, datetime, list[str]]]:
    """The measures with these keys, in their order: document, version, when it was written, codes of the parts."""
    with connections[using].cursor() as cursor:
        cursor.execute(RECORDS, [keys])
        return [(json.loads(document), *more) for document, *more in cursor.fetchall()]


def exported(keys: Sequence[int], using: str, names: Names) -> Iterator[Record]:
    """The measures with these keys, in their order. While one chunk of them is written, the next is fetched."""
    with connections[using].cursor() as cursor, ThreadPoolExecutor(1) as ahead:

        def fetched(start: int, end: int) -> list[tuple]:
            cursor.execute(RECORDS, [list(keys[start:end])])
            return cursor.fetchall()

        end = FIRST
        following = ahead.submit(fetched, 0, end)
        while following:
            found = following.result()
            following = ahead.submit(fetched, end, end + CHUNK) if end < len(keys) else None
            end += CHUNK
            for document, *more in found:
                yield record(json.loads(document), *more, names)


SEARCHED_NAMES = """
    SELECT 'category', slug, ARRAY[name_zh], ARRAY[name_en] FROM measures_category
    UNION ALL SELECT 'centre', slug, ARRAY[name_zh, short_zh], ARRAY[name_en, short_en] FROM measures_centre
    UNION ALL SELECT 'audience', slug, ARRAY[name_zh], ARRAY[name_en] FROM measures_audience
    UNION ALL SELECT 'district', slug, name_zh || aliases, ARRAY[name_en] FROM measures_district
"""


def searched_names(using: str) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Kind -> slug -> the names, in both languages, by which a search finds a category, centre, audience or place; its own
    name is the first."""
    names = {"category": {}, "centre": {}, "audience": {}, "district": {}}
    with connections[using].cursor() as cursor:
        cursor.execute(SEARCHED_NAMES)
        for kind, slug, chinese, english in cursor:
            names[kind][slug] = list(zip_longest(chinese, english, fillvalue=""))
    return names


class Packed(OrderableAggMixin, Aggregate):
    """Keys in one value, each as the eight bytes PostgreSQL sends: to fetch as many rows takes longer than to find them."""

    template = "string_agg(int8send(%(expressions)s), '' %(order_by)s)"
    output_field = models.BinaryField()


def unpacked(keys: bytes | None) -> array:
    found = array("q", keys or b"")
    if sys.byteorder == "little":
        found.byteswap()
    return found


class WordOf(Func):
    """Which word of a bitmap has this key's bit: see Register."""

    template = f"%(expressions)s / {WORD}"
    output_field = models.Field()  # numbers as they come: Django would call int() on each


class Bits(Aggregate):
    """The bits of these keys in their word: an answer of some hundred rows where there would be thousands of keys."""

    template = f"bit_or(1::bigint << (%(expressions)s & {WORD - 1})::integer)"
    output_field = models.Field()


def register(using: str, vocabulary: Vocabulary) -> Register:
    """Every published measure with its facet sets."""
    columns = ("measure_id", "about_id", "places_id")
    rows = (
        SearchRow.objects.using(using)
        .present()
        .aggregate(**{column: Packed(column, order_by=ordering("number")) for column in columns})
    )
    tokens = dict(FacetSet.objects.using(using).values_list("pk", "tokens"))
    return Register(*(unpacked(rows[column]) for column in columns), tokens, vocabulary)


def keys_in_order(sort: str, using: str) -> array:
    """The keys of all published measures, sorted."""
    rows = SearchRow.objects.using(using).present()
    return unpacked(rows.aggregate(keys=Packed("measure_id", order_by=ordering(sort)))["keys"])


def ordering(sort: str, search: "Search | None" = None, prefix: str = "") -> list:
    """By `number`, `title` (pinyin), `edited` (newest first) or `relevance` (in the title first)."""
    number = [F(f"{prefix}plan_year"), F(f"{prefix}number")]
    if search:
        # Not to be had from an index: a rare word must not make the planner walk through all rows in order.
        number = [column + 0 for column in number]
    first = {
        "title": [F(f"{prefix}title_key")],
        "edited": [F(f"{prefix}edited_at").desc()],
        "relevance": [search.rank(prefix)] if search else [],
    }
    return [*first.get(sort, []), *number]


def _contains(field: str, texts: list[str]) -> dict[str, str]:
    """The condition that the field has one of the texts: by one pattern, for which it is fetched and gone through only once."""
    if len(texts) == 1:
        return {f"{field}__contains": texts[0]}  # a fifth faster
    return {f"{field}__regex": "|".join(map(re.escape, texts))}


class Search:
    """A query, read with the help of the database, as a condition on search rows."""

    def __init__(self, query: str, using: str):
        self.query, self.using = query, using
        self.tree = search.tree(query, self._lexicon()) if search.tokens(query) else None
        self.groups = list(search.groups(self.tree)) if self.tree else []
        self.named = self._named()

    def _rows(self, sql: str, *params) -> list[tuple]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def _lexicon(self) -> search.Lexicon:
        words = sorted(search.words_of(self.query))
        rows = (
            self._rows(
                """
            SELECT w.word, w.stem, array(SELECT known.word FROM measures_word known WHERE known.stem = w.stem)
            FROM (SELECT word, coalesce((ts_lexize('measures_english', word))[1], word) FROM unnest(%s::text[]) word)
                w (word, stem)
            """,
                words,
            )
            if words
            else []
        )
        return search.Lexicon(
            stems={word: stem for word, stem, _forms in rows},
            forms={stem: tuple(sorted(forms)) for _word, stem, forms in rows},
            read_as=self._read_as,
            abbreviated=self._abbreviated,
        )

    def _read_as(self, spellings: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
        """The Chinese strings that can be read so and whose characters stand side by side somewhere."""
        spellings = list(spellings)
        steps = sorted(
            {step for syllables in spellings for step in zip(syllables, syllables[1:], strict=False)}
        )
        pairs = {step: {} for step in steps}
        if steps:
            for one, other, first, second in self._rows(
                """
                SELECT DISTINCT s.one, s.other, p.first, p.second
                FROM unnest(%s::text[], %s::text[]) s (one, other)
                JOIN measures_reading r ON r.syllable = s.one
                JOIN measures_characterpair p ON p.first = r.character
                JOIN measures_reading r2 ON r2.character = p.second AND r2.syllable = s.other
                ORDER BY p.first, p.second
                """,
                [one for one, _other in steps],
                [other for _one, other in steps],
            ):
                pairs[one, other].setdefault(first, []).append(second)
        single = sorted({syllables[0] for syllables in spellings if len(syllables) == 1})
        alone: dict[str, list[str]] = {}
        if single:
            for syllable, character in self._rows(
                "SELECT syllable, character FROM measures_reading WHERE syllable = ANY (%s) ORDER BY character",
                single,
            ):
                alone.setdefault(syllable, []).append(character)
        return {
            syllables: search.strings_along(
                [pairs[step] for step in zip(syllables, syllables[1:], strict=False)]
            )
            if len(syllables) > 1
            else alone[syllables[0]]
            for syllables in spellings
        }

    def _abbreviated(self, initials: str) -> list[str]:
        """The Chinese strings in names with these initials."""
        steps = list(zip(initials, initials[1:], strict=False))
        pairs = {step: {} for step in steps}
        for one, other, first, second in self._rows(
            """
            SELECT DISTINCT s.one, s.other, p.first, p.second
            FROM measures_characterpair p
            JOIN measures_reading r ON r.character = p.first
            JOIN measures_reading r2 ON r2.character = p.second
            JOIN unnest(%s::text[], %s::text[]) s (one, other)
                ON s.one = left(r.syllable, 1) AND s.other = left(r2.syllable, 1)
            WHERE p.in_name ORDER BY p.first, p.second
            """,
            [one for one, _other in steps],
            [other for _one, other in steps],
        ):
            pairs[one, other].setdefault(first, []).append(second)
        return search.strings_along([pairs[step] for step in steps])

    def _named(self) -> list[list[str]]:
        """For each group of the tree the facet tokens of the categories, centres, audiences and places of that name."""
        names = SearchName.objects.using(self.using).present()
        matches = [
            names.filter(self._text_condition(group)).order_by().values_list(Value(at), "kind", "slug")
            for at, group in enumerate(self.groups)
            if group.literals
        ]
        named = [[] for _group in self.groups]
        if matches:
            for at, kind, slug in (
                matches[0].union(*matches[1:], all=True) if len(matches) > 1 else matches[0]
            ):
                named[at].append(f"{kind}:{slug}")
        return named

    @cached_property
    def sets(self) -> list[list[int]]:
        """For each group the facet sets with one of these tokens."""
        sets = FacetSet.objects.using(self.using)
        return [
            list(unpacked(sets.filter(tokens__overlap=tokens).aggregate(keys=Packed("pk"))["keys"]))
            if tokens
            else []
            for tokens in self.named
        ]

    def _text_condition(self, group: search.Any, prefix: str = "", or_else: Q | None = None) -> Q:
        """That one of the texts stands in the row, or `or_else`.

        By the lexemes, and where these do not decide, by a look at the text. The two are joined so that the index alone
        finds the rows and the text is all that is looked at: a row's own lexemes take longer to read than the index.
        """
        decided, undecided = [], []
        for literal in group.literals:
            # A single word that stands nowhere need not be looked for; what it spells follows it.
            if not (literal.is_lexeme and literal.stems and not literal.forms):
                (decided if literal.is_lexeme else undecided).append(literal)
        condition = or_else or Q()
        if decided or undecided:
            tsquery = "|".join(literal.tsquery() for literal in (*decided, *undecided))
            condition |= Q(**{f"{prefix}lexemes__matches": tsquery})
        if undecided:
            looked_at = or_else or Q()
            looked_at |= Q(**_contains(f"{prefix}text", [literal.text for literal in undecided]))
            if decided:
                tsquery = "|".join(literal.tsquery() for literal in decided)
                looked_at |= Q(**{f"{prefix}lexemes__matches": tsquery})
            condition &= looked_at
        return condition or Q(**{f"{prefix}pk__in": []})

    def condition(self, prefix: str = "") -> Q:
        """That a row fits the query; a query in which there is nothing to look for is fitted by none."""
        if self.tree is None:
            return Q(**{f"{prefix}pk__in": []})
        sets = iter(self.sets)
        return self._condition(self.tree, sets, prefix)

    def _condition(self, tree, sets, prefix: str) -> Q:
        if isinstance(tree, search.Join):
            parts = [self._condition(part, sets, prefix) for part in tree.parts]
            return reduce(and_ if tree.all_of else or_, parts)
        named = Q()
        if own := next(sets):
            named = Q(**{f"{prefix}about__any_of": own}) | Q(**{f"{prefix}places__any_of": own})
        return self._text_condition(tree, prefix, named)

    def found(self, register: Register) -> int:
        """The bitmap of the measures that fit the query."""
        if any(self.named) and len(self.groups) <= MOST_APART:
            return self._found(self.tree, iter(self.named), register)
        return self._bitmap(self.condition(), register)

    def _found(self, tree, named: Iterator[list[str]], register: Register) -> int:
        if isinstance(tree, search.Join):
            parts = [self._found(part, named, register) for part in tree.parts]
            return reduce(and_ if tree.all_of else or_, parts)
        return self._bitmap(self._text_condition(tree), register) | register.having(*next(named))

    def in_title(self, register: Register) -> int:
        """The bitmap of the measures with all that is asked for in their title; some may not fit the query."""
        return self._bitmap(self._in_title, register)

    def _bitmap(self, condition: Q, register: Register) -> int:
        words = (
            SearchRow.objects.using(self.using).present().filter(condition).values(which=WordOf("measure_id"))
        )
        return register.of_words(words.annotate(bits=Bits("measure_id")).values_list("which", "bits"))

    @property
    def _in_title(self) -> Q:
        return Q(lexemes__matches=search.in_title(self.tree)) if self.tree else Q(pk__in=[])

    def rank(self, prefix: str = "") -> Case:
        """0 where all that is asked for stands in the title, 1 otherwise."""
        # Not by a look at the row itself: its lexemes lie apart.
        in_title = SearchRow.objects.present().filter(self._in_title).values("pk")
        return Case(When(Q(**{f"{prefix}pk__in": in_title}), then=0), default=Value(1))

    # --- Where nothing fits ---

    def closest(self, limit: int = 3) -> list[str]:
        """Queries like this one, with one character of one word put right, that something fits."""
        words = search.tokens(self.query)
        found = []
        for at, (word, quoted) in enumerate(words):
            for better in self._one_off(word)[:limit]:
                others = [f'"{other}"' if was_quoted else other for other, was_quoted in words]
                others[at] = f'"{better}"' if quoted else better
                found.append(" ".join(others))
        return found[:limit]

    def _one_off(self, word: str) -> list[str]:
        if re.fullmatch(f"[{search.HAN}]{{2,20}}", word):
            return self._one_character_off(word)
        if re.fullmatch("[a-z]{4,30}", word):
            rows = self._rows(
                "SELECT word FROM measures_word WHERE length(word) BETWEEN %s AND %s ORDER BY word",
                len(word) - 1,
                len(word) + 1,
            )
            return [other for (other,) in rows if search.one_letter_off(word, other)]
        return []

    def _one_character_off(self, word: str) -> list[str]:
        characters = list(dict.fromkeys(word))
        pairs = {
            (first, second): in_name
            for first, second, in_name in self._rows(
                """
                SELECT first, second, in_name FROM measures_characterpair
                WHERE first = ANY (%s) OR second = ANY (%s) ORDER BY first, second
                """,
                characters,
                characters,
            )
        }
        strings = search.one_character_off(word, pairs)[: search.MOST_STRINGS]
        occurring = {
            string
            for (string,) in self._rows(
                """
                SELECT s.string FROM unnest(%s::text[], %s::text[]) s (string, lexemes)
                WHERE EXISTS (SELECT FROM measures_searchrow r
                        WHERE r.until IS NULL AND r.lexemes @@ s.lexemes::tsquery AND r.text LIKE '%%' || s.string || '%%')
                    OR EXISTS (SELECT FROM measures_searchname n WHERE n.until IS NULL AND n.text LIKE '%%' || s.string || '%%')
                """,
                strings,
                [search.Literal(string).tsquery() for string in strings],
            )
        }
        # What sounds alike is mixed up most easily.
        alike = {
            character
            for (character,) in self._rows(
                """
                SELECT DISTINCT other.character FROM measures_reading r
                JOIN measures_reading other ON other.syllable = r.syllable WHERE r.character = ANY (%s)
                """,
                characters,
            )
        }

        def likelihood(string: str) -> int:
            if len(string) == len(word):
                return 0 if alike.issuperset(set(string) - set(word)) else 2
            return 1 if len(string) > len(word) else 3

        best = sorted((string for string in strings if string in occurring), key=likelihood)
        # With a character less, much fits: only where nothing else does.
        return [string for string in best if likelihood(string) < 3] or best
