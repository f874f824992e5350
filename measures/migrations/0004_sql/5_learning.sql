-- The pairs of characters and the words that inexact input is compared with.

-- Adds those of a normalised text that was public in a data version; `name`: of titles, keywords or names, one a line. Of
-- these the short ones with Chinese characters are words of the site too: queries without spaces are divided along them.
CREATE OR REPLACE FUNCTION measures_learn(t text, name boolean, known_since bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO measures_characterpair AS known (first, second, in_name, since, name_since)
        SELECT left(pair, 1), right(pair, 1), name, known_since, CASE WHEN name THEN known_since END
        FROM unnest(tsvector_to_array(measures_lexemes(t))) pair
        WHERE length(pair) = 2 AND measures_only(pair, false) = pair
        ORDER BY pair -- so that nobody who writes at the same time waits for one who waits for him
        ON CONFLICT (first, second) DO UPDATE SET
            in_name = known.in_name OR EXCLUDED.in_name,
            since = least(known.since, EXCLUDED.since),
            name_since = least(known.name_since, EXCLUDED.name_since)
            WHERE EXCLUDED.since < known.since
                OR EXCLUDED.in_name AND (NOT known.in_name OR EXCLUDED.name_since < known.name_since);
    INSERT INTO measures_word AS known (word, stem, since)
        SELECT word, coalesce((ts_lexize('measures_english', word))[1], word), known_since FROM (
            SELECT word FROM string_to_table(measures_only(t, true), ' ') word WHERE word <> ''
            UNION SELECT line FROM string_to_table(t, E'\n') line
                WHERE name AND length(line) BETWEEN 2 AND 20 AND measures_only(line, false) <> ' ') every
        ORDER BY word
        ON CONFLICT (word) DO UPDATE SET since = EXCLUDED.since WHERE EXCLUDED.since < known.since
$$;

-- Learns what these measures have said in public since the data version `first`.
CREATE OR REPLACE FUNCTION measures_learn_measures(codes text[], first bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    past record;
BEGIN
    FOR past IN
        SELECT r.since, r.text, measures_names('measure', v.document) AS names
        FROM measures_searchrow r JOIN measures_version v ON v.id = r.version_id
        WHERE r.code = ANY (codes) AND r.since >= first ORDER BY r.since, r.code
    LOOP
        PERFORM measures_learn(past.names, true, past.since);
        PERFORM measures_learn(past.text, false, past.since);
    END LOOP;
END $$;

-- The same for the names of these records of one kind.
CREATE OR REPLACE FUNCTION measures_learn_names(record_kind text, slugs text[], first bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    past record;
BEGIN
    FOR past IN
        SELECT n.since, n.text FROM measures_searchname n
        WHERE n.kind = record_kind AND n.slug = ANY (slugs) AND n.since >= first ORDER BY n.since, n.slug
    LOOP
        PERFORM measures_learn(past.text, true, past.since);
    END LOOP;
END $$;

-- Makes everything that lists and searches read anew from the versions, the past included; the result is how many rows
-- were not as they should have been. Pairs and words are only added: what was public once stays known.
CREATE OR REPLACE FUNCTION measures_rebuild_index() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    records record;
    mended bigint := 0;
    more bigint;
BEGIN
    PERFORM measures_stand_in_line();
    DELETE FROM measures_searchrow r
        WHERE NOT EXISTS (SELECT FROM measures_version v WHERE v.kind = 'measure' AND v.key = r.code);
    GET DIAGNOSTICS more = ROW_COUNT;
    mended := mended + more;
    DELETE FROM measures_searchname n
        WHERE NOT EXISTS (SELECT FROM measures_version v WHERE v.kind = n.kind AND v.key = n.slug);
    GET DIAGNOSTICS more = ROW_COUNT;
    mended := mended + more;
    FOR records IN -- some hundred at a time, so that neither memory nor statements grow with the content
        SELECT kind, array_agg(key) AS keys FROM (
            SELECT kind, key, row_number() OVER (PARTITION BY kind ORDER BY key) / 500 AS part
            FROM measures_version GROUP BY kind, key) k
        GROUP BY kind, part ORDER BY kind, part
    LOOP
        IF records.kind = 'measure' THEN
            mended := mended + measures_index_measures(records.keys, 0);
            PERFORM measures_learn_measures(records.keys, 0);
        ELSIF records.kind IN ('category', 'centre', 'audience', 'district') THEN
            mended := mended + measures_index_names(records.kind, records.keys);
            PERFORM measures_learn_names(records.kind, records.keys, 0);
        END IF;
    END LOOP;
    RETURN mended;
END $$;
