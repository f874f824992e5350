import os
from argparse import SUPPRESS

from django.core.management.base import BaseCommand, CommandError

from futian_reform.operations.prepare import database_server, prepare
from futian_reform.operations.serve import serve


class Command(BaseCommand):
    help = (
        "Prepares the database and the static files and serves the site, as `make run` does. SIGTERM and Ctrl-C stop it. "
        "SIGHUP (systemctl reload) takes new code: a process of its own imports it, runs `check`, collects static files, "
        "migrates and answers a page; only then do new web processes take the place of the old ones, one after another. "
        "Otherwise the old ones stay, and a line says why."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
        parser.add_argument("--prepare-only", action="store_true", help="do not serve")
        parser.add_argument("--prove", type=int, metavar="PID", help=SUPPRESS)  # what SIGHUP starts

    def handle(self, *, host, port, workers, prepare_only, prove: int | None, **options):
        if workers < 1:
            raise CommandError("--workers must be 1 or more.")
        if prove:
            from futian_reform.operations import proof  # needs Django's applications

            proof.prove(prove, self.say)
        elif prepare_only:
            with database_server(self.say):
                prepare(self.say)
        else:
            serve(host, port, workers, self.say)

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
