"""What the database holds by itself: rules across tables, the memory and the data version.

This migration owns every trigger of the site; docs/decisions.md (2 to 5 and 10 to 13) says in prose what they do and why.
"""

from pathlib import Path

from django.db import migrations

# Every reading of every character of the CJK blocks, in pinyin without tones, one syllable a line: the characters that are
# usually read so, "|", those that can be. Taken from the dictionary of pypinyin 0.55 (MIT); ü is v, and u beside it.
READINGS = Path(__file__).with_name("readings.txt")

# Rules that span rows and tables.
RULES = """
ALTER TABLE measures_category ADD CONSTRAINT category_id_and_plan UNIQUE (id, plan_year);
ALTER TABLE measures_measure ADD CONSTRAINT measure_id_and_plan UNIQUE (id, plan_year);
ALTER TABLE measures_measure ADD CONSTRAINT measure_category_in_same_plan
    FOREIGN KEY (category_id, plan_year) REFERENCES measures_category (id, plan_year) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE measures_measure ADD CONSTRAINT measure_parent_in_same_plan
    FOREIGN KEY (parent_id, plan_year) REFERENCES measures_measure (id, plan_year) DEFERRABLE INITIALLY DEFERRED;

-- TG_ARGV: who cites, the row's column that points to it, the row's column that points to the paragraph.
CREATE FUNCTION measures_paragraph_in_same_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paragraph_plan integer := (
        SELECT plan_year FROM measures_sourceparagraph WHERE id = (to_jsonb(NEW) ->> TG_ARGV[2])::bigint);
    own_plan integer;
BEGIN
    EXECUTE format('SELECT plan_year FROM measures_%I WHERE id = $1', TG_ARGV[0]) INTO own_plan
        USING (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    IF paragraph_plan <> own_plan THEN
        RAISE EXCEPTION 'a % of the plan of % cannot cite a paragraph of the plan of %',
            TG_ARGV[0], own_plan, paragraph_plan
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'paragraph_in_same_plan';
    END IF;
    RETURN NULL;
END $$;
"""

# Public addresses are permanent: what appears in one never changes once it was public.
PERMANENT_KEYS = """
CREATE FUNCTION measures_refuse_new_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME <> 'measures_measure'
        -- Read as JSON: OLD has no code in the other tables, and PL/pgSQL looks up every field of an expression.
        OR EXISTS (SELECT FROM measures_version WHERE kind = 'measure' AND key = to_jsonb(OLD) ->> 'code' AND public)
    THEN
        RAISE EXCEPTION 'the number or slug of a % is part of its public address and stays as it is', TG_ARGV[0]
            USING ERRCODE = 'check_violation', CONSTRAINT = 'permanent_key';
    END IF;
    RETURN NEW;
END $$;
"""

