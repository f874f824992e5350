-- What a document says to the list and to searches. Everything here is a function of one document; see models.SearchRow.

-- The items of a JSON list of texts, one a line.
CREATE OR REPLACE FUNCTION measures_lines(list jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT string_agg(item, E'\n' ORDER BY position) FROM jsonb_array_elements_text(list) WITH ORDINALITY l (item, position)
$$;

-- The normalised names of a record: those by which a vocabulary is found, those of a measure that initials may stand for.
CREATE OR REPLACE FUNCTION measures_names(kind text, document jsonb) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT measures_normalized(CASE WHEN kind = 'measure'
        THEN concat_ws(E'\n', document ->> 'title_zh', document ->> 'headline_zh', document ->> 'official_name_zh',
            measures_lines(document -> 'keywords_zh'))
        ELSE concat_ws(E'\n', document ->> 'name_zh', document ->> 'name_en', document ->> 'short_zh',
            document ->> 'short_en', measures_lines(document -> 'aliases'))
    END)
$$;

-- The columns of a measure's row that its document decides. A row names its plan by slug, the document by year.
CREATE OR REPLACE FUNCTION measures_index_row(document jsonb, plan_slug text) RETURNS TABLE (
    plan_year integer, number integer, parent text, about text[], places text[], cites text[],
    title_key text, text text, lexemes tsvector
) LANGUAGE sql STABLE AS $$
    SELECT
        (document ->> 'plan_year')::integer,
        (document ->> 'number')::integer,
        document ->> 'parent',
        measures_sorted(
            ARRAY['plan:' || plan_slug, 'category:' || (document ->> 'category'), 'basis:' || (document ->> 'basis')]
            || coalesce((
                SELECT array_agg('audience:' || slug) FROM jsonb_array_elements_text(document -> 'audiences') slug),
                '{audience:none}')
            || coalesce((
                SELECT array_agg(token)
                FROM jsonb_to_recordset(document -> 'centres') link (centre text, basis text),
                    unnest(ARRAY['centre:' || centre, 'link:' || basis, 'centre:' || centre || '/' || basis]) token),
                '{centre:none}')),
        coalesce(measures_sorted((
            SELECT array_agg(token)
            FROM jsonb_to_recordset(document -> 'districts') place (district text, role text),
                unnest(ARRAY['district:' || district, 'role:' || role, 'district:' || district || '/' || role]) token)),
            '{}'),
        coalesce(measures_sorted((
            SELECT array_agg('paragraph:' || (document ->> 'plan_year') || '/' || paragraph)
            FROM jsonb_array_elements_text(document -> 'paragraphs') paragraph)), '{}'),
        measures_title_key(measures_normalized(document ->> 'title_zh')),
        whole.text,
        measures_lexemes(whole.text) || measures_title_lexemes(whole.titles)
    FROM (
        SELECT measures_normalized(titles) AS titles,
            measures_normalized(concat_ws(E'\n', document ->> 'code', titles, document ->> 'official_name_zh',
                measures_lines(document -> 'keywords_zh'), measures_lines(document -> 'keywords_en'),
                document ->> 'summary_zh', document ->> 'summary_en',
                (SELECT string_agg(concat_ws(E'\n', action ->> 'text_zh', action ->> 'text_en'), E'\n' ORDER BY position)
                    FROM jsonb_array_elements(document -> 'actions') WITH ORDINALITY a (action, position)),
                document ->> 'note_zh', document ->> 'note_en')) AS text
        FROM concat_ws(E'\n', document ->> 'title_zh', document ->> 'title_en',
            nullif(document ->> 'headline_zh', ''), nullif(document ->> 'headline_en', '')) titles
        OFFSET 0 -- worked out once, however often it is named above
    ) whole
$$;

-- A number for the bitmaps that no measure has and none will get.
CREATE OR REPLACE FUNCTION measures_unused_id() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    unused bigint;
BEGIN
    LOOP
        unused := nextval('measures_measure_id_seq');
        -- A sequence that was restarted comes to numbers that rows have.
        EXIT WHEN NOT EXISTS (SELECT FROM measures_searchrow r WHERE r.measure_id = unused);
    END LOOP;
    RETURN unused;
END $$;

-- Writes the rows of these measures for the data versions from `first` on, as the versions tell them; the result is how
-- many rows it had to change. A row is one public state: from the data version that brought it to the one that ended it.
-- What lasted for no data version has none. A code keeps its number in the bitmaps, whatever becomes of the measure's id.
CREATE OR REPLACE FUNCTION measures_index_measures(codes text[], first bigint) RETURNS bigint LANGUAGE sql AS $$
    WITH version AS (
        SELECT id, key, number, public, data_version,
            min(number) FILTER (WHERE public) OVER so_far AS first_public,
            max(number) FILTER (WHERE public AND event <> '') OVER so_far AS last_event
        FROM measures_version WHERE kind = 'measure' AND key = ANY (codes)
        WINDOW so_far AS (PARTITION BY key ORDER BY number)
    ), state AS ( -- as each data version left it
        SELECT DISTINCT ON (key, data_version) * FROM version ORDER BY key, data_version, number DESC
    ), span AS (
        SELECT *, lead(data_version) OVER (PARTITION BY key ORDER BY data_version) AS until FROM state
    ), plan AS MATERIALIZED (
        SELECT document ->> 'year' AS year, key AS slug, id, data_version FROM measures_version
        WHERE kind = 'plan' AND document IS NOT NULL
    ), wanted AS MATERIALIZED (
        SELECT v.id AS version_id, span.key AS code, coalesce(span.last_event, span.first_public) AS version_number,
            span.first_public, span.data_version AS since, span.until, r.*
        FROM span JOIN measures_version v ON v.id = span.id,
            LATERAL measures_index_row(v.document, coalesce(
                (SELECT slug FROM measures_plan p
                    WHERE span.until IS NULL AND p.year = (v.document ->> 'plan_year')::integer),
                (SELECT slug FROM plan WHERE plan.year = v.document ->> 'plan_year'
                    ORDER BY plan.data_version <= span.data_version DESC, plan.id DESC LIMIT 1))) r
        WHERE span.public AND span.data_version >= first
    ), numbered AS MATERIALIZED (
        SELECT own.code, coalesce(
            (SELECT r.measure_id FROM measures_searchrow r WHERE r.code = own.code LIMIT 1),
            (SELECT m.id FROM measures_measure m WHERE m.code = own.code AND NOT EXISTS (
                SELECT FROM measures_searchrow r WHERE r.measure_id = m.id AND r.code <> m.code)),
            measures_unused_id()) AS measure_id
        FROM (SELECT DISTINCT code FROM wanted) own
    ), facet_set AS (
        INSERT INTO measures_facetset (key, tokens)
            SELECT md5(tokens::text), tokens FROM (
                SELECT about FROM wanted UNION SELECT places FROM wanted UNION SELECT cites FROM wanted) s (tokens)
            ORDER BY 1
            ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key -- so that it is returned
            RETURNING id, key
    ), closed AS (
        UPDATE measures_searchrow r SET until = ended.at
            FROM (SELECT key, min(data_version) AS at FROM state WHERE data_version >= first GROUP BY key) ended
            WHERE r.code = ended.key AND r.since < first AND r.until IS NULL
            RETURNING r.id
    ), removed AS (
        DELETE FROM measures_searchrow r
            WHERE r.code = ANY (codes) AND r.since >= first
                AND NOT EXISTS (SELECT FROM wanted w WHERE w.code = r.code AND w.since = r.since)
            RETURNING r.id
    ), written AS (
        INSERT INTO measures_searchrow AS r (
            version_id, code, measure_id, plan_year, number, version_number, edited_at, published_at, parent,
            about_id, places_id, cites_id, title_key, text, lexemes, since, until)
        SELECT w.version_id, w.code, numbered.measure_id, w.plan_year, w.number, w.version_number,
            edited.at, published.at, w.parent, about.id, places.id, cites.id,
            w.title_key, w.text, w.lexemes, w.since, w.until
        FROM wanted w
        JOIN numbered ON numbered.code = w.code
        JOIN measures_version edited ON (edited.kind, edited.key, edited.number) = ('measure', w.code, w.version_number)
        JOIN measures_version published
            ON (published.kind, published.key, published.number) = ('measure', w.code, w.first_public)
        JOIN facet_set about ON about.key = md5(w.about::text)
        JOIN facet_set places ON places.key = md5(w.places::text)
        JOIN facet_set cites ON cites.key = md5(w.cites::text)
        ON CONFLICT (code, since) DO UPDATE SET
            (version_id, plan_year, number, version_number, edited_at, published_at, parent,
                about_id, places_id, cites_id, title_key, text, lexemes, until)
            = (EXCLUDED.version_id, EXCLUDED.plan_year, EXCLUDED.number, EXCLUDED.version_number, EXCLUDED.edited_at,
                EXCLUDED.published_at, EXCLUDED.parent, EXCLUDED.about_id, EXCLUDED.places_id, EXCLUDED.cites_id,
                EXCLUDED.title_key, EXCLUDED.text, EXCLUDED.lexemes, EXCLUDED.until)
            WHERE (r.version_id, r.plan_year, r.number, r.version_number, r.edited_at, r.published_at, r.parent,
                    r.about_id, r.places_id, r.cites_id, r.title_key, r.text, r.lexemes, r.until)
                IS DISTINCT FROM (EXCLUDED.version_id, EXCLUDED.plan_year, EXCLUDED.number, EXCLUDED.version_number,
                    EXCLUDED.edited_at, EXCLUDED.published_at, EXCLUDED.parent, EXCLUDED.about_id, EXCLUDED.places_id,
                    EXCLUDED.cites_id, EXCLUDED.title_key, EXCLUDED.text, EXCLUDED.lexemes, EXCLUDED.until)
            RETURNING r.id
    )
    SELECT (SELECT count(*) FROM closed) + (SELECT count(*) FROM removed) + (SELECT count(*) FROM written)
$$;

-- Writes the searched names of these records of one kind, as the versions tell them; the result is how many rows it had to
-- change. A vocabulary's names are searched where they stand and lead to its measures by their facet tokens, so a renamed
-- category touches no measure's row; a row lasts as long as the names do.
CREATE OR REPLACE FUNCTION measures_index_names(record_kind text, slugs text[]) RETURNS bigint LANGUAGE sql AS $$
    WITH state AS ( -- as each data version left it
        SELECT DISTINCT ON (key, data_version) key, data_version,
            CASE WHEN public THEN measures_names(kind, document) END AS names
        FROM measures_version WHERE kind = record_kind AND key = ANY (slugs)
        ORDER BY key, data_version, number DESC
    ), compared AS (
        SELECT *, lag(names) OVER (PARTITION BY key ORDER BY data_version) AS before FROM state
    ), wanted AS MATERIALIZED (
        SELECT * FROM (
            SELECT key AS slug, names, data_version AS since,
                lead(data_version) OVER (PARTITION BY key ORDER BY data_version) AS until
            FROM compared WHERE names IS DISTINCT FROM before
        ) span WHERE names IS NOT NULL
    ), removed AS (
        DELETE FROM measures_searchname n
            WHERE n.kind = record_kind AND n.slug = ANY (slugs)
                AND NOT EXISTS (SELECT FROM wanted w WHERE w.slug = n.slug AND w.since = n.since)
            RETURNING n.id
    ), written AS (
        INSERT INTO measures_searchname AS n (kind, slug, text, lexemes, since, until)
            SELECT record_kind, slug, names, measures_lexemes(names), since, until FROM wanted
            ON CONFLICT (kind, slug, since) DO UPDATE SET
                (text, lexemes, until) = (EXCLUDED.text, EXCLUDED.lexemes, EXCLUDED.until)
                WHERE (n.text, n.lexemes, n.until) IS DISTINCT FROM (EXCLUDED.text, EXCLUDED.lexemes, EXCLUDED.until)
            RETURNING n.id
    )
    SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM written)
$$;
