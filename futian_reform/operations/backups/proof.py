"""Contents of a database, so that a copy can be compared with it."""

import psycopg
from psycopg import sql

from .server import BackupError, parameters

# Texts of values depend on these.
STEADY = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET extra_float_digits = 1; SET statement_timeout = 0"


def contents(connection: psycopg.Connection) -> dict:
    """The data version, and of every table the number of its rows and a checksum of them."""
    connection.execute(STEADY)
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relpersistence = 'p' ORDER BY relname"
    ).fetchall()
    held = {}
    for (table,) in tables:
        # Row by row, so that no table has to fit into one value; the sum does not depend on an order.
        held[table] = connection.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(('x' || left(digest, 15))::bit(60)::bigint::numeric), 0)::text || '/' ||"
                " coalesce(sum(('x' || right(digest, 15))::bit(60)::bigint::numeric), 0)::text"
                " FROM (SELECT md5(t::text) AS digest FROM {} t) rows"
            ).format(sql.Identifier(table))
        ).fetchone()
    version = connection.execute(
        "SELECT number, at::text FROM measures_dataversion ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return {"data_version": list(version), "tables": {name: list(values) for name, values in held.items()}}


def compare(database: str, held: dict) -> None:
    """Raise BackupError unless the database holds what `held`, the contents of another, says."""
    with psycopg.connect(**parameters(database)) as connection:
        found = contents(connection)
        connection.execute("ANALYZE")  # no backup holds the planner's statistics
    if found != {name: held[name] for name in found}:
        tables = {**held["tables"], **found["tables"]}
        wrong = [name for name in tables if held["tables"].get(name) != found["tables"].get(name)]
        raise BackupError(
            f"What the backup restores to is not what was backed up ({', '.join(wrong) or 'data version'}). Nothing was changed."
        )
