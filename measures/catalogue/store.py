"""Everything that a catalogue reads from the database."""

import json
import sys
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connections

from .records import Action, CentreLink, DistrictRole, Measure
from .register import Columns, Register
from .shared import shared
from .vocabulary import KINDS, Vocabulary

# Records that one query reads for a file: few at first, so that its first bytes leave soon. Two chunks are in memory at a time.
FIRST_CHUNK, CHUNK = 50, 200

# The condition under which an index row holds: at the present, which has partial indexes of its own, or at a data version.
PRESENT = "{row}.until IS NULL"
MOMENT = "{row}.since <= %(number)s AND ({row}.until IS NULL OR {row}.until > %(number)s)"

VOCABULARY = """
    SELECT kind, document::text FROM (
        SELECT DISTINCT ON (kind, key) kind, document FROM {versions}
        WHERE kind = ANY (%(kinds)s) AND (%(number)s::bigint IS NULL OR data_version <= %(number)s::bigint)
        ORDER BY kind, key, number DESC) latest
    WHERE document IS NOT NULL
"""

COLUMNS = """
    SELECT (SELECT md5(string_agg(id || key, '' ORDER BY id)) FROM measures_facetset),
        string_agg(int8send(measure_id), '' ORDER BY plan_year, number),
        string_agg(int8send(plan_year), '' ORDER BY plan_year, number),
        string_agg(int8send(number), '' ORDER BY plan_year, number),
        string_agg(int8send(about_id), '' ORDER BY plan_year, number),
        string_agg(int8send(places_id), '' ORDER BY plan_year, number),
        string_agg(int8send(cites_id), '' ORDER BY plan_year, number)
    FROM measures_searchrow r WHERE {holds}
"""

# Sort -> the SQL of its columns. The order of numbers is that of COLUMNS.
ORDERS = {
    "title": "title_key, plan_year, number",
    "edited": "edited_at DESC, plan_year, number",
}
KEYS_IN_ORDER = """
    SELECT string_agg(int8send(measure_id), '' ORDER BY {order}) FROM measures_searchrow r WHERE {holds}
"""

EDIT_TIMES = """
    SELECT r.code, r.edited_at
    FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY chosen (id, position)
    JOIN measures_searchrow r ON r.measure_id = chosen.id AND {holds} ORDER BY chosen.position
"""

# A version is that of a row of `r`. What is public of the versions is a view with a security barrier. PostgreSQL reads it from
# end to end for a join, but not for a condition on the view alone: the second says once more what the first does.
OF_ROWS = "v.id = r.version_id AND v.id = ANY (ARRAY(SELECT version_id FROM r))"

# For the fingerprint of a selection.
LINES = """
    WITH r AS MATERIALIZED (
        SELECT code, plan_year, number, version_id, version_number FROM unnest(%(keys)s::bigint[]) chosen (id)
        JOIN measures_searchrow s ON s.measure_id = chosen.id AND {chosen_holds})
    SELECT r.code || ' ' || r.version_number || ' ' || v.digest
    FROM r JOIN measures_publicversion v ON {of_rows} ORDER BY r.plan_year, r.number
"""

EDITED_LAST = """
    SELECT measure_id FROM measures_searchrow r WHERE {holds} AND edited_at > published_at
    ORDER BY edited_at DESC, plan_year, number LIMIT %(count)s
"""

# For each of these measures, in order: its document, the number and the times of its version, the code of the measure it was
# split from and the codes of its parts, as far as they are public.
MEASURES = """
    WITH r AS MATERIALIZED (
        SELECT position, s.measure_id, s.code, parent, version_id, version_number, published_at, edited_at
        FROM {chosen} JOIN measures_searchrow s ON s.measure_id = chosen.id AND {chosen_holds})
    SELECT r.measure_id, v.document::text, r.version_number, r.published_at, r.edited_at,
        (SELECT parent.code FROM measures_searchrow parent WHERE parent.code = r.parent AND {parent_holds}),
        array(SELECT part.code FROM measures_searchrow part WHERE part.parent = r.code AND {part_holds}
            ORDER BY part.plan_year, part.number)
    FROM r JOIN measures_publicversion v ON {of_rows}
    ORDER BY r.position
"""
KEYWORDS = """
    SELECT DISTINCT jsonb_array_elements_text(v.document -> 'keywords_zh')
    FROM measures_searchrow r JOIN measures_publicversion v ON v.id = r.version_id WHERE {holds}
"""
OF_KEYS = "unnest(%(keys)s::bigint[]) WITH ORDINALITY chosen (id, position)"
# These measures, and the family of the first of them: the measure it was split from, and its parts.
WITH_FAMILY = """(
    SELECT * FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY
    UNION ALL SELECT r.measure_id, NULL FROM measures_searchrow own, measures_searchrow r
        WHERE own.measure_id = (%(keys)s::bigint[])[1] AND {own_holds} AND {holds}
            AND (r.code = own.parent OR r.parent = own.code)
) chosen (id, position)"""

