"""Giving a new database the name, the rights and the settings of the site's, without an outage that a killed run could prolong."""

import time
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
from django.db import connections
from psycopg import sql

from .server import BackupError, connect_beside

# Whom a role may send away: its own sessions, those of roles that it belongs to, and with pg_signal_backend most others.
END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() AND (
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    OR pg_has_role(usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))
"""


def carry_over(old: str, new: str, beside: psycopg.Connection) -> None:
    """Give `new` the settings of `old`, and who may connect to it: a dump has neither."""
    names = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
    found = beside.execute(
        "SELECT datacl IS NOT NULL, setconfig FROM pg_database"
        " LEFT JOIN pg_db_role_setting ON setdatabase = pg_database.oid AND setrole = 0 WHERE datname = %s",
        [old],
    ).fetchone()
    restricted, configured = found or (False, None)
    for setting in configured or []:
        name, _equals, value = setting.partition("=")
        with beside.transaction():  # a list, such as search_path, can be set in this way alone
            beside.execute("SELECT set_config(%s, %s, true)", [name, value])
            statement = sql.SQL("ALTER DATABASE {new} SET {name} FROM CURRENT")
            beside.execute(statement.format(name=sql.Identifier(*name.split(".")), **names))
    if restricted:
        beside.execute(sql.SQL("REVOKE ALL ON DATABASE {new} FROM PUBLIC").format(**names))
        for grantee, right in beside.execute(
            "SELECT coalesce(rolname, ''), privilege_type FROM pg_database, aclexplode(datacl)"
            " LEFT JOIN pg_roles ON pg_roles.oid = grantee WHERE datname = %s AND grantee <> datdba",
            [old],
        ).fetchall():
            statement = sql.SQL("GRANT {right} ON DATABASE {new} TO {grantee}")
            to = sql.Identifier(grantee) if grantee else sql.SQL("PUBLIC")
            beside.execute(statement.format(right=sql.SQL(right), grantee=to, **names))


def swap(new: str, target: str, old: str, beside: psycopg.Connection) -> bool:
    """Name the database `target`, where there is one, `old`, and the database `new` `target`, in one transaction.

    Renaming locks a database against newcomers and then waits for those inside, for five seconds at most; meanwhile they are
    sent away. Nothing that could stay behind shuts the database, so a run that is killed here leaves it as it was.
    """
    with connect_beside() as renaming, ThreadPoolExecutor(1) as aside, renaming.transaction():
        existed = bool(renaming.execute("SELECT FROM pg_database WHERE datname = %s", [target]).rowcount)
        for name, becomes in [(target, old)] * existed + [(new, target)]:
            statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(name), sql.Identifier(becomes)
            )
            renamed = aside.submit(renaming.execute, statement)
            send_away(name, renamed, beside)
            try:
                renamed.result()
            except psycopg.errors.ObjectInUse as error:
                raise BackupError(in_the_way(name, beside)) from error
    return existed


def send_away(database: str, renamed: Future, beside: psycopg.Connection) -> None:
    """End the sessions in the database until it is renamed: each account that the site knows ends its own."""
    accounts = [beside]
    for alias in connections.settings:
        if alias != "default":
            try:
                accounts.append(connect_beside(alias))
            except BackupError:
                continue  # a replica that is down, or an account that may only read the site's database
    try:
        while not renamed.done():
            for account in accounts:
                account.execute(END_SESSIONS, [database])
            time.sleep(0.05)
    finally:
        for account in accounts[1:]:
            account.close()


def in_the_way(database: str, beside: psycopg.Connection) -> str:
    found = beside.execute("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s", [database])
    names = ", ".join(sorted(str(name) for (name,) in found)) or "somebody who has left since"
    return (
        f"The database {database} is in use by {names}, whose sessions this account may not end. End them, or let an administrator "
        "run: GRANT pg_signal_backend TO <your account>. Nothing was changed."
    )
