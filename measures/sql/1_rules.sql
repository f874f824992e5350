-- Rules that span rows and tables. The constraints that need no function are in the migrations.

-- TG_ARGV: who cites, the row's column that points to it; what is cited, the row's column that points to that.
CREATE OR REPLACE FUNCTION measures_in_same_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_as_json jsonb := to_jsonb(NEW);
    own_plan integer;
    cited_plan integer;
BEGIN
    EXECUTE format('SELECT plan_year FROM measures_%I WHERE id = $1', TG_ARGV[0]) INTO own_plan
        USING (row_as_json ->> TG_ARGV[1])::bigint;
    EXECUTE format('SELECT plan_year FROM measures_%I WHERE id = $1', TG_ARGV[2]) INTO cited_plan
        USING (row_as_json ->> TG_ARGV[3])::bigint;
    IF cited_plan <> own_plan THEN
        RAISE EXCEPTION 'a % of the plan of % cannot cite a % of the plan of %',
            TG_ARGV[0], own_plan, TG_ARGV[2], cited_plan
            USING ERRCODE = 'foreign_key_violation',
                CONSTRAINT = replace(TG_ARGV[2], 'source', '') || '_in_same_plan';
    END IF;
    RETURN NULL;
END $$;

-- Public addresses are permanent: what appears in one never changes once it was public.
-- TG_ARGV: what people call the record; the kind of the record whose publicity decides, and the row's column that tells which.
CREATE OR REPLACE FUNCTION measures_refuse_new_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Read as JSON: OLD has not the same columns in all tables, and PL/pgSQL looks up every field of an expression.
    own_key text := to_jsonb(OLD) ->> TG_ARGV[2];
BEGIN
    IF TG_ARGV[2] = 'plan_year' THEN
        own_key := (SELECT slug FROM measures_plan WHERE year = own_key::integer);
    END IF;
    IF EXISTS (SELECT FROM measures_version WHERE kind = TG_ARGV[1] AND key = own_key AND public) THEN
        RAISE EXCEPTION 'the number or slug of a % is part of its public address and stays as it is', TG_ARGV[0]
            USING ERRCODE = 'check_violation', CONSTRAINT = 'permanent_key';
    END IF;
    RETURN NEW;
END $$;

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
