from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from measures.models.live_sql import differences, live_sql


class Command(BaseCommand):
    help = "Prints the fingerprint of the database's functions, triggers and views, or compares it with this code's."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="fail where they are not those of this code")

    def handle(self, *, check, **options):
        with connection.cursor() as cursor:
            if not check:
                for name, digest in sorted(live_sql(cursor).items()):
                    self.stdout.write(f"{digest} {name}")
            elif found := differences(cursor):
                raise CommandError(
                    f"The database was made by another state of this code: {', '.join(found[:5])}"
                    f"{f' and {len(found) - 5} more' if len(found) > 5 else ''} are not as they should be. Restore the backup made "
                    "before the update with this release (manage.py restore), or see docs/upgrading.md."
                )