# What every public record looks like as one document. Keys are the column names; what belongs to the record is nested
# in the order in which it is shown; references are codes, slugs and paragraph numbers.
DOCUMENTS = """
CREATE FUNCTION measures_document(kind text, key text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE kind
    WHEN 'plan' THEN (
        SELECT to_jsonb(p) - 'id' || jsonb_build_object('source_paragraphs', (
            SELECT coalesce(jsonb_agg(to_jsonb(s) - 'id' - 'plan_year' ORDER BY s.number), '[]')
            FROM measures_sourceparagraph s WHERE s.plan_year = p.year))
        FROM measures_plan p WHERE p.slug = key)
    WHEN 'category' THEN (
        SELECT to_jsonb(c) - 'id' || jsonb_build_object('paragraphs', (
            SELECT coalesce(jsonb_agg(s.number ORDER BY s.number), '[]')
            FROM measures_category_paragraphs cp JOIN measures_sourceparagraph s ON s.id = cp.sourceparagraph_id
            WHERE cp.category_id = c.id))
        FROM measures_category c WHERE c.slug = key)
    WHEN 'centre' THEN (
        SELECT to_jsonb(c) - 'id' || jsonb_build_object('paragraphs', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(s.plan_year, s.number) ORDER BY s.plan_year, s.number), '[]')
            FROM measures_centre_paragraphs cp JOIN measures_sourceparagraph s ON s.id = cp.sourceparagraph_id
            WHERE cp.centre_id = c.id))
        FROM measures_centre c WHERE c.slug = key)
    WHEN 'audience' THEN (SELECT to_jsonb(a) - 'id' FROM measures_audience a WHERE a.slug = key)
    WHEN 'district' THEN (
        SELECT to_jsonb(d) - 'id' - 'parent_id'
            || jsonb_build_object('parent', (SELECT slug FROM measures_district WHERE id = d.parent_id))
        FROM measures_district d WHERE d.slug = key)
    WHEN 'measure' THEN (
        SELECT to_jsonb(m) - 'id' - 'category_id' - 'parent_id' || jsonb_build_object(
            'category', (SELECT slug FROM measures_category WHERE id = m.category_id),
            'parent', (SELECT code FROM measures_measure WHERE id = m.parent_id),
            'paragraphs', (
                SELECT coalesce(jsonb_agg(s.number ORDER BY s.number), '[]')
                FROM measures_measure_paragraphs mp JOIN measures_sourceparagraph s ON s.id = mp.sourceparagraph_id
                WHERE mp.measure_id = m.id),
            'audiences', (
                SELECT coalesce(jsonb_agg(a.slug ORDER BY a."order"), '[]')
                FROM measures_measure_audiences ma JOIN measures_audience a ON a.id = ma.audience_id
                WHERE ma.measure_id = m.id),
            'actions', (
                SELECT coalesce(jsonb_agg(to_jsonb(a) - 'id' - 'measure_id' - 'paragraph_id'
                    || jsonb_build_object('paragraph', s.number) ORDER BY a.position), '[]')
                FROM measures_action a JOIN measures_sourceparagraph s ON s.id = a.paragraph_id
                WHERE a.measure_id = m.id),
            'centres', (
                SELECT coalesce(jsonb_agg(to_jsonb(l) - 'id' - 'measure_id' - 'centre_id'
                    || jsonb_build_object('centre', c.slug) ORDER BY c."order"), '[]')
                FROM measures_centrelink l JOIN measures_centre c ON c.id = l.centre_id
                WHERE l.measure_id = m.id),
            'districts', (
                SELECT coalesce(jsonb_agg(to_jsonb(r) - 'id' - 'measure_id' - 'district_id'
                    || jsonb_build_object('district', d.slug) ORDER BY r.id), '[]')
                FROM measures_districtrole r JOIN measures_district d ON d.id = r.district_id
                WHERE r.measure_id = m.id))
        FROM measures_measure m WHERE m.code = key)
    END
$$;
"""

