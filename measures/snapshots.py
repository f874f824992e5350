"""The database that a request talks to.

A public request runs in one REPEATABLE READ READ ONLY transaction of the alias `reader`: everything it shows is one
snapshot, and it cannot write. All else uses `default`. `readers/` decides which server the alias leads to.
"""

import sys
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, connections, transaction
from django.http import StreamingHttpResponse

from .readers.choice import readers
from .readers.versions import is_behind, newest_version

# The data version of the snapshot that is read; None outside of public requests.
public_version: ContextVar = ContextVar("public_version", default=None)
# The data version of the past that a request asks to be shown; None for the present.
asked_moment: ContextVar = ContextVar("asked_moment", default=None)


@contextmanager
def public_snapshot():
    """All queries inside see one snapshot of the alias `reader`, of the version it gives; a write fails in the database.

    The alias leads to whichever server was chosen: see readers/.
    """
    snapshot = readers().open()
    token = public_version.set(snapshot.version)
    try:
        yield snapshot.version
    finally:
        public_version.reset(token)
        snapshot.end(*sys.exc_info())


def reader_is_lost() -> bool:
    """Whether the server of this snapshot went away, and another may answer."""
    lost = connections["reader"].connection
    return len(readers().all) > 1 and (lost is None or lost.closed)


def current_version(alias: str = "reader"):
    """The data version that public pages see now; inside `public_snapshot()` that of the snapshot.

    Where no reader that answers has the newest one that is known, it is still that: who keeps pages does not go back to
    older ones because of a reader that is behind.
    """
    if alias != "reader" or public_version.get():
        return newest_version(alias)
    with public_snapshot() as version:
        newest = readers().newest()
        return newest if is_behind(version, newest) else version


class SnapshotStream(StreamingHttpResponse):
    """An answer whose rows are read while it is sent: it takes the request's snapshot with it.

    So its rows, its count and the data version in its headers belong together. The snapshot's connection is its own from
    then on, and ends with it: also when the reader goes away, or stalls for idle_in_transaction_session_timeout.
    """

    snapshot = version = None

    def take_snapshot(self) -> None:
        self.snapshot, self.version = connections["reader"], public_version.get()
        self.snapshot.inc_thread_sharing()  # whichever thread lets go of the answer closes it
        connections["reader"] = connections.create_connection("reader")
        self._chunks = self.streaming_content
        self.streaming_content = self._read()
        self._resource_closers.append(self._end)

    @contextmanager
    def _in_snapshot(self):
        usual, token = connections["reader"], public_version.set(self.version)
        connections["reader"] = self.snapshot
        try:
            yield
        finally:
            connections["reader"] = usual
            public_version.reset(token)

    def _read(self):
        try:
            while True:
                with self._in_snapshot():
                    chunk = next(self._chunks, None)
                if chunk is None:
                    return
                yield chunk
        finally:
            self._end()

    def _end(self) -> None:
        if self.snapshot.connection is not None:
            self._chunks = iter(())
            self.snapshot.close()


@contextmanager
def editing_as(actor: str, note: str = "", private_note: str = ""):
    """One transaction whose versions are signed with `actor` and say why in `note`, to staff alone in `private_note`.

    The triggers read them at commit; without them they sign with the database account and the program's name.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('futian.actor', %s, true), set_config('futian.note', %s, true),"
                " set_config('futian.private_note', %s, true)",
                [actor, note, private_note],
            )
        yield


class Router:
    def db_for_read(self, model, **hints):
        return "reader" if public_version.get() else None

    db_for_write = db_for_read

    def allow_relation(self, first, second, **hints):
        return True  # both aliases show the same database

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
