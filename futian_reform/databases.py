"""Which database a request talks to.

A public request runs in one REPEATABLE READ READ ONLY transaction of the alias `reader`: everything it shows is one
snapshot, and it cannot write. All else uses `default`.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.db import connection, transaction

reading_publicly: ContextVar[bool] = ContextVar("reading_publicly", default=False)


@contextmanager
def public_snapshot():
    """All queries inside see one snapshot of the alias `reader`; a write fails in the database."""
    token = reading_publicly.set(True)
    try:
        with transaction.atomic(using="reader"):
            yield
    finally:
        reading_publicly.reset(token)


def current_version(alias: str = "reader"):
    """The data version that public pages see now; inside `public_snapshot()` that of the snapshot."""
    return apps.get_model("measures", "DataVersion").objects.using(alias).get()


@contextmanager
def acting(actor: str, note: str = ""):
    """One transaction whose versions are signed with `actor` and say why in `note`.

    The triggers read both at commit; without them they sign with the database account and the program's name.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('futian.actor', %s, true), set_config('futian.note', %s, true)",
                [actor, note],
            )
        yield


class Router:
    def db_for_read(self, model, **hints):
        return "reader" if reading_publicly.get() else None

    db_for_write = db_for_read

    def allow_relation(self, first, second, **hints):
        return True  # both aliases show the same database

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
