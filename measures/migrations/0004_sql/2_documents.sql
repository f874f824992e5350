-- What every record looks like as one document, and whether the public may read it.

-- Keys are the column names. What belongs to the record is nested; references are codes, slugs and paragraph numbers.
-- Lists have their own order (actions by position, paragraphs by number) or that of slugs as bytes, never that of the
-- vocabulary: to reorder it changes no document.
CREATE OR REPLACE FUNCTION measures_document(kind text, key text) RETURNS jsonb LANGUAGE sql STABLE AS $$
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
    WHEN 'term' THEN (
        SELECT to_jsonb(t) - 'id' || jsonb_build_object('measures', (
            SELECT coalesce(jsonb_agg(m.code ORDER BY m.code COLLATE "C"), '[]')
            FROM measures_term_measures tm JOIN measures_measure m ON m.id = tm.measure_id
            WHERE tm.term_id = t.id))
        FROM measures_term t WHERE t.slug = key)
    WHEN 'synonym' THEN (SELECT to_jsonb(s) - 'id' FROM measures_synonym s WHERE s.slug = key)
    WHEN 'measure' THEN (
        SELECT to_jsonb(m) - 'id' - 'category_id' - 'parent_id' || jsonb_build_object(
            'category', (SELECT slug FROM measures_category WHERE id = m.category_id),
            'parent', (SELECT code FROM measures_measure WHERE id = m.parent_id),
            'paragraphs', (
                SELECT coalesce(jsonb_agg(s.number ORDER BY s.number), '[]')
                FROM measures_measure_paragraphs mp JOIN measures_sourceparagraph s ON s.id = mp.sourceparagraph_id
                WHERE mp.measure_id = m.id),
            'audiences', (
                SELECT coalesce(jsonb_agg(a.slug ORDER BY a.slug COLLATE "C"), '[]')
                FROM measures_measure_audiences ma JOIN measures_audience a ON a.id = ma.audience_id
                WHERE ma.measure_id = m.id),
            'actions', (
                SELECT coalesce(jsonb_agg(to_jsonb(a) - 'id' - 'measure_id' - 'paragraph_id'
                    || jsonb_build_object('paragraph', s.number) ORDER BY a.position), '[]')
                FROM measures_action a JOIN measures_sourceparagraph s ON s.id = a.paragraph_id
                WHERE a.measure_id = m.id),
            'centres', (
                SELECT coalesce(jsonb_agg(to_jsonb(l) - 'id' - 'measure_id' - 'centre_id'
                    || jsonb_build_object('centre', c.slug) ORDER BY c.slug COLLATE "C"), '[]')
                FROM measures_centrelink l JOIN measures_centre c ON c.id = l.centre_id
                WHERE l.measure_id = m.id),
            'districts', (
                SELECT coalesce(jsonb_agg(to_jsonb(r) - 'id' - 'measure_id' - 'district_id'
                    || jsonb_build_object('district', d.slug)
                    ORDER BY d.slug COLLATE "C", r.role COLLATE "C"), '[]')
                FROM measures_districtrole r JOIN measures_district d ON d.id = r.district_id
                WHERE r.measure_id = m.id))
        FROM measures_measure m WHERE m.code = key)
    END
$$;

-- Public is what says so itself and whose plan does. Vocabulary that no plan owns always is.
CREATE OR REPLACE FUNCTION measures_is_public(kind text, document jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT document IS NOT NULL
        AND (kind NOT IN ('plan', 'measure') OR document ->> 'status' = 'published')
        AND (kind NOT IN ('category', 'term', 'measure') OR EXISTS (
            SELECT FROM measures_plan
            WHERE year = (document ->> 'plan_year')::integer AND status = 'published'))
$$;

-- What a document is cited by: SHA-256 of its text as PostgreSQL prints jsonb.
CREATE OR REPLACE FUNCTION measures_digest(document jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(encode(sha256(convert_to(document::text, 'UTF8')), 'hex'), '')
$$;
