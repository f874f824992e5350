"""`measures/sql/` is the present state: what the migrations leave in a database is what these files make."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from measures.migrations import __path__ as migrations

SQL = Path(migrations[0]).parent / "sql"
DEFINITIONS = """
    SELECT 'function ' || oid::regprocedure, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'measures\\_%'
    UNION ALL
    SELECT 'trigger ' || tgname || ' on ' || tgrelid::regclass, pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL
    SELECT 'view ' || oid::regclass, pg_get_viewdef(oid) || reloptions::text FROM pg_class
    WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
"""
DROP = """
    SELECT format('DROP VIEW %s', oid::regclass) FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('DROP FUNCTION %s CASCADE', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'measures\\_%'
"""


@pytest.fixture
def scratch(databases):
    """A connection to a copy of the migrated database, which goes at the end."""
    name = sql.Identifier(f"{databases.name}_sql")
    with psycopg.connect(**databases.maintenance, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(databases.pristine))
        )
        try:
            with psycopg.connect(**databases.maintenance | {"dbname": f"{databases.name}_sql"}) as connection:
                yield connection
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_the_live_functions_triggers_and_views_are_those_of_the_files(scratch):
    live = dict(scratch.execute(DEFINITIONS).fetchall())
    assert len(live) > 60
    with scratch.transaction():
        for (statement,) in scratch.execute(DROP).fetchall():
            scratch.execute(statement)
        assert scratch.execute(DEFINITIONS).fetchall() == []
        for path in sorted(SQL.glob("*.sql")):
            scratch.execute(path.read_text(encoding="utf-8"))
    made = dict(scratch.execute(DEFINITIONS).fetchall())
    assert sorted(made) == sorted(live)
    assert {name for name in live if made[name] != live[name]} == set()


def test_the_files_can_be_run_on_a_database_that_has_them(scratch):
    live = dict(scratch.execute(DEFINITIONS).fetchall())
    for path in sorted(SQL.glob("*.sql")):
        scratch.execute(path.read_text(encoding="utf-8"))
    assert dict(scratch.execute(DEFINITIONS).fetchall()) == live
