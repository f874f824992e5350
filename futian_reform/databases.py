"""Which database a request talks to.

A public request runs in one REPEATABLE READ READ ONLY transaction of the alias `reader`: everything it shows is one
snapshot, and it cannot write. All else uses `default`.
"""

from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.http import StreamingHttpResponse

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


class SnapshotStream(StreamingHttpResponse):
    """An answer whose rows are read while it is sent. It keeps the request's snapshot until its end.

    So its rows, its count and the data version in its headers belong together. A server closes what it sends, also when
    the reader goes away; the connection's idle_in_transaction_session_timeout ends the snapshot of one who stalls.
    """

    def keep(self, snapshot: ExitStack) -> None:
        self._resource_closers.append(snapshot.close)
        self.streaming_content = self._within(snapshot, self.streaming_content)

    @staticmethod
    def _within(snapshot, chunks):
        with snapshot:  # also at the end, should a server forget to close
            yield from chunks


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
