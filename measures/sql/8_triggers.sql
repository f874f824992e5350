-- Which tables the functions watch.

-- (table, kind of the record it belongs to, table of that record, its public key, column that points to it)
DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN VALUES
        ('plan', 'plan', 'plan', 'slug', 'id'),
        ('sourceparagraph', 'plan', 'plan', 'slug', 'plan_year'),
        ('category', 'category', 'category', 'slug', 'id'),
        ('category_paragraphs', 'category', 'category', 'slug', 'category_id'),
        ('centre', 'centre', 'centre', 'slug', 'id'),
        ('centre_paragraphs', 'centre', 'centre', 'slug', 'centre_id'),
        ('audience', 'audience', 'audience', 'slug', 'id'),
        ('district', 'district', 'district', 'slug', 'id'),
        ('term', 'term', 'term', 'slug', 'id'),
        ('term_measures', 'term', 'term', 'slug', 'term_id'),
        ('synonym', 'synonym', 'synonym', 'slug', 'id'),
        ('measure', 'measure', 'measure', 'code', 'id'),
        ('measure_paragraphs', 'measure', 'measure', 'code', 'measure_id'),
        ('measure_audiences', 'measure', 'measure', 'code', 'measure_id'),
        ('action', 'measure', 'measure', 'code', 'measure_id'),
        ('centrelink', 'measure', 'measure', 'code', 'measure_id'),
        ('districtrole', 'measure', 'measure', 'code', 'measure_id')
    LOOP
        EXECUTE format($sql$
            CREATE OR REPLACE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON %1$I
                FOR EACH ROW EXECUTE FUNCTION measures_touch(%2$L, %3$L, %4$L, %5$L);
            CREATE OR REPLACE TRIGGER touch_all BEFORE TRUNCATE ON %1$I
                FOR EACH STATEMENT EXECUTE FUNCTION measures_touch(%2$L, %3$L, %4$L, %5$L)
        $sql$, 'measures_' || watched.column1, watched.column2, 'measures_' || watched.column3, watched.column4, watched.column5);
    END LOOP;
END $$;

-- (table, what people call its rows, kind of the record that decides, column that tells which, columns of the public key)
DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN VALUES
        ('plan', 'plan', 'plan', 'slug', 'slug, year'),
        ('sourceparagraph', 'paragraph', 'plan', 'plan_year', 'plan_year, number'),
        ('category', 'category', 'category', 'slug', 'slug'),
        ('centre', 'centre', 'centre', 'slug', 'slug'),
        ('audience', 'audience', 'audience', 'slug', 'slug'),
        ('district', 'place', 'district', 'slug', 'slug'),
        ('term', 'term', 'term', 'slug', 'slug'),
        ('synonym', 'synonym', 'synonym', 'slug', 'slug'),
        ('measure', 'measure', 'measure', 'code', 'plan_year, number')
    LOOP
        EXECUTE format($sql$
            CREATE OR REPLACE TRIGGER permanent_key BEFORE UPDATE ON %1$I FOR EACH ROW
                WHEN (ROW(%2$s) IS DISTINCT FROM ROW(%3$s))
                EXECUTE FUNCTION measures_refuse_new_key(%4$L, %5$L, %6$L)
        $sql$, 'measures_' || watched.column1,
            regexp_replace(watched.column5, '\w+', 'OLD.\&', 'g'), regexp_replace(watched.column5, '\w+', 'NEW.\&', 'g'),
            watched.column2, watched.column3, watched.column4);
    END LOOP;
END $$;

-- (table, who cites, column that points to it; what is cited, column that points to that)
DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN VALUES
        ('measure_paragraphs', 'measure', 'measure_id', 'sourceparagraph', 'sourceparagraph_id'),
        ('category_paragraphs', 'category', 'category_id', 'sourceparagraph', 'sourceparagraph_id'),
        ('action', 'measure', 'measure_id', 'sourceparagraph', 'paragraph_id'),
        ('term_measures', 'term', 'term_id', 'measure', 'measure_id')
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS same_plan ON %I', 'measures_' || watched.column1);
        EXECUTE format($sql$
            CREATE CONSTRAINT TRIGGER same_plan AFTER INSERT OR UPDATE ON %I DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION measures_in_same_plan(%L, %L, %L, %L)
        $sql$, 'measures_' || watched.column1, watched.column2, watched.column3, watched.column4, watched.column5);
    END LOOP;
END $$;

-- What has a parent of its own kind
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

DROP TRIGGER IF EXISTS remember ON measures_touched;
CREATE CONSTRAINT TRIGGER remember AFTER INSERT ON measures_touched
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION measures_remember();

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON measures_version
    FOR EACH STATEMENT EXECUTE FUNCTION measures_refuse();
