"""The scratch database of a benchmark: named by the caller, never a site's by default, and prepared as `make run` prepares one."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

import django
from django.core.exceptions import ImproperlyConfigured

NOT_NAMED = (
    "Name a scratch database in DATABASE_URL, or a new folder in FUTIAN_DATA for a PostgreSQL of its own: "
    "FUTIAN_DATA=/tmp/scratch .venv/bin/python -m benchmarks.generate 100000. It must not be the database of a site."
)
HAS_ACCOUNTS = f"This database has accounts of staff, so that it is taken for a site's, and nothing was changed. {NOT_NAMED}"


def say(message: str) -> None:
    """Tell the user of a benchmark how far it is, apart from the figures."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def scratch_database(say: Callable[[str], None] = say, *, fill: bool = False) -> Iterator[str]:
    """Run the block with Django set up on the scratch database, whose address it is given.

    With `fill` it is refused where staff have accounts: that database is taken for a site's.
    """
    if not any(os.environ.get(name, "").strip() for name in ("DATABASE_URL", "FUTIAN_DATA")):
        raise SystemExit(NOT_NAMED)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_reform.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None
    # These read the settings when they are imported.
    from django.conf import settings
    from django.db import OperationalError

    from futian_reform.operations.embedded_postgres import EmbeddedPostgresError
    from futian_reform.operations.prepare import ServeError, database_server, explain, prepare

    server = settings.EMBEDDED_POSTGRES
    try:
        with database_server(say):
            if fill and has_accounts():
                raise SystemExit(HAS_ACCOUNTS)
            with redirect_stdout(sys.stderr):
                prepare(say)
            yield server.url() if server else os.environ["DATABASE_URL"]
    except (EmbeddedPostgresError, ServeError) as error:
        raise SystemExit(str(error)) from None
    except OperationalError as error:
        raise SystemExit(str(explain(error))) from None


def has_accounts() -> bool:
    from django.contrib.auth import get_user_model
    from django.db import connection

    users = get_user_model()
    return users._meta.db_table in connection.introspection.table_names() and users.objects.exists()
