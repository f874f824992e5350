from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from futian_reform.operations.backups import BackupError, restore


class Command(BaseCommand):
    help = "Replaces the database by a backup, after proving it; the site may run meanwhile."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("dump", type=Path, help="the .dump file; its .json lies beside it")

    def handle(self, *, dump, **options):
        try:
            old = restore(dump)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The database is as {dump.name} says.")
        if old:
            self.stdout.write(
                f"What it was before is kept in the database {old}; drop it when you do not need it."
            )
