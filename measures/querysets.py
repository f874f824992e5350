"""What lists, searches and exports ask of the database."""

import json
import sys
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import zip_longest

from django.contrib.postgres.aggregates.mixins import OrderableAggMixin
from django.db import connections, models
from django.db.models import Aggregate, F

from .facets import Option, Vocabulary
from .models import FacetSet, SearchRow
from .records import Names, Record, record
from .register import Register

# Records that are read together: few at first, that whoever asked soon gets some. An export holds two such chunks.
FIRST, CHUNK = 50, 200

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
    SELECT v.document::text, v.number, v.at, array(
        SELECT part.code FROM measures_measure part WHERE part.parent_id = m.id AND part.status = 'published'
        ORDER BY part.plan_year, part.number)
    FROM unnest(%s::bigint[]) WITH ORDINALITY chosen (id, position) JOIN measures_measure m ON m.id = chosen.id,
        LATERAL (SELECT document, number, at FROM measures_version WHERE kind = 'measure' AND key = m.code AND public
            ORDER BY number DESC LIMIT 1) v
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


def register(using: str, vocabulary: Vocabulary) -> Register:
    """Every published measure with its facet sets."""
    columns = ("measure_id", "about_id", "places_id")
    rows = SearchRow.objects.using(using).aggregate(
        **{column: Packed(column, order_by=ordering("number")) for column in columns}
    )
    tokens = dict(FacetSet.objects.using(using).values_list("pk", "tokens"))
    return Register(*(unpacked(rows[column]) for column in columns), tokens, vocabulary)


def keys_in_order(sort: str, using: str) -> array:
    """The keys of all published measures, sorted."""
    rows = SearchRow.objects.using(using)
    return unpacked(rows.aggregate(keys=Packed("pk", order_by=ordering(sort)))["keys"])


def ordering(sort: str, search=None, prefix: str = "") -> list:
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
