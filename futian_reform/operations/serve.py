"""From a checkout to a served site, as `make run` does it: port, database, content, static files, server.

The production server (granian) runs in this process and its workers in processes of their own. Whatever happens to
this process, kill -9 included, the workers end with it; PostgreSQL may stay and is adopted by the next start.
"""

import errno
import fcntl
import hashlib
import http.client
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from multiprocessing import reduction
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connections
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder, SocketSpec
from psycopg.errors import InsufficientPrivilege

from .embedded_postgres import EmbeddedPostgresError, die_with_parent

Say = Callable[[str], None]
REMEDIES = {
    "password": "Correct user and password in DATABASE_URL; special characters in it are percent-encoded.",
    "does not exist": "Create it on that server, or correct DATABASE_URL.",
    "No space left on device": "The server's disk is full: free some space. Everything saved so far is kept.",
    "permission denied": "Make this account the owner of the database, or name another account in DATABASE_URL.",
}


class ServeError(Exception):
    """One paragraph that says what is wrong and what to do about it."""


def serve(host: str, port: str, workers: int, say: Say) -> None:
    """Prepare everything, serve until SIGINT or SIGTERM, and stop what was started. Raises ServeError."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        free_address(host, port)
        say(f"Port {port} is free.")
        with database_server(say):
            prepare(say)
            address = free_address(host, port)  # somebody may have been faster meanwhile
            run(address, int(port), workers, say)
    except KeyboardInterrupt:
        pass
    say("Stopped.")


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


def free_address(host: str, port: str) -> str:
    """The numeric address to listen on, after making sure that nobody else does. Raises ServeError."""
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        raise ServeError(f"PORT is {port!r}; give it a whole number from 1 to 65535, such as 8000.")
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except socket.gaierror as error:
        raise ServeError(f"HOST is {host!r}, which is no address of this machine. Try 127.0.0.1.") from error
    except OSError as error:
        raise ServeError(
            {
                errno.EADDRINUSE: f"Port {port} of {host} is taken by another program. Stop that program, or choose "
                "another port: make run PORT=8001.",
                errno.EACCES: f"This account may not open port {port}. Choose one above 1023: make run PORT=8000.",
            }.get(error.errno, f"{host} port {port} cannot be opened ({error.strerror}). Try HOST=127.0.0.1.")
        ) from error
    return target[0]


def database_server(say: Say):
    """A context in which the database server runs."""
    if settings.EMBEDDED_POSTGRES:
        say(f"Starting PostgreSQL in {settings.EMBEDDED_POSTGRES.state_dir}.")
        return settings.EMBEDDED_POSTGRES.session()
    database = settings.DATABASES["default"]
    say(f"Connecting to the database {database['NAME']} on {database['HOST'] or 'this machine'}.")
    return nullcontext()


def explain(error: BaseException) -> ServeError:
    """What to do about a database that cannot be reached or used."""
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    database = settings.DATABASES["default"]
    remedy = next(
        (remedy for symptom, remedy in REMEDIES.items() if symptom in reason),
        "Start that server, or correct DATABASE_URL. Without DATABASE_URL the site starts a PostgreSQL of its own.",
    )
    return ServeError(f"The database {database['NAME']} cannot be used: {reason}. {remedy}")


@contextmanager
def alone_with_the_database() -> Iterator[None]:
    """One `serve` at a time prepares a database. Also the first contact, without the pool that would hide errors."""
    connection = connections["default"].copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
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
                say(f"Applying {len(plan)} migrations.")
                call_command("migrate", interactive=False, verbosity=0)
            call_command("live_sql", check=True)
            call_command("load_content")
            call_command("reader_role")
    finally:
        for connection in connections.all():
            connection.close()
            connection.close_pool()


def refuse_newer_database(loader: MigrationLoader) -> None:
    ours = {
        config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR
    }
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    if unknown := sorted(name for app, name in set(loader.applied_migrations) - known if app in ours):
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
            if stamp.read() == digest.hexdigest() and (settings.STATIC_ROOT / "staticfiles.json").exists():
                return
            say("Collecting static files.")
            stamp.truncate(0)
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write(digest.hexdigest())
    except OSError as error:
        raise ServeError(
            f"Static files cannot be collected in {settings.STATIC_ROOT} ({error.strerror}). Free some space, or make "
            "the directory writable for this user."
        ) from error


def run(address: str, port: int, workers: int, say: Say) -> None:
    """Serve until a signal ends it."""
    os.environ.update(HOST=address, PORT=str(port))  # the workers read their settings anew
    # A forked worker would keep the code that this process was started with.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "futian_reform.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=64,  # more than requests and downloads that wait (page_cache.py, single_flight.py)
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=128 * 1024),
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
        respawn_failed_workers=True,
        respawn_interval=2.5,
        workers_kill_timeout=4,
    )
    ending = threading.Event()
    watcher = threading.Thread(target=watch, args=(server, ending, say))
    watcher.start()
    try:
        server.serve(target_loader=load_application)
    except RuntimeError as error:
        reason = str(error).partition("\n")[0]
        raise ServeError(
            f"The server cannot listen on {address} port {port}: {reason}. Try another port."
        ) from error
    finally:
        ending.set()
        watcher.join()


class Server(Granian):
    """Granian, whose workers accept from one listening socket that outlives each of them.

    By default each has its own. What waits in the socket of a worker that ends is lost, and while an old worker is gone and
    the new one not yet there, which on a busy machine takes seconds, connections are refused.

    A connection waits in that socket until its request arrives (Linux only, a second at most): a worker that is told to end
    closes each connection on which it has read nothing yet (hyper's issue 3792).
    """

    def _init_shared_socket(self):
        self._shd = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        self._sso = None
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            with closing(socket.socket(fileno=os.dup(self._shd.get_fd()))) as listening:
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)


def pass_on(holder: SocketHolder):
    """How a listening socket is pickled for a spawned process: with a duplicate of its descriptor."""
    descriptor, *rest = holder.__getstate__()
    return receive, (reduction.DupFd(descriptor), *rest)


def receive(descriptor, *rest) -> SocketHolder:
    return SocketHolder(descriptor.detach(), *rest)


reduction.register(SocketHolder, pass_on)


def load_application(target: str):
    """Runs first in every worker."""
    die_with_parent(signal.SIGKILL)
    if os.getppid() != multiprocessing.parent_process().pid:
        sys.exit(1)
    os.setpgid(0, 0)  # Ctrl-C is for the main process, which stops its workers
    from futian_reform.wsgi import application

    return application


def watch(server: Granian, ending: threading.Event, say: Say) -> None:
    """Announce the site when it answers; then restart PostgreSQL should it die, and stop with a closed terminal."""
    at_terminal = os.isatty(0)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.bind_addr, server.bind_addr)  # noqa: S104
    while not ending.wait(0.05):
        try:
            with closing(http.client.HTTPConnection(host, server.bind_port, timeout=10)) as connection:
                connection.request("GET", "/healthz")
                connection.getresponse()
        except OSError:
            continue
        say(f"Serving on http://{f'[{host}]' if ':' in host else host}:{server.bind_port}/")
        break
    while not ending.wait(0.5):
        if at_terminal and not os.isatty(0):
            server.signal_handler_interrupt()  # SIGHUP, which tells others the same, means new code to this server
        elif settings.EMBEDDED_POSTGRES and not settings.EMBEDDED_POSTGRES.is_ready():
            try:
                settings.EMBEDDED_POSTGRES.start()
                say("PostgreSQL had stopped and was started again.")
            except EmbeddedPostgresError as error:
                say(str(error))