# One row for each published measure with everything the list filters, counts, sorts and searches by; see models.SearchRow.
SEARCH = r"""
ALTER TABLE measures_searchrow ADD FOREIGN KEY (measure_id) REFERENCES measures_measure ON DELETE CASCADE;
-- A search visits the short columns of what it finds; the long ones lie apart, and uncompressed, because matches are checked
-- there.
ALTER TABLE measures_searchrow SET (toast_tuple_target = 512);
ALTER TABLE measures_searchrow ALTER text SET STORAGE EXTERNAL, ALTER lexemes SET STORAGE EXTERNAL,
    ALTER title_key SET STORAGE MAIN;
-- How few words of a bitmap there are (see querysets.WordOf), without which the planner would sort all that a search finds.
CREATE STATISTICS measures_searchrow_words ON (measure_id / 64) FROM measures_searchrow;

-- A stemmer without stop words: "of" can be looked for.
CREATE TEXT SEARCH DICTIONARY measures_english (TEMPLATE = snowball, LANGUAGE = english);

-- The same as search.normalized() in Python: compatibility forms resolved, accents and tones off, lower case, plain quotes.
CREATE FUNCTION measures_normalized(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT replace(replace(replace(replace(
        lower(regexp_replace(normalize(t, NFKD), U&'[\0300-\036F]', '', 'g') COLLATE "C") COLLATE "default", -- A to Z
        '“', '"'), '”', '"'), '‘', ''''), '’', '''')
$$;

-- Normalised text without all that is neither a Chinese character nor (`latin`) a letter or digit.
CREATE FUNCTION measures_only(t text, latin boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT regexp_replace(t, CASE WHEN latin THEN '[^a-z0-9]+' ELSE '[^㐀-䶿一-鿿〇𠀀-𳑿]+' END, ' ', 'g')
$$;

-- The Chinese characters of a normalised text, the pairs of neighbours, and the stems of its words. They are put down as
-- they come, with spaces between; reading that as a tsvector sorts them and drops what is there twice.
CREATE FUNCTION measures_lexemes(t text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT concat_ws(' ',
        array_to_string(string_to_array(han, NULL), ' '),
        regexp_replace(han, '(..)', '\1 ', 'g'),
        regexp_replace(substr(han, 2), '(..)', '\1 ', 'g'),
        (SELECT string_agg(coalesce((ts_lexize('measures_english', word))[1], word), ' ')
            FROM unnest(tsvector_to_array(measures_only(t, true)::tsvector)) word))::tsvector
    FROM measures_only(t, false) han
$$;

-- The same for a title, each with search.IN_TITLE before it.
CREATE FUNCTION measures_title_lexemes(t text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT array_to_tsvector(coalesce(array_agg('^' || lexeme), '{}')) FROM unnest(tsvector_to_array(measures_lexemes(t))) lexeme
$$;

-- Adds a normalised text to the pairs and words that inexact input is compared with.
CREATE FUNCTION measures_learn(t text, name boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO measures_characterpair (first, second, in_name)
        SELECT left(pair, 1), right(pair, 1), name FROM unnest(tsvector_to_array(measures_lexemes(t))) pair
        WHERE length(pair) = 2 AND measures_only(pair, false) = pair
        ORDER BY pair -- so that nobody who writes at the same time waits for one who waits for him
        ON CONFLICT (first, second) DO UPDATE SET in_name = true
            WHERE EXCLUDED.in_name AND NOT measures_characterpair.in_name;
    INSERT INTO measures_word (word, stem)
        SELECT DISTINCT word, coalesce((ts_lexize('measures_english', word))[1], word)
        FROM string_to_table(measures_only(t, true), ' ') word WHERE word <> '' ORDER BY word
        ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION measures_title_key(t text) RETURNS text LANGUAGE sql STABLE STRICT AS $$
    SELECT string_agg(
        coalesce((SELECT syllable FROM measures_reading r WHERE r.character = c.character AND usual LIMIT 1), c.character),
        ' ' ORDER BY c.position)
    FROM string_to_table(t, NULL) WITH ORDINALITY c (character, position)
$$;

CREATE FUNCTION measures_sorted(tokens text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(DISTINCT token COLLATE "C" ORDER BY token COLLATE "C") FROM unnest(tokens) token
$$;

-- Writes the rows of those of these measures that are published. Also used where rows come by the million.
CREATE FUNCTION measures_write_search_rows(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH measure AS MATERIALIZED (
        SELECT m.*,
            measures_sorted(
                ARRAY['category:' || c.slug, 'basis:' || m.basis]
                || coalesce((
                    SELECT array_agg('audience:' || a.slug) FROM measures_measure_audiences ma
                    JOIN measures_audience a ON a.id = ma.audience_id WHERE ma.measure_id = m.id), '{audience:none}')
                || coalesce((
                    SELECT array_agg(token) FROM measures_centrelink l JOIN measures_centre c ON c.id = l.centre_id,
                        unnest(ARRAY['centre:' || c.slug, 'link:' || l.basis, 'centre:' || c.slug || '/' || l.basis]) token
                    WHERE l.measure_id = m.id), '{centre:none}')) AS about,
            coalesce(measures_sorted((
                SELECT array_agg(token) FROM measures_districtrole r JOIN measures_district d ON d.id = r.district_id,
                    unnest(ARRAY['district:' || d.slug, 'role:' || r.role, 'district:' || d.slug || '/' || r.role]) token
                WHERE r.measure_id = m.id)), '{}') AS places,
            measures_normalized(concat_ws(E'\n', m.title_zh, m.title_en)) AS title,
            measures_normalized(concat_ws(E'\n', m.code, m.title_zh, m.title_en, m.official_name_zh,
                array_to_string(m.keywords_zh || m.keywords_en, E'\n'), m.summary_zh, m.summary_en,
                (SELECT string_agg(concat_ws(E'\n', text_zh, text_en), E'\n') FROM measures_action WHERE measure_id = m.id),
                m.note_zh, m.note_en)) AS text
        FROM measures_measure m JOIN measures_category c ON c.id = m.category_id
        WHERE m.id = ANY (ids) AND m.status = 'published'
    ), facet_set AS (
        INSERT INTO measures_facetset (key, tokens)
            SELECT md5(tokens::text), tokens FROM (
                SELECT about FROM measure UNION SELECT places FROM measure) s (tokens)
            ORDER BY 1
            ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key -- so that it is returned
            RETURNING id, key
    )
    INSERT INTO measures_searchrow
        (measure_id, plan_year, number, about_id, places_id, edited_at, title_key, text, lexemes)
        SELECT m.id, m.plan_year, m.number, about.id, places.id,
            coalesce((SELECT v.at FROM measures_version v WHERE v.kind = 'measure' AND v.key = m.code
                ORDER BY v.number DESC LIMIT 1), clock_timestamp()),
            measures_title_key(measures_normalized(m.title_zh)), m.text,
            measures_lexemes(m.text) || measures_title_lexemes(m.title)
        FROM measure m
        JOIN facet_set about ON about.key = md5(m.about::text)
        JOIN facet_set places ON places.key = md5(m.places::text)
        ON CONFLICT (measure_id) DO UPDATE SET
            (plan_year, number, about_id, places_id, edited_at, title_key, text, lexemes) = (
                EXCLUDED.plan_year, EXCLUDED.number, EXCLUDED.about_id, EXCLUDED.places_id, EXCLUDED.edited_at,
                EXCLUDED.title_key, EXCLUDED.text, EXCLUDED.lexemes)
$$;

-- The record's search row, or a vocabulary's names, as the commit leaves them. A vocabulary's names are searched where
-- they stand and lead to its measures by their facet tokens, so a renamed category touches no measure's row.
CREATE FUNCTION measures_refresh_search(record_kind text, record_key text, document jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    changed measures_measure;
    names text;
BEGIN
    IF record_kind = 'measure' THEN
        SELECT * INTO changed FROM measures_measure WHERE code = record_key;
        IF changed.status = 'published' THEN
            PERFORM measures_write_search_rows(ARRAY[changed.id]);
            PERFORM measures_learn(measures_normalized(concat_ws(E'\n', changed.title_zh, changed.official_name_zh,
                array_to_string(changed.keywords_zh, E'\n'))), true);
            PERFORM measures_learn(text, false) FROM measures_searchrow WHERE measure_id = changed.id;
        ELSE
            DELETE FROM measures_searchrow WHERE measure_id = changed.id;
        END IF;
    ELSIF record_kind IN ('category', 'centre', 'audience', 'district') THEN
        DELETE FROM measures_searchname WHERE kind = record_kind AND slug = record_key;
        IF document IS NOT NULL THEN
            names := measures_normalized(concat_ws(E'\n', document ->> 'name_zh', document ->> 'name_en',
                document ->> 'short_zh', document ->> 'short_en',
                (SELECT string_agg(alias, E'\n') FROM jsonb_array_elements_text(document -> 'aliases') alias)));
            INSERT INTO measures_searchname (kind, slug, text, lexemes)
                VALUES (record_kind, record_key, names, measures_lexemes(names));
            PERFORM measures_learn(names, true);
        END IF;
    END IF;
END $$;
"""

