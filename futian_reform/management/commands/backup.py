from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from futian_reform.operations.backups.dump import back_up
from futian_reform.operations.backups.server import BackupError


class Command(BaseCommand):
    help = "Writes a backup of the whole database, proves it by restoring it, has it copied, and removes old ones."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BACKUP_FOLDER)
        parser.add_argument(
            "--days", type=int, default=settings.BACKUP_DAYS, help="how long a backup stays (BACKUP_DAYS)"
        )
        parser.add_argument("--keep", type=int, default=3, help="how many stay however old they are (3)")
        parser.add_argument(
            "--copy-with",
            default=settings.BACKUP_COPY_WITH,
            metavar="PROGRAM",
            help="is run with the paths of the dump and its manifest, to copy them elsewhere (BACKUP_COPY_WITH)",
        )

    def handle(self, *, folder, days, keep, copy_with, **options):
        if keep < 1 or days < 0:
            raise CommandError("--keep must be 1 or more, and --days 0 or more.")
        try:
            dump = back_up(folder, keep, days, copy_with)
        except BackupError as error:
            raise CommandError(str(error)) from error
        copied = f", and {copy_with} has copied it" if copy_with else ""
        self.stdout.write(f"{dump} is written, and was restored and compared{copied}.")
