from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from futian_reform.operations.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Writes a backup of the whole database, proves it by restoring it, and prunes old ones."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=settings.FUTIAN_DATA / "backups")
        parser.add_argument("--keep", type=int, default=14, help="how many backups stay (14)")

    def handle(self, *, folder, keep, **options):
        if keep < 1:
            raise CommandError("--keep must be 1 or more.")
        try:
            dump = back_up(folder, keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{dump} is written, and was restored and compared.")