READINGS_LOADED = """
INSERT INTO measures_reading (character, syllable, usual)
    SELECT character, split_part(line, ' ', 1), side = 1
    FROM string_to_table(%s, E'\n') line, generate_series(1, 2) side,
        string_to_table(split_part(split_part(line, ' ', 2), '|', side), NULL) character
"""

MEMORY = """
INSERT INTO measures_dataversion (id, number, at) VALUES (1, 0, now());

-- Which records the running transactions have touched. A row lives until its transaction commits, so the table is always
-- nearly empty, and a crash may empty it.
CREATE UNLOGGED TABLE measures_touched (
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    key text NOT NULL,
    PRIMARY KEY (transaction, kind, key)
);

-- TG_ARGV: the kind of the record that the row belongs to, its table, the column with its public key, and the row's
-- column that points to it ('id' in the record's own table, where the key is read off the row: it may have changed).
CREATE FUNCTION measures_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_as_json jsonb;
    touched_key text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('INSERT INTO measures_touched (kind, key) SELECT $1, %I FROM %I ON CONFLICT DO NOTHING',
            TG_ARGV[2], TG_ARGV[1]) USING TG_ARGV[0];
        RETURN NULL;
    END IF;
    FOREACH row_as_json IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)]
        WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
        ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END
    LOOP
        IF TG_ARGV[3] = 'id' THEN
            touched_key := row_as_json ->> TG_ARGV[2];
        ELSE
            EXECUTE format('SELECT %I FROM %I WHERE %I = $1', TG_ARGV[2], TG_ARGV[1],
                CASE TG_ARGV[3] WHEN 'plan_year' THEN 'year' ELSE 'id' END)
                INTO touched_key USING (row_as_json ->> TG_ARGV[3])::bigint;
        END IF;
        IF touched_key IS NOT NULL THEN -- otherwise the record is gone, and its own deletion has touched it
            INSERT INTO measures_touched (kind, key) VALUES (TG_ARGV[0], touched_key) ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Runs at commit, once for each touched record.
CREATE FUNCTION measures_remember() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    live measures_dataversion;
    last measures_version;
    new_document jsonb;
    is_public boolean;
BEGIN
    DELETE FROM measures_touched t
        WHERE t.transaction = NEW.transaction AND t.kind = NEW.kind AND t.key = NEW.key;
    -- From here to the end of the transaction, commits that change content stand in line. Each statement below sees
    -- what the one before it in the line has committed, so the document is the record as this commit leaves it.
    SELECT * INTO STRICT live FROM measures_dataversion FOR UPDATE;
    new_document := measures_document(NEW.kind, NEW.key);
    SELECT * INTO last FROM measures_version v
        WHERE v.kind = NEW.kind AND v.key = NEW.key ORDER BY v.number DESC LIMIT 1;
    IF new_document IS NOT DISTINCT FROM last.document THEN
        RETURN NULL;
    END IF;
    is_public := new_document IS NOT NULL AND coalesce(new_document ->> 'status', 'published') = 'published';
    IF (is_public OR coalesce(last.public, false)) AND coalesce(current_setting('futian.raised', true), '') = '' THEN
        UPDATE measures_dataversion SET number = number + 1, at = clock_timestamp() RETURNING * INTO live;
        PERFORM set_config('futian.raised', 'yes', true); -- until the end of this transaction
    END IF;
    IF NEW.kind = 'measure' AND last.document IS NULL THEN -- a new code: what was split from it names that code
        INSERT INTO measures_touched (kind, key)
            SELECT 'measure', part.code FROM measures_measure part
            JOIN measures_measure parent ON parent.id = part.parent_id WHERE parent.code = NEW.key
            ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO measures_version (kind, key, number, document, public, actor, at, note, data_version) VALUES (
        NEW.kind, NEW.key, coalesce(last.number, 0) + 1, new_document, is_public,
        coalesce(nullif(current_setting('futian.actor', true), ''),
            session_user || ' (' || current_setting('application_name') || ')'),
        clock_timestamp(), coalesce(current_setting('futian.note', true), ''), live.number);
    PERFORM measures_refresh_search(NEW.kind, NEW.key, new_document);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER remember AFTER INSERT ON measures_touched
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION measures_remember();

CREATE FUNCTION measures_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON measures_version
    FOR EACH STATEMENT EXECUTE FUNCTION measures_refuse();
"""

