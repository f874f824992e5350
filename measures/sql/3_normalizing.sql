-- Texts as they are compared and sorted.

-- One plain form of every text, the same as normalising.normalized() in Python: compatibility forms resolved; accents, tones,
-- quotes and what is not seen gone; one sign for all dashes; lower case. The ranges are those of language/unicode_ranges.py.
CREATE OR REPLACE FUNCTION measures_normalized(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT lower(regexp_replace(regexp_replace(normalize(t, NFKD),
        '[\u00ad\u0300-\u036f\u0485-\u0486\u061c\u064b-\u0655\u0670\u0951-\u0954\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u1ab0-\u1af0\u1cd0-\u1cd2\u1cd4-\u1ce0\u1ce2-\u1ce8\u1ced\u1cf4\u1cf8-\u1cf9\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20f0\u302a-\u302d\u3099-\u309a\u3164\ufe00-\ufe0f\ufe20-\ufe2d\ufeff\uffa0\ufff0-\ufff8\U000101fd\U000102e0\U0001133b\U0001bca0-\U0001bca3\U0001cf00-\U0001cf2d\U0001cf30-\U0001cf46\U0001d127-\U0001d128\U0001d167-\U0001d169\U0001d173-\U0001d182\U0001d185-\U0001d18b\U0001d1aa-\U0001d1ad\U0001d25b-\U0001d25c\U000e0000-\U000e0fff\u0022\u00ab\u00bb\u201c-\u201f\u2e42\u300c-\u300f\u301d-\u301f\ufe41-\ufe44\uff02\uff62-\uff63\u0027\u02bc\u2018-\u201b\u2039-\u203a\uff07]', '', 'g'),
        '[\u058a\u05be\u1400\u1806\u2010-\u2015\u2053\u207b\u208b\u2212\u2e17\u2e1a\u2e3a-\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31-\ufe32\ufe58\ufe63\uff0d\U00010d6e\U00010ead]', '-', 'g') COLLATE "C") COLLATE "default" -- A to Z
$$;

-- Normalised text without all that is neither a Chinese character nor (`latin`) a letter or digit.
CREATE OR REPLACE FUNCTION measures_only(t text, latin boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT regexp_replace(t, CASE WHEN latin THEN '[^a-z0-9]+' ELSE
        '[^\u3007\u3400-\u4dbf\u4e00-\u9fff\ufa0e-\ufa0f\ufa11\ufa13-\ufa14\ufa1f\ufa21\ufa23-\ufa24\ufa27-\ufa29\U00020000-\U0002a6df\U0002a700-\U0002b81e\U0002b820-\U0002cead\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d\U00030000-\U0003134a\U00031350-\U00033479]+' END, ' ', 'g')
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