MEASURES_OF_KEYS = MEASURES.replace("{chosen}", OF_KEYS)
MEASURES_OF_CODES = MEASURES.replace(
    "{chosen}", "unnest(%(codes)s::text[]) WITH ORDINALITY chosen (code, position)"
).replace("s.measure_id = chosen.id", "s.code = chosen.code")
MEASURES_WITH_FAMILY = MEASURES.replace("{chosen}", WITH_FAMILY)

# For a code, published or not: the code of the measure it was split from and the codes of its parts, as far as they are public.
FAMILY = """
    SELECT (SELECT code FROM measures_searchrow r WHERE code = %(parent)s AND {holds}),
        array(SELECT code FROM measures_searchrow r WHERE parent = %(code)s AND {holds} ORDER BY plan_year, number)
"""

# The latest version of a measure, public or not, with the columns of MEASURES.
SAVED_MEASURE = """
    SELECT m.id, v.document::text, v.number, v.at, v.at, v.document ->> 'parent',
        array(SELECT part.code FROM measures_measure part WHERE part.parent_id = m.id ORDER BY part.plan_year, part.number)
    FROM measures_measure m JOIN measures_version v ON v.kind = 'measure' AND v.key = m.code
    WHERE m.code = %(code)s ORDER BY v.number DESC LIMIT 1
"""


