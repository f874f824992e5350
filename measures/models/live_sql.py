"""The functions, triggers and views that a database has, compared with those of `sql/`, which its migrations leave.

Only what every version of PostgreSQL keeps or prints alike is compared. `sql/fingerprint.txt` holds what is expected; a test
holds it against a migrated database, and `manage.py live_sql > measures/sql/fingerprint.txt` writes it.
"""

from functools import cache
from pathlib import Path

FINGERPRINT = Path(__file__).resolve().parent.parent / "sql" / "fingerprint.txt"
LIVE = """
SELECT 'function ' || proname || '(' || pg_get_function_identity_arguments(oid) || ')',
    md5(prosrc || ' ' || provolatile::text || proparallel::text || prosecdef || proisstrict || prorettype::regtype)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'measures\\_%'
UNION ALL
SELECT 'trigger ' || tgname || ' on ' || relname,
    md5(tgtype || ' ' || tgenabled::text || tgdeferrable || tginitdeferred || proname || ' ' || encode(tgargs, 'hex')
        || ' ' || coalesce((SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute
            WHERE attrelid = tgrelid AND attnum = ANY(tgattr)), ''))
FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
UNION ALL
-- From version 16 on, names are not printed with their table where they need not be; and a restored view prints other casts.
SELECT 'view ' || relname,
    md5(regexp_replace(pg_get_viewdef(oid), 'measures_version\\.|::(text|jsonb|character varying)(\\[\\])?|[()\\s;]', '', 'g')
        || coalesce(reloptions::text, ''))
FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
"""


def live_sql(cursor) -> dict[str, str]:
    """A digest of each, by kind and name."""
    cursor.execute(LIVE)
    return dict(cursor.fetchall())


@cache
def expected_sql() -> dict[str, str]:
    lines = FINGERPRINT.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _space, name in (line.partition(" ") for line in lines)}


def differences(cursor) -> list[str]:
    """The names of those that are missing, are not expected, or are not as expected."""
    live, expected = live_sql(cursor), expected_sql()
    return sorted(name for name in live.keys() | expected.keys() if live.get(name) != expected.get(name))
