from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from futian_reform.operations.pruning import prune


class Command(BaseCommand):
    help = "Removes sessions that have ended, old entries of the sign-in log, and the embedded PostgreSQL's old log."

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=settings.SIGN_IN_LOG_DAYS,
            help="how long the sign-in log is kept (SIGN_IN_LOG_DAYS)",
        )

    def handle(self, *, days, **options):
        if days < 1:
            raise CommandError("--days must be 1 or more.")
        for what, number in prune(days).items():
            self.stdout.write(f"{what}: {number} removed.")
