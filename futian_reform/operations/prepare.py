"""Preparing what a web process needs before it can answer: database, content, static files."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connections
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg.errors import InsufficientPrivilege

from .backups.dump import back_up
from .backups.server import BackupError
from .unknown_migrations import unknown_migrations

Say = Callable[[str], None]
REMEDIES = {
    "password": "Correct user and password in DATABASE_URL; special characters in it are percent-encoded.",
    "does not exist": "Create it on that server, or correct DATABASE_URL.",
    "No space left on device": "The server's disk is full: free some space. Everything saved so far is kept.",
    "permission denied": "Make this account the owner of the database, or name another account in DATABASE_URL.",
}


class ServeError(Exception):
    """One paragraph that says what is wrong and what to do about it."""


def prepare(say: Say) -> None:
    """Bring the database, its content and the static files up to this code. Raises ServeError."""
    try:
        prepare_database(say)
    except OperationalError as error:
        raise explain(error) from error
    except DatabaseError as error:
        if isinstance(error, MigrationSchemaMissing) or isinstance(error.__cause__, InsufficientPrivilege):
            raise explain(error.__context__) from error
        raise
    except CommandError as error:
        raise ServeError(str(error)) from error
    collect_static_files(say)


def database_in_words() -> str:
    """The database that this is about, without a password."""
    if settings.EMBEDDED_POSTGRES:
        return f"the embedded PostgreSQL in {settings.EMBEDDED_POSTGRES.state_dir}"
    database = settings.DATABASES["default"]
    return f"{database['NAME']} on {database['HOST'] or 'this machine'}"


def database_server(say: Say):
    """A context in which the database server runs."""
    if settings.EMBEDDED_POSTGRES:
        say(f"Starting PostgreSQL in {settings.EMBEDDED_POSTGRES.state_dir}.")
        return settings.EMBEDDED_POSTGRES.session()
    say(f"Connecting to the database {database_in_words()}.")
    wait_for_database(say)
    return nullcontext()


def wait_for_database(say: Say) -> None:
    """Until the server lets somebody in, or DATABASE_WAIT seconds; what waiting cannot mend is left to `prepare`."""
    deadline = time.monotonic() + settings.DATABASE_WAIT
    connection = connections["default"].copy()
    said = False
    while time.monotonic() < deadline:
        try:
            with closing(connection):
                connection.ensure_connection()
            return
        except OperationalError as error:
            if any(symptom in str(error) for symptom in REMEDIES):
                return
            if not said:
                say(f"{explain(error)} Waiting for it for {settings.DATABASE_WAIT} seconds.")
                said = True
        time.sleep(1)


def explain(error: BaseException) -> ServeError:
    """The message that says what to do about a database that cannot be reached or used."""
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    database = settings.DATABASES["default"]
    remedy = next(
        (remedy for symptom, remedy in REMEDIES.items() if symptom in reason),
        "Start that server, or correct DATABASE_URL. Without DATABASE_URL the site starts a PostgreSQL of its own.",
    )
    return ServeError(f"The database {database['NAME']} cannot be used: {reason}. {remedy}")


@contextmanager
def alone_with_the_database() -> Iterator[None]:
    """One `serve` at a time prepares a database. This is the first contact with it."""
    connection = connections["default"].copy()
    with closing(connection):
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('futian_reform.serve'))")
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
            )
            version, encoding = cursor.fetchone()
        if version < 150000:
            raise ServeError(
                f"DATABASE_URL names a PostgreSQL {version // 10000}; version 15 or newer is needed."
            )
        if encoding != "UTF8":
            raise ServeError(
                f"The database is encoded in {encoding}. Create one in UTF8 and name it in DATABASE_URL."
            )
        yield


def prepare_database(say: Say) -> None:
    try:
        with alone_with_the_database():
            executor = MigrationExecutor(connections["default"])
            refuse_newer_database(executor.loader)
            if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
                if settings.BACKUP_BEFORE_MIGRATIONS and executor.loader.applied_migrations:
                    back_up_before(say)
                say(f"Applying {len(plan)} migrations.")
                call_command("migrate", interactive=False, verbosity=0)
            call_command("live_sql", check=True)
            call_command("load_content")
            call_command("reader_role")
    finally:
        connections.close_all()


def back_up_before(say: Say) -> None:
    """Write a backup that is proved; without one nothing is migrated. Raises ServeError."""
    say(f"Writing a backup into {settings.BACKUP_FOLDER} before the migrations.")
    try:
        back_up(
            settings.BACKUP_FOLDER, keep=3, days=settings.BACKUP_DAYS, copy_with=settings.BACKUP_COPY_WITH
        )
    except BackupError as error:
        raise ServeError(
            f"{error} Nothing was migrated: mend that, or do without by an empty BACKUP_BEFORE_MIGRATIONS."
        ) from error


def refuse_newer_database(loader: MigrationLoader) -> None:
    if unknown := unknown_migrations(loader):
        raise ServeError(
            f"The database is newer than this code: it has the migration {unknown[-1]}, unknown here. Nothing was "
            "changed. Update the code (git pull), restore the backup made before the update, or name another "
            "directory in FUTIAN_DATA."
        )


def collect_static_files(say: Say) -> None:
    """Collect, hash and compress static files, unless what would come out is there already."""
    digest = hashlib.sha256(repr(settings.STORAGES).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    try:
        with (settings.FUTIAN_DATA / "static.stamp").open("a+") as stamp:
            fcntl.flock(stamp, fcntl.LOCK_EX)  # two servers may start at once on one directory
            stamp.seek(0)
            manifest = settings.STATIC_ROOT / "staticfiles.json"
            is_whole = manifest.exists() and manifest.read_bytes().rstrip().endswith(b"}")
            if is_whole and stamp.read() == digest.hexdigest():
                return
            say("Collecting static files.")
            if not is_whole:  # as a crash may leave it; whoever reads it refuses it
                manifest.unlink(missing_ok=True)
            stamp.truncate(0)
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write(digest.hexdigest())
    except OSError as error:
        raise ServeError(
            f"Static files cannot be collected in {settings.STATIC_ROOT} ({error.strerror}). Free some space, or make "
            "the directory writable for this user."
        ) from error
