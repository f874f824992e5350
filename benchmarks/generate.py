"""Fills a database with invented measures of the shipped shape: 28 a year for each county-level division, twelve years.

`.venv/bin/python -m benchmarks.generate 100000` adds that many (rounded down to whole years of whole divisions, at least one)
to the scratch database that DATABASE_URL or FUTIAN_DATA names; deterministic. The rows are copied past the triggers, and their versions and search rows
then written by the very functions that the triggers call. It needs a superuser's account, as the embedded PostgreSQL has.
Divisions and texts are invented from the shipped ones; nothing here describes a real place.
"""

import argparse
import itertools
import os
import random
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg

from .scratch import scratch_database

YEARS = range(2021, 2033)
DIVISIONS = 2_976  # about as many county-level divisions as China has: 28 x 12 x 2,976 = 999,936
DRAFTS = 0.01
CHUNK = 1_000  # records that are remembered at a time
FIRST = "安宝昌长成春大德东丰福高光广海和恒红华嘉江金景九康乐临龙隆美明南宁平清庆荣三泰天通武西新兴秀永玉元云中正志忠庄卓子紫宗"
SECOND = "安昌城川定东都阜冈港关河湖化江津京口岭陵宁平浦清泉山水台田兴阳源远州"
KINDS = (("区", "District"), ("县", "County"), ("市", "City"))


def divisions(count: int) -> list[tuple[str, str, str]]:
    """(slug, Chinese name, English name) of `count` invented divisions."""
    from pypinyin import lazy_pinyin

    names = itertools.islice(itertools.product(FIRST, SECOND, KINDS), 0, None, 2)
    found = []
    for at, (first, second, (kind_zh, kind_en)) in enumerate(itertools.islice(names, count), 1):
        english = f"{''.join(lazy_pinyin(first + second)).capitalize()} {kind_en}"
        found.append((f"division-{at}", f"{first}{second}{kind_zh}", english))
    return found