class Store:
    """The records and the index as one data version has them, read through the connection `using`.

    `number` is the data version; None stands for the present. `drafts` says that plans, categories and whatever else is not
    public belongs to the vocabulary too, which only the staff desk may read.
    """

    def __init__(self, using: str, number: int | None = None, drafts: bool = False):
        self.using, self.number, self.drafts = using, number, drafts

    def _rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(self._sql(sql), parameters | {"number": self.number})
            return cursor.fetchall()

    def _sql(self, sql: str) -> str:
        holds = PRESENT if self.number is None else MOMENT
        versions = "measures_version" if self.drafts else "measures_publicversion"
        rows = {f"{name}_holds": holds.format(row=name) for name in ("part", "parent", "own")}
        rows |= {"holds": holds.format(row="r"), "chosen_holds": holds.format(row="s")}
        return sql.format(versions=versions, of_rows=OF_ROWS, **rows)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        rows = self._rows(VOCABULARY, kinds=list(KINDS))

        def make() -> Vocabulary:
            return Vocabulary.of_documents((kind, json.loads(document)) for kind, document in rows)

        return shared("vocabulary", (text.encode() for row in rows for text in row), make)

    def read_register(self) -> Register:
        ((facet_sets, *columns),) = self._rows(COLUMNS)
        vocabulary = self.vocabulary

        def make() -> Register:
            tokens = dict(self._rows("SELECT id, tokens FROM measures_facetset"))
            return Register(Columns(*map(unpacked, columns)), tokens, vocabulary)

        # The vocabulary is shared too, so that its address tells it apart for as long as a register holds it.
        parts = (f"{id(vocabulary)} {facet_sets}".encode(), *(column or b"" for column in columns))
        return shared("register", parts, make)

    def keys_in_order(self, sort: str) -> "array[int]":
        """The keys of all measures in one of ORDERS."""
        ((packed,),) = self._rows(KEYS_IN_ORDER.replace("{order}", ORDERS[sort]))
        return unpacked(packed)

    def keywords(self) -> list[str]:
        """The Chinese keywords of all measures, each once."""
        return [keyword for (keyword,) in self._rows(KEYWORDS)]

    def edit_times(self, keys: Sequence[int]) -> list[tuple[str, datetime]]:
        """For each of the keys the code of the measure and when it was edited last."""
        return self._rows(EDIT_TIMES, keys=list(keys))

    def lines(self, keys: Sequence[int]) -> list[str]:
        """`code version digest` of the measures with these keys, in the order of the plan: what fingerprints are made of."""
        return [line for (line,) in self._rows(LINES, keys=list(keys))]

    def edited_last(self, count: int) -> list[Measure]:
        """The measures edited last, without those that were never edited since their first publication."""
        return self.measures([key for (key,) in self._rows(EDITED_LAST, count=count)])

    def _measures(self, sql: str, **parameters: Any) -> list[Measure]:
        return [
            measure_of_document(*row, vocabulary=self.vocabulary) for row in self._rows(sql, **parameters)
        ]

    def measures(self, keys: Sequence[int]) -> list[Measure]:
        """The measures with these keys, in their order."""
        return self._measures(MEASURES_OF_KEYS, keys=list(keys)) if keys else []

    def measures_by_code(self, codes: Sequence[str]) -> dict[str, Measure]:
        """Those of the measures with these codes that are public; for which the register need not be read."""
        found = self._measures(MEASURES_OF_CODES, codes=list(codes)) if codes else []
        return {own.code: own for own in found}

    def measure(self, code: str) -> Measure | None:
        return self.measures_by_code([code]).get(code)

    def family(self, keys: Sequence[int]) -> list[Measure]:
        """The measures with these keys, then what the first of them was split from and what was split from it."""
        return self._measures(MEASURES_WITH_FAMILY, keys=list(keys))

    def family_of(self, code: str, parent: str | None) -> tuple[str | None, list[str]]:
        """The code of what this measure was split from and those of its parts, as far as they are public."""
        ((public_parent, parts),) = self._rows(FAMILY, code=code, parent=parent)
        return public_parent, parts

    def saved_measure(self, code: str) -> Measure | None:
        """The measure with this code as it was saved last, public or not; for the staff desk."""
        return next(iter(self._measures(SAVED_MEASURE, code=code)), None)

    def measures_in_chunks(self, keys: Sequence[int]) -> Iterator[Measure]:
        """The measures with any number of keys, a few hundred at a time: while one chunk is used, the next is fetched."""
        with connections[self.using].cursor() as cursor, ThreadPoolExecutor(1) as ahead:

            def fetched(start: int, end: int) -> list[tuple[Any, ...]]:
                parameters = {"keys": list(keys[start:end]), "number": self.number}
                cursor.execute(self._sql(MEASURES_OF_KEYS), parameters)
                return cursor.fetchall()

            end = FIRST_CHUNK
            following: Future[list[tuple[Any, ...]]] | None = ahead.submit(fetched, 0, end)
            while following:
                rows = following.result()
                following = ahead.submit(fetched, end, end + CHUNK) if end < len(keys) else None
                end += CHUNK
                for row in rows:
                    yield measure_of_document(*row, vocabulary=self.vocabulary)


def measure_of_document(
    key: int,
    document: str,
    version_number: int,
    published_at: datetime,
    edited_at: datetime,
    parent: str | None,
    parts: list[str],
    *,
    vocabulary: Vocabulary,
) -> Measure:
    """The measure of a document, with what it refers to resolved and in the order of the vocabulary."""
    read = json.loads(document)
    positions = vocabulary.positions
    links = sorted(read.pop("centres"), key=lambda link: positions["centre"][link["centre"]])
    roles = sorted(
        read.pop("districts"), key=lambda role: (positions["district"][role["district"]], role["role"])
    )
    audiences = sorted(read.pop("audiences"), key=positions["audience"].__getitem__)
    return Measure.of_document(
        read,
        key=key,
        version_number=version_number,
        published_at=published_at,
        edited_at=edited_at,
        parent=parent,
        parts=parts,
        plan=vocabulary.plan_of_year[read["plan_year"]],
        category=vocabulary.category[read["category"]],
        audiences=[vocabulary.audience[slug] for slug in audiences],
        actions=list(map(Action.of_document, read["actions"])),
        centres=[CentreLink.of_document(link, centre=vocabulary.centre[link["centre"]]) for link in links],
        districts=[
            DistrictRole.of_document(role, district=vocabulary.district[role["district"]]) for role in roles
        ],
    )


def unpacked(keys: bytes | None) -> "array[int]":
    """The numbers that PostgreSQL sent as one value of eight bytes each. As a row for each, they would take longer to fetch than
    to find."""
    found = array("q", keys or b"")
    if sys.byteorder == "little":
        found.byteswap()
    return found
