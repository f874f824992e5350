-- The memory: which records a transaction has touched, and what its commit leaves of them.

-- TG_ARGV: the kind of the record that the row belongs to, its table, the column with its public key, and the row's
-- column that points to it ('id' in the record's own table, where the key is read off the row: it may have changed).
CREATE OR REPLACE FUNCTION measures_touch() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- From here to the end of the transaction, commits that change content stand in line: each updates the row of data version
-- 0. Under READ COMMITTED every later statement sees what the one before in the line has committed; under REPEATABLE READ the
-- later one gets a serialization error, never a wrong document.
CREATE OR REPLACE FUNCTION measures_stand_in_line() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('futian.in_line', true), '') = '' THEN
        UPDATE measures_dataversion SET at = at WHERE number = 0;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'measures_dataversion has lost the row of data version 0, which commits lock';
        END IF;
        PERFORM set_config('futian.in_line', 'yes', true); -- until the end of this transaction
    END IF;
END $$;

-- What readers are told of a version: nothing ('') of drafts, and of what a migration only writes in another shape.
CREATE OR REPLACE FUNCTION measures_event(
    is_public boolean, was_public boolean, ever_public boolean, is_deleted boolean, silent boolean
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN was_public AND NOT is_public THEN CASE WHEN is_deleted THEN 'deleted' ELSE 'withdrawn' END
        WHEN silent OR NOT is_public THEN ''
        WHEN was_public THEN 'changed'
        WHEN ever_public THEN 'published_again'
        ELSE 'added' END
$$;

-- Runs at commit, once for each touched record. Settings of the transaction say who (futian.actor), why (futian.note,
-- futian.private_note), and that it is a migration (futian.migration), which signs with that word and is no event.
CREATE OR REPLACE FUNCTION measures_remember() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    migrating boolean := coalesce(current_setting('futian.migration', true), '') <> '';
    live measures_dataversion;
    last measures_version;
    new_document jsonb;
    new_number integer;
    is_public boolean;
    was_public boolean;
BEGIN
    DELETE FROM measures_touched t
        WHERE t.transaction = NEW.transaction AND t.kind = NEW.kind AND t.key = NEW.key;
    PERFORM measures_stand_in_line();
    SELECT * INTO STRICT live FROM measures_dataversion ORDER BY number DESC LIMIT 1;
    SELECT * INTO last FROM measures_version v
        WHERE v.kind = NEW.kind AND v.key = NEW.key ORDER BY v.number DESC LIMIT 1;
    new_document := measures_document(NEW.kind, NEW.key);
    is_public := measures_is_public(NEW.kind, new_document);
    was_public := coalesce(last.public, false);
    IF new_document IS NOT DISTINCT FROM last.document AND is_public = was_public THEN
        RETURN NULL;
    END IF;
    IF (is_public OR was_public) AND coalesce(current_setting('futian.raised', true), '') = '' THEN
        INSERT INTO measures_dataversion (number, at, lineage, restores)
            VALUES (live.number + 1, clock_timestamp(), live.lineage, live.restores) RETURNING * INTO live;
        PERFORM set_config('futian.raised', 'yes', true); -- until the end of this transaction
    END IF;
    PERFORM measures_touch_dependents(NEW.kind, NEW.key, last.document, new_document, is_public <> was_public);
    new_number := coalesce(last.number, 0) + 1;
    -- What a restored backup does not know may have been given out with the next numbers.
    IF live.restores > 0 AND coalesce(last.data_version, 0) < (
        SELECT min(number) FROM measures_dataversion WHERE lineage = live.lineage)
    THEN
        new_number := new_number + 1000 * live.restores;
    END IF;
    INSERT INTO measures_version
        (kind, key, number, document, public, actor, at, note, private_note, data_version, event, digest)
    VALUES (
        NEW.kind, NEW.key, new_number, new_document, is_public,
        CASE WHEN migrating THEN 'migration' ELSE coalesce(nullif(current_setting('futian.actor', true), ''),
            session_user || ' (' || current_setting('application_name') || ')') END,
        clock_timestamp(),
        coalesce(current_setting('futian.note', true), ''),
        coalesce(current_setting('futian.private_note', true), ''),
        live.number,
        measures_event(is_public, was_public, EXISTS (
            SELECT FROM measures_version v WHERE v.kind = NEW.kind AND v.key = NEW.key AND v.public),
            new_document IS NULL, migrating),
        measures_digest(new_document));
    IF is_public OR was_public THEN
        PERFORM measures_refresh_index(NEW.kind, NEW.key, live.number);
    END IF;
    RETURN NULL;
END $$;

-- Touches the records that say something else because of what became of this one.
CREATE OR REPLACE FUNCTION measures_touch_dependents(
    record_kind text, record_key text, old_document jsonb, new_document jsonb, publicity_changes boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed_year integer := (coalesce(new_document, old_document) ->> 'year')::integer;
BEGIN
    IF record_kind = 'measure' AND old_document IS NULL THEN -- a new code: parts and terms name it
        INSERT INTO measures_touched (kind, key)
            SELECT 'measure', part.code FROM measures_measure part
                JOIN measures_measure parent ON parent.id = part.parent_id WHERE parent.code = record_key
            UNION ALL SELECT 'term', t.slug FROM measures_term t
                JOIN measures_term_measures tm ON tm.term_id = t.id
                JOIN measures_measure m ON m.id = tm.measure_id WHERE m.code = record_key
            ON CONFLICT DO NOTHING;
    ELSIF record_kind = 'plan' AND publicity_changes THEN -- what belongs to it comes and goes with it
        INSERT INTO measures_touched (kind, key)
            SELECT 'category', slug FROM measures_category WHERE plan_year = changed_year
            UNION ALL SELECT 'term', slug FROM measures_term WHERE plan_year = changed_year
            UNION ALL SELECT 'measure', code FROM measures_measure WHERE plan_year = changed_year
            ON CONFLICT DO NOTHING;
    END IF;
END $$;

-- Brings what lists and searches read of a record up to the data version `live`.
CREATE OR REPLACE FUNCTION measures_refresh_index(record_kind text, record_key text, live bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF record_kind = 'measure' THEN
        PERFORM measures_index_measures(ARRAY[record_key], live);
        PERFORM measures_learn_measures(ARRAY[record_key], live);
    ELSIF record_kind IN ('category', 'centre', 'audience', 'district') THEN
        PERFORM measures_index_names(record_kind, ARRAY[record_key]);
        PERFORM measures_learn_names(record_kind, ARRAY[record_key], live);
    END IF;
END $$;

-- Begins a new lineage in a restored database: data versions and the versions of records go on 1,000 times `restores` later,
-- so that no number that was given out after the backup means something else. `restores` counts all so far, this one included.
-- The result is the new data version.
CREATE OR REPLACE FUNCTION measures_new_lineage(restores integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    live measures_dataversion;
BEGIN
    PERFORM measures_stand_in_line();
    SELECT * INTO STRICT live FROM measures_dataversion ORDER BY number DESC LIMIT 1;
    IF measures_new_lineage.restores IS NULL OR measures_new_lineage.restores <= live.restores THEN
        RAISE EXCEPTION 'this database has been restored % times already; the next restoration is a later one', live.restores
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO measures_dataversion (number, at, lineage, restores)
        VALUES (live.number + 1000 * measures_new_lineage.restores, clock_timestamp(), gen_random_uuid(),
            measures_new_lineage.restores);
    RETURN live.number + 1000 * measures_new_lineage.restores;
END $$;

CREATE OR REPLACE FUNCTION measures_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
