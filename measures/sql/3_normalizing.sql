-- Texts as they are compared and sorted.

-- The same as language.normalising in Python: compatibility forms resolved, accents and tones off, lower case, plain quotes.
CREATE OR REPLACE FUNCTION measures_normalized(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT replace(replace(replace(replace(
        lower(regexp_replace(normalize(t, NFKD), U&'[\0300-\036F]', '', 'g') COLLATE "C") COLLATE "default", -- A to Z
        '“', '"'), '”', '"'), '‘', ''''), '’', '''')
$$;

-- Normalised text without all that is neither a Chinese character nor (`latin`) a letter or digit.
CREATE OR REPLACE FUNCTION measures_only(t text, latin boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT regexp_replace(t, CASE WHEN latin THEN '[^a-z0-9]+' ELSE '[^㐀-䶿一-鿿〇𠀀-𳑿]+' END, ' ', 'g')
$$;

-- The Chinese characters of a normalised text, the pairs of neighbours, and the stems of its words. They are put down as
-- they come, with spaces between; reading that as a tsvector sorts them and drops what is there twice.
CREATE OR REPLACE FUNCTION measures_lexemes(t text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT concat_ws(' ',
        array_to_string(string_to_array(han, NULL), ' '),
        regexp_replace(han, '(..)', '\1 ', 'g'),
        regexp_replace(substr(han, 2), '(..)', '\1 ', 'g'),
        (SELECT string_agg(coalesce((ts_lexize('measures_english', word))[1], word), ' ')
            FROM unnest(tsvector_to_array(measures_only(t, true)::tsvector)) word))::tsvector
    FROM measures_only(t, false) han
$$;

-- The same for a title, each with matching.IN_TITLE before it.
CREATE OR REPLACE FUNCTION measures_title_lexemes(t text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT array_to_tsvector(coalesce(array_agg('^' || lexeme), '{}')) FROM unnest(tsvector_to_array(measures_lexemes(t))) lexeme
$$;

-- What a normalised title is sorted by: its characters in the pinyin of their usual readings.
CREATE OR REPLACE FUNCTION measures_title_key(t text) RETURNS text LANGUAGE sql STABLE STRICT AS $$
    SELECT string_agg(
        coalesce((SELECT syllable FROM measures_reading r WHERE r.character = c.character AND usual LIMIT 1), c.character),
        ' ' ORDER BY c.position)
    FROM string_to_table(t, NULL) WITH ORDINALITY c (character, position)
$$;

CREATE OR REPLACE FUNCTION measures_sorted(tokens text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(DISTINCT token COLLATE "C" ORDER BY token COLLATE "C") FROM unnest(tokens) token
$$;
