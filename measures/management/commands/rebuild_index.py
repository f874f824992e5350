from django.core.management.base import BaseCommand
from django.db import connection, transaction


class Command(BaseCommand):
    help = "Makes what lists and searches read anew from the versions, the past included."

    def handle(self, **options):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SELECT measures_rebuild_index()")
            cursor.nextset()
            (mended,) = cursor.fetchone()
        self.stdout.write(
            f"{mended} rows were not as they should have been and were made anew."
            if mended
            else "Every row was as it should be."
        )
