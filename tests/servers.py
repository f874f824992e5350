"""Other servers than the embedded one: the system's PostgreSQL, over TLS and with passwords, and PgBouncer.

Where Debian's packages are missing, tests that need them are skipped and say so; with CI or FUTIAN_REQUIRE_SERVERS in the
environment they fail.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from benchmarks.site import free_port
from futian_reform.operations.embedded_postgres import NOBODY, die_with_parent

PASSWORD = "correct horse: battery/staple"
QUOTED = "correct%20horse%3A%20battery%2Fstaple"


def missing(what: str, package: str):
    required = os.environ.get("FUTIAN_REQUIRE_SERVERS") or os.environ.get("CI")
    (pytest.fail if required else pytest.skip)(
        f"No {what} on this machine (Debian: apt-get install {package})"
    )


def as_nobody() -> dict:
    """Arguments for Popen: these servers refuse to run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def run(*command, **more):
    subprocess.run(
        [str(word) for word in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more
    )


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of the account that servers run as."""
    with tempfile.TemporaryDirectory(prefix="futian-server-") as folder:
        path = Path(folder)
        path.chmod(0o711)
        inner = path / "own"
        inner.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(inner, NOBODY, NOBODY)
        yield inner


@contextmanager
def running(*command, ready, log: Path, **more) -> Iterator[subprocess.Popen]:
    """A process that runs until the block ends; `ready` is asked until it says so."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=partial(die_with_parent, signal.SIGQUIT),
            **more,
        )
    try:
        deadline = time.monotonic() + 30
        while not ready():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


class Server(NamedTuple):
    """A PostgreSQL that lets accounts in with a password, over TLS or, as a careless one does, without."""

    port: int
    certificate: Path
    programs: Path
    log: Path

    def url(self, database="postgres", account="postgres", sslmode="verify-full", **more) -> str:
        parameters = {
            "sslmode": sslmode,
            **({"sslrootcert": self.certificate} if "verify" in sslmode else {}),
            **more,
        }
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{account}:{QUOTED}@localhost:{self.port}/{database}?{query}"

    def execute(self, *statements: str, database="postgres") -> list:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def system_programs() -> Path:
    """The folder of the system's newest PostgreSQL whose version is not the embedded one's."""
    found = {}
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        if (folder / "initdb").exists() and re.fullmatch(r"1[5-7]|19|2\d", folder.parent.name):
            found[int(folder.parent.name)] = folder
    return found[max(found)] if found else missing("PostgreSQL server", "postgresql")


@contextmanager
def system_server() -> Iterator[Server]:
    """The system's PostgreSQL in a folder of its own."""
    programs = system_programs()
    if not shutil.which("openssl"):
        missing("openssl", "openssl")
    with private_folder() as folder:
        cluster, certificate, port = folder / "cluster", folder.parent / "server.crt", free_port()
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        account = {"cwd": folder, "env": environment, **as_nobody()}
        (folder.parent / "password").write_text(PASSWORD)
        run(
            *(
                programs / "initdb",
                "-D",
                cluster,
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ),
            *("--auth=scram-sha-256", f"--pwfile={folder.parent / 'password'}"),
            **account,
        )
        make_certificate(folder / "server.key", folder / "server.crt", account)
        shutil.copy(folder / "server.crt", certificate)
        (cluster / "pg_hba.conf").write_text("host all all all scram-sha-256\n")
        settings = {
            "port": port,
            "listen_addresses": "localhost",
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": folder / "server.crt",
            "ssl_key_file": folder / "server.key",
            "fsync": "off",
            "log_connections": "on",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = Server(port, certificate, programs, folder.parent / "log")
        with running(
            *(programs / "postgres", "-D", cluster, *words),
            ready=lambda: answers(server.url()),
            log=server.log,
            **account,
        ):
            yield server


def make_certificate(key: Path, certificate: Path, account: dict):
    run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate),
        **account,
    )
    key.chmod(0o600)


@contextmanager
def pgbouncer(host: str) -> Iterator[int]:
    """A PgBouncer in front of the embedded server in the folder `host`, in transaction mode; the result is its port."""
    if not shutil.which("pgbouncer"):
        missing("pgbouncer", "pgbouncer")
    with private_folder() as folder:
        port, outer = free_port(), folder.parent
        lines = {
            "listen_addr": "127.0.0.1",
            "listen_port": port,
            "unix_socket_dir": "",
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": 2,
            "ignore_startup_parameters": "options, extra_float_digits",
        }
        configuration = outer / "pgbouncer.ini"
        databases = f"* = host={host} port=5432 user=postgres\n"
        text = "".join(f"{name} = {value}\n" for name, value in lines.items())
        configuration.write_text(f"[databases]\n{databases}[pgbouncer]\n{text}")
        with running(
            *("pgbouncer", configuration),
            ready=lambda: answers(f"postgresql://postgres@127.0.0.1:{port}/postgres"),
            log=outer / "log",
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            **as_nobody(),
        ):
            yield port


class Relay:
    """A TCP port on this machine in front of a PostgreSQL in a folder, which can hang or go away and come back."""

    def __init__(self, host: str):
        self.host, self.port = f"{host}/.s.PGSQL.5432", free_port()
        self.open, self.connections = threading.Event(), []
        self.lost = set()
        self.start()

    def start(self):
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.open.set()
        threading.Thread(target=self._accept, args=[self.listening], daemon=True).start()

    def lose_newest(self):
        """Take what comes on the connection that was opened last, and pass nothing on; others, and new ones, go on."""
        self.lost.update(self.connections[-2:])

    def hang(self):
        """Take what comes and pass nothing on, new connections included."""
        self.open.clear()

    def go_on(self):
        self.open.set()

    def stop(self):
        """Refuse connections, and end those that are open."""
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self.connections = []

    def _accept(self, listening: socket.socket):
        while True:
            try:
                client, _address = listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.host)
            except OSError:  # the server itself is away
                client.close()
                server.close()
                continue
            self.connections += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket):
        with suppress(OSError):
            while data := source.recv(65536):
                self.open.wait()
                if source not in self.lost:
                    target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
