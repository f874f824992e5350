#!/usr/bin/env python
"""Every command of the site. Also read by Pythons that are too old for it, so that they can say so."""

import os
import signal
import sys

# These run without a database; `serve` brings up its own.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "serve",
    "version",
}


def main(arguments):
    if sys.version_info < (3, 11):  # noqa: UP036  an older one must be told, not fail
        sys.exit(
            f"This is Python {sys.version.split()[0]}, and the site needs 3.11 or newer. Install one (Debian, Ubuntu: "
            "apt install python3.11 python3.11-venv) and start again with: make run PYTHON=python3.11"
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_reform.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError, ProgrammingError

        from futian_reform.operations.embedded_postgres import EmbeddedPostgresError
        from futian_reform.operations.prepare import ServeError, explain
    except ImportError as error:
        sys.exit(
            f"The packages of the site are not installed for this Python ({error}). Run `make run`, which installs "
            "them in .venv; then use .venv/bin/python manage.py."
        )
    # Unlike the default these let the database be stopped. `serve` has handlers of its own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        with database_for(arguments):
            execute_from_command_line(arguments)
    except (ImproperlyConfigured, EmbeddedPostgresError, ServeError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(str(explain(error)))
    except ProgrammingError as error:
        sys.exit(without_tables(error))


def database_for(arguments):
    from contextlib import nullcontext

    from django.conf import settings

    from futian_reform.operations.prepare import database_in_words

    command = arguments[1] if len(arguments) > 1 else "help"
    asks_for_help = not {"-h", "--help", "--version"}.isdisjoint(arguments)
    if command in WITHOUT_DATABASE or asks_for_help:
        return nullcontext()
    # On the other stream, since some commands write data on the first.
    sys.stderr.write(f"Database: {database_in_words()}\n")
    return settings.EMBEDDED_POSTGRES.session() if settings.EMBEDDED_POSTGRES else nullcontext()


def without_tables(error):
    """What to do about a database that was never set up, or not for this code; any other error is raised as it is."""
    from django.conf import settings
    from psycopg.errors import UndefinedTable

    if not isinstance(error.__cause__, UndefinedTable):
        raise error
    reason = str(error).partition("\n")[0]
    return (
        f"The database {settings.DATABASES['default']['NAME']} is not set up for this code ({reason}). Set it up with "
        "`.venv/bin/python manage.py serve --prepare-only`, or start the site with `make run`."
    )


if __name__ == "__main__":
    main(sys.argv)
