"""The database role that public pages read with."""

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from measures.readers.rights import readable_tables

# Whoever may connect can write large objects, unless the server's administrator forbids it.
LARGE_OBJECTS = (
    "lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lo_unlink(oid)"
)


def grant_reader(name: str) -> None:
    """Create the role if it is missing, and let it SELECT what PUBLIC_MODELS name and nothing else. Raises DatabaseError."""
    role = sql.Identifier(name)
    with transaction.atomic(), connection.cursor() as cursor:

        def run(statement: str, **parts):
            cursor.execute(sql.SQL(statement).format(role=role, **parts))

        # Two servers may start at once on one database cluster.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('futian_reader'))")
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
        if not cursor.rowcount:
            run("CREATE ROLE {role}")
        if settings.EMBEDDED_POSTGRES:
            run("ALTER ROLE {role} LOGIN")  # there is no password: the server is reached by its socket alone
        # From version 16 on, who creates a role may give it away, but not take it.
        takes = "SET" if cursor.connection.info.server_version >= 160000 else "MEMBER"
        cursor.execute("SELECT pg_has_role(current_user, %s, %s)", [name, takes])
        if not cursor.fetchone()[0]:
            run("GRANT {role} TO CURRENT_USER")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        run("GRANT USAGE ON SCHEMA public TO {role}")
        for table in readable_tables():
            run("GRANT SELECT ON {table} TO {role}", table=sql.Identifier(table))
        cursor.execute("SELECT current_database(), current_setting('is_superuser')")
        database, superuser = cursor.fetchone()
        run("REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC", database=sql.Identifier(database))
        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        if superuser == "on":
            run(f"REVOKE EXECUTE ON FUNCTION {LARGE_OBJECTS} FROM PUBLIC")
