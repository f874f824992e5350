-- Nothing is part of itself, by way of others either.
CREATE OR REPLACE FUNCTION measures_refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_cycle boolean;
BEGIN
    PERFORM measures_stand_in_line(); -- two commits at once could each make one half of it
    EXECUTE format($sql$
        WITH RECURSIVE above(id) AS (
            SELECT parent_id FROM %1$I WHERE id = $1
            UNION SELECT r.parent_id FROM %1$I r JOIN above ON r.id = above.id)
        SELECT EXISTS (SELECT FROM above WHERE id = $1)
    $sql$, TG_TABLE_NAME) INTO is_cycle USING NEW.id;
    IF is_cycle THEN
        RAISE EXCEPTION 'a row of % would be part of itself', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_no_cycle';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    watched text;
BEGIN
    FOREACH watched IN ARRAY ARRAY['measures_measure', 'measures_district'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS no_cycle ON %I', watched);
        EXECUTE format($sql$
            CREATE CONSTRAINT TRIGGER no_cycle AFTER INSERT OR UPDATE OF parent_id ON %I
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
                EXECUTE FUNCTION measures_refuse_cycle()
        $sql$, watched);
    END LOOP;
END $$;
