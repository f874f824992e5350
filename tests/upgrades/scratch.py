"""Databases that dumps of earlier releases are loaded into, and what they hold."""

import gzip
import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connections
from psycopg import sql

from futian_reform.operations.embedded_postgres import programs


def address(databases, name: str) -> str:
    """As DATABASE_URL and the client programs take it."""
    given = databases.maintenance
    password = f":{quote(given['password'], safe='')}" if given.get("password") else ""
    host, port = quote(str(given.get("host", "")), safe=""), given.get("port", 5432)
    return f"postgresql://{quote(given.get('user', ''), safe='')}{password}@{host}:{port}/{name}"


@contextmanager
def scratch_database(databases, suffix: str, template: str = "template0"):
    """The name of a new database, empty or a copy of one that nobody uses, which goes at the end."""
    name = f"{databases.name}_{suffix}"
    identifier = sql.Identifier(name)
    with psycopg.connect(**databases.maintenance, autocommit=True) as server:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
        server.execute(create.format(identifier, sql.Identifier(template)))
        try:
            yield name
        finally:
            connections.close_all()
            databases.use(databases.name)
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def load(databases, name: str, dump: str = "1.0") -> None:
    """Fill a database with a dump that stands here."""
    subprocess.run(
        [programs() / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", address(databases, name)],
        input=gzip.decompress(Path(__file__).with_name(f"{dump}.sql.gz").read_bytes()),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def contents(databases, name: str) -> dict[str, list[dict]]:
    """Table -> its rows."""
    with psycopg.connect(**databases.maintenance | {"dbname": name}) as database:
        tables = database.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            table: [
                row
                for (row,) in database.execute(
                    sql.SQL("SELECT to_jsonb(t) FROM {} t ORDER BY 1").format(sql.Identifier(table))
                )
            ]
            for (table,) in tables
        }


def as_before(rows: list[dict], before: list[dict]) -> list[str]:
    """The rows without the columns that `before` has not, for comparing."""
    columns = before[0].keys() if before else ()
    return sorted(json.dumps({name: row[name] for name in columns}, sort_keys=True) for row in rows)