# (table, kind of the record it belongs to, table of that record, its public key, column that points to it)
CONTENT_TABLES = [
    ("measures_plan", "plan", "measures_plan", "slug", "id"),
    ("measures_sourceparagraph", "plan", "measures_plan", "slug", "plan_year"),
    ("measures_category", "category", "measures_category", "slug", "id"),
    ("measures_category_paragraphs", "category", "measures_category", "slug", "category_id"),
    ("measures_centre", "centre", "measures_centre", "slug", "id"),
    ("measures_centre_paragraphs", "centre", "measures_centre", "slug", "centre_id"),
    ("measures_audience", "audience", "measures_audience", "slug", "id"),
    ("measures_district", "district", "measures_district", "slug", "id"),
    ("measures_measure", "measure", "measures_measure", "code", "id"),
    ("measures_measure_paragraphs", "measure", "measures_measure", "code", "measure_id"),
    ("measures_measure_audiences", "measure", "measures_measure", "code", "measure_id"),
    ("measures_action", "measure", "measures_measure", "code", "measure_id"),
    ("measures_centrelink", "measure", "measures_measure", "code", "measure_id"),
    ("measures_districtrole", "measure", "measures_measure", "code", "measure_id"),
]
# (table, kind, columns of its public key)
PERMANENT = [
    ("measures_plan", "plan", "slug"),
    ("measures_sourceparagraph", "paragraph", "plan_year, number"),
    ("measures_category", "category", "slug"),
    ("measures_centre", "centre", "slug"),
    ("measures_audience", "audience", "slug"),
    ("measures_district", "place", "slug"),
    ("measures_measure", "measure", "plan_year, number"),
]
# (table, who cites, column that points to the citing record)
CITING_TABLES = [
    ("measures_measure_paragraphs", "measure", "measure_id"),
    ("measures_category_paragraphs", "category", "category_id"),
    ("measures_action", "measure", "measure_id"),
]


def triggers():
    for table, *arguments in CONTENT_TABLES:
        quoted = ", ".join(f"'{argument}'" for argument in arguments)
        yield f"""
CREATE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION measures_touch({quoted});
CREATE TRIGGER touch_all BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION measures_touch({quoted});
"""
    for table, kind, columns in PERMANENT:
        old, new = (", ".join(f"{row}.{column}" for column in columns.split(", ")) for row in ("OLD", "NEW"))
        yield f"""
CREATE TRIGGER permanent_key BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) EXECUTE FUNCTION measures_refuse_new_key('{kind}');
"""
    for table, citing, column in CITING_TABLES:
        name = "sourceparagraph_id" if table.endswith("_paragraphs") else "paragraph_id"
        yield f"""
CREATE CONSTRAINT TRIGGER same_plan AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION measures_paragraph_in_same_plan('{citing}', '{column}', '{name}');
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]

    operations = [
        migrations.RunSQL(sql)
        for sql in (
            RULES,
            PERMANENT_KEYS,
            DOCUMENTS,
            SEARCH,
            [(READINGS_LOADED, [READINGS.read_text(encoding="utf-8").strip()])],
            MEMORY,
            "".join(triggers()),
        )
    ]