class Generator:
    def __init__(self, cursor):
        self.cursor = cursor
        self.random = random.Random(2020)
        self.shapes = self.read_shapes()

    def rows(self, sql: str, *params) -> list[tuple]:
        self.cursor.execute(sql, params)
        return self.cursor.fetchall()

    def read_shapes(self) -> list[dict]:
        """The shipped measures and what belongs to them."""
        columns = (
            "id, number, slug, title_zh, title_en, headline_zh, headline_en, official_name_zh, summary_zh, summary_en, basis, keywords_zh, "
            "keywords_en, note_zh, note_en"
        )
        category = "(SELECT number FROM measures_category c WHERE c.id = category_id)"
        shapes = [
            dict(zip([*columns.split(", "), "category"], row, strict=True))
            for row in self.rows(
                f"SELECT {columns}, {category} FROM measures_measure WHERE plan_year = 2020 ORDER BY measures_measure.number"
            )
        ]
        related = {
            "actions": "SELECT measure_id, text_zh, text_en, background, p.number FROM measures_action a "
            "JOIN measures_sourceparagraph p ON p.id = a.paragraph_id ORDER BY measure_id, position",
            "links": "SELECT measure_id, centre_id, basis, reason_zh, reason_en FROM measures_centrelink "
            "ORDER BY measure_id, centre_id",
            "audiences": "SELECT measure_id, audience_id FROM measures_measure_audiences ORDER BY 1, 2",
            "paragraphs": "SELECT measure_id, p.number FROM measures_measure_paragraphs mp "
            "JOIN measures_sourceparagraph p ON p.id = mp.sourceparagraph_id ORDER BY 1, 2",
        }
        for name, sql in related.items():
            grouped = defaultdict(list)
            for measure, *values in self.rows(sql):
                grouped[measure].append(values)
            for shape in shapes:
                shape[name] = grouped[shape["id"]]
        return shapes

    def copy(self, table: str, columns: str, rows) -> None:
        with self.cursor.copy(f"COPY measures_{table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def next_id(self, table: str) -> int:
        return self.rows(f"SELECT coalesce(max(id), 0) + 1 FROM measures_{table}")[0][0]

    def fill(self, count: int) -> int:
        """Adds the measures; the number added."""
        per_division = len(self.shapes) * len(YEARS)
        places = divisions(min(DIVISIONS, max(1, count // per_division)))
        years = list(YEARS)[: max(1, min(len(YEARS), count // len(self.shapes)))]
        self.cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0")
        self.plans(years)
        district_ids = self.districts(places)
        added = self.measures(places, district_ids, years)
        for table in (
            "category",
            "sourceparagraph",
            "district",
            "measure",
            "action",
            "centrelink",
            "districtrole",
        ):
            self.cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('measures_{table}', 'id'), max(id)) FROM measures_{table}"
            )
        return added

    def plans(self, years: list[int]) -> None:
        plan = (
            "title_zh, title_en, short_title_zh, short_title_en, issuer_zh, issuer_en, source_zh, source_en, "
        )
        plan += "intro_zh, intro_en, method_zh, method_en"
        for year in years:
            for sql in (
                f"INSERT INTO measures_plan (slug, year, status, {plan}) SELECT %(year)s::text, %(year)s, status, {plan} "
                "FROM measures_plan WHERE year = 2020",
                "INSERT INTO measures_sourceparagraph (plan_year, number, heading, opening) "
                "SELECT %(year)s, number, heading, opening FROM measures_sourceparagraph WHERE plan_year = 2020",
                "INSERT INTO measures_category (plan_year, number, slug, name_zh, name_en, intro_zh, intro_en) "
                "SELECT %(year)s, number, slug || '-' || %(year)s, name_zh, name_en, intro_zh, intro_en "
                "FROM measures_category WHERE plan_year = 2020",
            ):
                self.cursor.execute(sql, {"year": year})

    def districts(self, places) -> list[int]:
        first = self.next_id("district")
        self.copy(
            "district",
            "id, slug, kind, name_zh, name_en, pinyin, code, aliases, note_zh, note_en",
            (
                (first + at, slug, "district", zh, en, en.split()[0], f"9{at:05}", "{}", "", "")
                for at, (slug, zh, en) in enumerate(places)
            ),
        )
        return list(range(first, first + len(places)))

    def measures(self, places, district_ids, years) -> int:
        random_, shapes = self.random, self.shapes
        paragraphs = {
            (year, number): key
            for key, year, number in self.rows("SELECT id, plan_year, number FROM measures_sourceparagraph")
        }
        categories = {
            (year, number): key
            for key, year, number in self.rows("SELECT id, plan_year, number FROM measures_category")
        }
        pool = [action for shape in shapes for action in shape["actions"]]
        centres = sorted({link[0] for shape in shapes for link in shape["links"]})
        tables = defaultdict(list)
        ids = {table: self.next_id(table) for table in ("measure", "action", "centrelink", "districtrole")}
        columns = {
            "measure": "id, plan_year, category_id, number, slug, title_zh, title_en, headline_zh, headline_en, "
            "official_name_zh, summary_zh, summary_en, basis, parent_id, keywords_zh, keywords_en, note_zh, note_en, status",
            "measure_paragraphs": "measure_id, sourceparagraph_id",
            "measure_audiences": "measure_id, audience_id",
            "action": "id, measure_id, position, text_zh, text_en, background, paragraph_id",
            "centrelink": "id, measure_id, centre_id, basis, reason_zh, reason_en",
            "districtrole": "id, measure_id, district_id, role, note_zh, note_en",
        }

        def new_id(table: str) -> int:
            ids[table] += 1
            return ids[table] - 1

        def flush() -> None:
            for table, names in columns.items():
                self.copy(table, names, tables.pop(table, []))

        added = 0
        for year in years:
            number = 0
            for at, (slug, name_zh, name_en) in enumerate(places):
                for shape in shapes:
                    number, added = number + 1, added + 1
                    key = new_id("measure")
                    other = random_.choice(shapes)
                    words_zh = random_.sample(shape["keywords_zh"], 3) + random_.sample(
                        other["keywords_zh"], 2
                    )
                    words_en = random_.sample(shape["keywords_en"], 3) + random_.sample(
                        other["keywords_en"], 2
                    )
                    title_zh, title_en = f"{name_zh}{shape['title_zh']}", f"{name_en}: {shape['title_en']}"
                    tables["measure"].append(
                        (
                            key,
                            year,
                            categories[year, shape["category"]],
                            number,
                            f"{shape['slug'][:60]}-{slug}",
                        )
                        + (title_zh, title_en, shape["headline_zh"], shape["headline_en"])
                        + (title_zh, random_.choice((shape, other))["summary_zh"])
                        + (shape["summary_en"], "named", None, list(dict.fromkeys(words_zh)))
                        + (list(dict.fromkeys(words_en)), other["note_zh"], other["note_en"])
                        + ("draft" if random_.random() < DRAFTS else "published",)
                    )
                    for (paragraph,) in shape["paragraphs"]:
                        tables["measure_paragraphs"].append((key, paragraphs[year, paragraph]))
                    for (audience,) in shape["audiences"] if random_.random() < 0.9 else other["audiences"]:
                        tables["measure_audiences"].append((key, audience))
                    for position, (zh, en, background, paragraph) in enumerate(
                        random_.sample(pool, random_.randint(3, 7)), 1
                    ):
                        tables["action"].append(
                            (new_id("action"), key, position, zh, en, background, paragraphs[year, paragraph])
                        )
                    links = {link[0]: link[1:] for link in shape["links"]}
                    if random_.random() < 0.1:
                        links[random_.choice(centres)] = (
                            "editorial",
                            "编者判断。",
                            "The editors’ judgement.",
                        )
                    for centre, link in sorted(links.items()):
                        tables["centrelink"].append((new_id("centrelink"), key, centre, *link))
                    roles = [(district_ids[at], "responsible")]
                    if random_.random() < 0.1:
                        roles.append((random_.choice(district_ids), "pilot"))
                    for district, role in roles:
                        tables["districtrole"].append((new_id("districtrole"), key, district, role, "", ""))
                if len(tables["measure"]) >= 5_000:
                    flush()
        flush()
        return added


# Made anew at the end where much is added: that is much faster than as many small insertions.
INDEXES = (
    "search_row_lexemes",
    "search_row_title",
    "search_row_edited",
)
MANY = 2_000
SETTINGS = "SET statement_timeout = 0; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '64MB'"

# What the triggers write at a commit, for many records of one kind. The new words all stand in titles.
LIVE = "(SELECT max(number) FROM measures_dataversion)"
VERSIONS = f"""
    INSERT INTO measures_version
        (kind, key, number, document, public, actor, at, note, private_note, data_version, event, digest)
    SELECT '{{kind}}', key, 1, document, public, 'benchmarks.generate',
        timestamptz '2021-01-01 00:00+08' + id * interval '10 seconds', '', '', {LIVE},
        measures_event(public, false, false, false, false), measures_digest(document)
    FROM (
        SELECT id, key, document, measures_is_public('{{kind}}', document) AS public
        FROM (
            SELECT id, {{key}} AS key, measures_document('{{kind}}', {{key}}) AS document
            FROM measures_{{kind}} WHERE id = ANY (%(ids)s) OFFSET 0
        ) written
    ) record
"""
SEARCH_ROWS = f"""
    SELECT measures_index_measures(array_agg(code), {LIVE}) FROM measures_measure WHERE id = ANY (%(ids)s)
"""
WORDS = f"""
    SELECT measures_learn(
        measures_normalized(string_agg(concat_ws(E'\\n', title_zh, title_en), E'\\n')), true, {LIVE})
    FROM measures_measure WHERE id = ANY (%(ids)s) AND status = 'published'
"""
NAMES = f"""
    SELECT measures_index_names('{{kind}}', array_agg({{key}})),
        measures_learn_names('{{kind}}', array_agg({{key}}), {LIVE})
    FROM measures_{{kind}} WHERE id = ANY (%(ids)s)
"""
RECORDS = {
    "plan": ("slug", [VERSIONS]),
    "category": ("slug", [VERSIONS, NAMES]),
    "district": ("slug", [VERSIONS, NAMES]),
    "measure": ("code", [VERSIONS, SEARCH_ROWS, WORDS]),
}


def remember(connection, report) -> None:
    """Versions, search rows and searched names of every record that has no version."""
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute("SELECT count(*) FROM measures_measure")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY (%s) AND %s ORDER BY 1",
            [list(INDEXES), cursor.fetchone()[0] > MANY],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            "INSERT INTO measures_dataversion (number, at, lineage, restores) SELECT number + 1, clock_timestamp(), lineage,"
            " restores FROM measures_dataversion ORDER BY number DESC LIMIT 1"
        )
        cursor.execute("VACUUM ANALYZE")
        for kind, (key, statements) in RECORDS.items():
            cursor.execute(
                f"SELECT id FROM measures_{kind} WHERE NOT EXISTS (SELECT FROM measures_version v "
                f"WHERE v.kind = '{kind}' AND v.key = {key}) ORDER BY id"
            )
            ids = [record_id for (record_id,) in cursor.fetchall()]
            sql = [statement.format(kind=kind, key=key) for statement in statements]
            with ThreadPoolExecutor() as pool:
                workers = range(min(os.cpu_count(), len(ids) // CHUNK + 1))
                work = partial(run_in_chunks, connection.get_connection_params(), sql, ids, len(workers))
                list(pool.map(work, workers))
            report(f"{len(ids):,} versions of {kind}")
        for name, definition in indexes:
            cursor.execute(definition)
            report(f"index {name}")
        cursor.execute("VACUUM ANALYZE")


def run_in_chunks(parameters: dict, statements: list[str], ids: list[int], workers: int, worker: int) -> None:
    """One worker's share of the records, on a connection of its own."""
    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute(SETTINGS)
        for at in range(worker * CHUNK, len(ids), workers * CHUNK):
            for statement in statements:
                connection.execute(statement, {"ids": ids[at : at + CHUNK]})


def generate(count: int, report=lambda message: None) -> int:
    """Adds about `count` measures to the database of `default`; the number added."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        added = Generator(cursor.cursor.connection.cursor()).fill(count)
    report(f"{added:,} measures copied")
    remember(connection, report)
    return added


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    begun = time.monotonic()

    def report(message: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {message}", file=sys.stderr, flush=True)

    with scratch_database(report, fill=True):
        generate(arguments.count, report)


if __name__ == "__main__":
    main()
