"""The rights of the database role of public pages: read the content, and nothing else."""

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
ORDER BY 1
"""


def readable_tables() -> list[str]:
    models = apps.get_app_config("measures").models_module.PUBLIC_MODELS
    return ["django_migrations", *(model._meta.db_table for model in models)]


def rights_too_many(cursor) -> list[str]:
    """The rights of the session's present role beyond reading the content, such as "write to auth_user"."""
    cursor.execute(TOO_MUCH, {"readable": readable_tables()})
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
