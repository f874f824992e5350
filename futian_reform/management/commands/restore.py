from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from futian_reform.operations.backups.one_record import bring_back
from futian_reform.operations.backups.restore import restore
from futian_reform.operations.backups.server import BackupError


class Command(BaseCommand):
    help = "Replaces the database by a backup, after proving it; the site may run meanwhile."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("dump", type=Path, help="the .dump file; its .json lies beside it")

        parser.add_argument(
            "--only",
            nargs=2,
            metavar=("KIND", "KEY"),
            help="bring one record back and leave all else as it is, such as --only measure 2020-05",
        )

    def handle(self, *, dump, only, **options):
        try:
            if only:
                number = bring_back(dump, *only)
                self.stdout.write(f"{' '.join(only)} is as version {number} in {dump.name} says.")
                return
            done = restore(dump)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The database is as {dump.name} says.")
        if done.migrated:
            self.stdout.write(
                f"The backup was of an older release; {done.migrated} migrations were applied to it."
            )
        if done.kept_as:
            self.stdout.write(
                f"What it was before is kept in the database {done.kept_as}; drop it when you do not need it."
            )
