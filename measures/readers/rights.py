"""What the database role of public pages may do: read the content, and nothing else."""

from django.apps import apps
from django.conf import settings
from django.db import OperationalError

# The roles that the session has or could take, and the tables of the site; each row of the result is one right too many.
TOO_MUCH = """
WITH could_be AS (SELECT oid, rolsuper, rolcreaterole FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')),
tables AS (SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm'))
SELECT 'be a superuser' FROM could_be WHERE rolsuper
UNION SELECT 'create roles' FROM could_be WHERE rolcreaterole
UNION SELECT 'create tables' FROM could_be WHERE has_schema_privilege(could_be.oid, 'public', 'CREATE')
UNION SELECT 'write to ' || relname FROM could_be, tables
    WHERE has_any_column_privilege(could_be.oid, tables.oid, 'INSERT, UPDATE')
    OR has_table_privilege(could_be.oid, tables.oid, 'DELETE, TRUNCATE')
UNION SELECT 'read ' || relname FROM could_be, tables
    WHERE relname <> ALL(%(readable)s) AND has_any_column_privilege(could_be.oid, tables.oid, 'SELECT')
UNION SELECT format('read %%s of %%s', attname, relname)
    FROM could_be, tables JOIN pg_attribute ON attrelid = tables.oid
    WHERE relname || '.' || attname = ANY(%(for_staff)s)
    AND has_column_privilege(could_be.oid, tables.oid, attnum, 'SELECT')
ORDER BY 1
"""


def readable_tables() -> dict[str, list[str]]:
    """The tables that public pages may read, each with the columns that they may not.

    A model keeps columns from them by naming them in `staff_columns`, and its whole table by `staff_columns = "*"`.
    """
    tables = {"django_migrations": []}
    for model in apps.get_app_config("measures").get_models(include_auto_created=True):
        for_staff = getattr(model, "staff_columns", ())
        if for_staff != "*":
            tables[model._meta.db_table] = [model._meta.get_field(name).column for name in for_staff]
    return tables


def rights_too_many(cursor) -> list[str]:
    """What the session's present role may do beyond reading the content, such as "write to auth_user"."""
    tables = readable_tables()
    for_staff = [f"{table}.{column}" for table, columns in tables.items() for column in columns]
    cursor.execute(TOO_MUCH, {"readable": list(tables), "for_staff": for_staff})
    return [right for (right,) in cursor.fetchall()]


class RightsRefused(OperationalError):
    """The connection could do more than a public page may."""


def refusal(name: str, rights: list[str]) -> str:
    shown = ", ".join(rights[:5]) + (f" and {len(rights) - 5} more" if len(rights) > 5 else "")
    role = settings.READER_ROLE or "futian_reader"
    return (
        f"The account that public pages read {name} with can {shown}. Let an administrator make one that can only read "
        f"(CREATE ROLE site_reader LOGIN PASSWORD '...' IN ROLE {role}) and name it in DATABASE_READER_URL, or leave "
        "DATABASE_READER_URL empty."
    )
