from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from psycopg import sql


class Command(BaseCommand):
    help = "Creates or refreshes the role that public pages read with: SELECT on the content, nothing else."

    def handle(self, **options):
        if not settings.READER_ROLE:
            self.stdout.write(
                "DATABASE_READER_ROLE is empty: public pages read with the account of DATABASE_URL."
            )
            return
        try:
            grant_reader(settings.READER_ROLE)
        except DatabaseError as error:
            raise CommandError(
                f"The role {settings.READER_ROLE} cannot be set up ({str(error).strip()}). Let an administrator of the "
                f"database run: CREATE ROLE {settings.READER_ROLE}; GRANT {settings.READER_ROLE} TO <your account>; "
                "or set DATABASE_READER_ROLE= (empty) to let public pages read with the account of DATABASE_URL."
            ) from error
        self.stdout.write(f"The role {settings.READER_ROLE} can read the content and nothing else.")


def grant_reader(name: str) -> None:
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("measures").get_models(include_auto_created=True)
    ]
    role = sql.Identifier(name)
    with transaction.atomic(), connection.cursor() as cursor:
        # Two servers may start at once on one database cluster.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('futian_reader'))")
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
        if not cursor.rowcount:
            cursor.execute(sql.SQL("CREATE ROLE {}").format(role))
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [name])
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(
            sql.SQL("GRANT SELECT ON {} TO {}").format(
                sql.SQL(", ").join(map(sql.Identifier, [*tables, "django_migrations"])), role
            )
        )
