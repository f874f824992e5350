import os

from django.core.management.base import BaseCommand

from futian_reform.operations.serve import database_server, prepare, serve


class Command(BaseCommand):
    help = "Prepares the database and the static files and serves the site, as `make run` does."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
        parser.add_argument("--prepare-only", action="store_true", help="do not serve")

    def handle(self, *, host, port, workers, prepare_only, **options):
        if prepare_only:
            with database_server(self.say):
                prepare(self.say)
        else:
            serve(host, port, workers, self.say)

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
