"""Everything that a catalogue asks of the database."""

import json
import sys
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from .records import Action, CentreLink, DistrictRole, Measure
from .register import Columns, Register
from .vocabulary import KINDS, Vocabulary

# Records that are read together: few at first, so that the first bytes of a file leave soon. A file holds two such chunks.
FIRST_CHUNK, CHUNK = 50, 200

VOCABULARY = """
    SELECT kind, document::text FROM (
        SELECT DISTINCT ON (kind, key) kind, document FROM measures_publicversion
        WHERE kind = ANY (%(kinds)s) ORDER BY kind, key, number DESC) latest
    WHERE document IS NOT NULL
"""

COLUMNS = """
    SELECT string_agg(int8send(measure_id), '' ORDER BY plan_year, number),
        string_agg(int8send(plan_year), '' ORDER BY plan_year, number),
        string_agg(int8send(number), '' ORDER BY plan_year, number),
        string_agg(int8send(about_id), '' ORDER BY plan_year, number),
        string_agg(int8send(places_id), '' ORDER BY plan_year, number),
        string_agg(int8send(cites_id), '' ORDER BY plan_year, number)
    FROM measures_searchrow WHERE until IS NULL
"""

# Sort -> the SQL of its columns.
ORDERS = {
    "number": "plan_year, number",
    "title": "title_key, plan_year, number",
    "edited": "edited_at DESC, plan_year, number",
}

EDIT_TIMES = """
    SELECT r.plan_year, r.number, r.edited_at
    FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY chosen (id, position)
    JOIN measures_searchrow r ON r.measure_id = chosen.id AND r.until IS NULL ORDER BY chosen.position
"""

EDITED_LAST = """
    SELECT measure_id FROM measures_searchrow WHERE until IS NULL AND edited_at > published_at
    ORDER BY edited_at DESC, plan_year, number LIMIT %(count)s
"""

# Of these measures, in their order: the version that holds, when it and the first one were written, codes of the parts.
MEASURES = """
    SELECT r.measure_id, v.document::text, r.version_number, r.published_at, r.edited_at,
        array(SELECT part.code FROM measures_searchrow part WHERE part.parent = r.code AND part.until IS NULL
            ORDER BY part.plan_year, part.number)
    FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY chosen (id, position)
    JOIN measures_searchrow r ON r.measure_id = chosen.id AND r.until IS NULL
    JOIN measures_publicversion v ON v.id = r.version_id
    ORDER BY chosen.position
"""


# The latest version, public or not, in the form of MEASURES.
SAVED_MEASURE = """
    SELECT m.id, v.document::text, v.number, v.at, v.at,
        array(SELECT part.code FROM measures_measure part WHERE part.parent_id = m.id ORDER BY part.plan_year, part.number)
    FROM measures_measure m JOIN measures_version v ON v.kind = 'measure' AND v.key = m.code
    WHERE m.code = %(code)s ORDER BY v.number DESC LIMIT 1
"""


@dataclass(frozen=True)
class Store:
    """The records and the index as one data version has them, read through the connection `using`."""

    using: str

    def _rows(self, sql: str, **parameters) -> list[tuple]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def vocabulary(self) -> Vocabulary:
        rows = self._rows(VOCABULARY, kinds=list(KINDS))
        return Vocabulary.of_documents((kind, json.loads(document)) for kind, document in rows)

    def register(self, vocabulary: Vocabulary) -> Register:
        (packed,) = self._rows(COLUMNS)
        tokens = dict(self._rows("SELECT id, tokens FROM measures_facetset"))
        return Register(Columns(*map(unpacked, packed)), tokens, vocabulary)

    def keys_in_order(self, sort: str) -> array:
        """The keys of all measures in one of ORDERS."""
        order = ORDERS[sort]
        sql = f"SELECT string_agg(int8send(measure_id), '' ORDER BY {order}) FROM measures_searchrow WHERE until IS NULL"  # noqa: S608
        ((packed,),) = self._rows(sql)
        return unpacked(packed)

    def edited_last(self, count: int) -> list[int]:
        """The keys of the measures edited last, of those that no longer stand as they were first published."""
        return [key for (key,) in self._rows(EDITED_LAST, count=count)]

    def edit_times(self, keys: Sequence[int]) -> list[tuple[str, datetime]]:
        """For each of the keys the code of the measure and when it was edited last."""
        rows = self._rows(EDIT_TIMES, keys=list(keys))
        return [(f"{year}-{number:02}", at) for year, number, at in rows]

    def measures(self, keys: Sequence[int], vocabulary: Vocabulary) -> list[Measure]:
        """The measures with these keys, in their order."""
        rows = self._rows(MEASURES, keys=list(keys)) if keys else []
        return [measure(*row, vocabulary=vocabulary) for row in rows]

    def saved_measure(self, code: str, vocabulary: Vocabulary) -> Measure | None:
        """The measure with this code as it was saved last, public or not."""
        rows = self._rows(SAVED_MEASURE, code=code)
        return measure(*rows[0], vocabulary=vocabulary) if rows else None

    def in_chunks(self, keys: Sequence[int], vocabulary: Vocabulary) -> Iterator[Measure]:
        """The same for any number of keys: while one chunk of records is used, the next is fetched."""
        with connections[self.using].cursor() as cursor, ThreadPoolExecutor(1) as ahead:

            def fetched(start: int, end: int) -> list[tuple]:
                cursor.execute(MEASURES, {"keys": list(keys[start:end])})
                return cursor.fetchall()

            end = FIRST_CHUNK
            following = ahead.submit(fetched, 0, end)
            while following:
                rows = following.result()
                following = ahead.submit(fetched, end, end + CHUNK) if end < len(keys) else None
                end += CHUNK
                for row in rows:
                    yield measure(*row, vocabulary=vocabulary)


def measure(
    key: int,
    document: str,
    version_number: int,
    published_at: datetime,
    edited_at: datetime,
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
        parts=parts,
        plan=vocabulary.plan_of_year[read["plan_year"]],
        category=vocabulary.category[read["category"]],
        audiences=[vocabulary.audience[slug] for slug in audiences],
        actions=[Action(**action) for action in read["actions"]],
        centres=[CentreLink(**link | {"centre": vocabulary.centre[link["centre"]]}) for link in links],
        districts=[
            DistrictRole(**role | {"district": vocabulary.district[role["district"]]}) for role in roles
        ],
    )


def unpacked(keys: bytes | None) -> array:
    """The numbers that PostgreSQL sent as eight bytes each: fetching as many rows would take longer than finding them."""
    found = array("q", keys or b"")
    if sys.byteorder == "little":
        found.byteswap()
    return found
