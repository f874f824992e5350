"""Scratch databases: where a dump is restored to, before anything relies on it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from .client_tools import client_tools
from .server import site_database


def short(name: str) -> str:
    """The start of a database's name that leaves room for what is put behind it: PostgreSQL cuts names at 63 bytes."""
    return name.encode()[:33].decode(errors="ignore")


@contextmanager
def scratch_database(dump: Path, beside: psycopg.Connection) -> Iterator[str]:
    """A new database with what `dump` holds; dropped at the end unless it was renamed.

    `beside` is the connection of `maintenance()`, so that nobody else's scratch databases can be about.
    """
    drop_abandoned(beside)
    name = f"{short(site_database())}_scratch_{secrets.token_hex(4)}"
    create(name, beside)
    try:
        client_tools(beside).run(
            "pg_restore", "--exit-on-error", "--no-owner", "--no-acl", str(dump), database=name
        )
        yield name
    finally:
        drop(name, beside)


def create(name: str, beside: psycopg.Connection) -> None:
    """Create an empty database that sorts and compares texts as the site's does, where there is one."""
    provider = "datlocale" if beside.info.server_version >= 170000 else "daticulocale"
    locale = beside.execute(
        sql.SQL("SELECT datlocprovider, datcollate, datctype, {} FROM pg_database WHERE datname = %s").format(
            sql.Identifier(provider)
        ),
        [site_database()],
    ).fetchone()
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
    if locale:
        kind, collation, character_type, named = locale
        statement += sql.SQL(" LC_COLLATE {} LC_CTYPE {} LOCALE_PROVIDER {}").format(
            collation, character_type, sql.SQL({"c": "libc", "i": "icu", "b": "builtin"}[kind])
        )
        if named:
            option = {"i": " ICU_LOCALE {}", "b": " BUILTIN_LOCALE {}"}[kind]
            statement += sql.SQL(option).format(named)
    beside.execute(statement)


def drop(name: str, beside: psycopg.Connection) -> None:
    beside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_abandoned(beside: psycopg.Connection) -> None:
    """Drop the scratch databases of runs that were killed."""
    names = beside.execute(
        "SELECT datname FROM pg_database WHERE left(datname, length(%(start)s)) = %(start)s"
        " AND substr(datname, length(%(start)s) + 1) ~ '^[0-9a-f]{8}$' AND pg_has_role(datdba, 'USAGE')",
        {"start": f"{short(site_database())}_scratch_"},
    ).fetchall()
    for (name,) in names:
        drop(name, beside)
