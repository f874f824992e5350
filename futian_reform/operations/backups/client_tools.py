"""PostgreSQL's own programs, pg_dump and pg_restore: those of the server's version, and never less private than we are."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.conninfo import make_conninfo

from ..embedded_postgres import EmbeddedPostgresError, die_with_parent, programs
from .programs import run
from .server import BackupError, parameters

# Where packages of several versions at once put them: Debian, Red Hat, Homebrew.
FOLDERS = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
)
NEEDS_TLS = ("require", "verify-ca", "verify-full")


class ClientTools(NamedTuple):
    """The programs in `folder`, used as a server was reached before: encrypted or not."""

    folder: Path
    encrypted: bool

    def run(self, program: str, *arguments: str, database: str | None = None) -> None:
        """Run a program on the site's database or another one of its server. Raises BackupError.

        Secrets go through the environment, where no other user sees them.
        """
        given = parameters(database)
        if self.encrypted:  # the default, `prefer`, would fall back to plain text
            given["sslmode"] = given["sslmode"] if given.get("sslmode") in NEEDS_TLS else "require"
        else:
            given["sslmode"] = "disable"
        if "sslpassword" in given:
            raise BackupError(
                "The key in sslkey has a passphrase, which pg_dump takes no secret way. Use a key without one."
            )
        environment = os.environ | {"LC_ALL": "C"}
        if "password" in given:
            environment["PGPASSWORD"] = str(given.pop("password"))
        done = run(
            [self.folder / program, *arguments, f"--dbname={make_conninfo(**given)}"],
            env=environment,
            preexec_fn=partial(die_with_parent, signal.SIGKILL),
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["it gave no reason"]
            reason = next((line for line in lines if "ERROR:" in line or "error:" in line), lines[-1])
            raise BackupError(f"{program} failed: {reason}")


def client_tools(connection: psycopg.Connection) -> ClientTools:
    """The programs that fit the server of `connection`. Raises BackupError."""
    major = connection.info.server_version // 10000
    encrypted = bool(connection.pgconn.ssl_in_use)
    plain = False
    for folder in candidates(major):
        if version(folder) != major:
            continue
        if not encrypted or speaks_tls(folder):
            return ClientTools(folder, encrypted)
        plain = True
    named = os.environ.get("PG_BIN")
    without = " that speak TLS, as the connection to it does" if plain else ""
    raise BackupError(
        f"The server is PostgreSQL {major}, and its pg_dump and pg_restore{without} are not "
        f"{f'in PG_BIN ({named})' if named else 'on this machine'}. Install them (Debian, Ubuntu: apt-get install "
        f"postgresql-client-{major}; for versions that the system lacks see https://apt.postgresql.org) or name their folder in PG_BIN."
    )


def candidates(major: int) -> Iterator[Path]:
    """Folders that may hold the programs; the one in PG_BIN excludes all others."""
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
        return
    if found := shutil.which("pg_dump"):
        yield Path(found).parent
    yield from (Path(folder.format(major)) for folder in FOLDERS)
    try:
        yield programs()
    except EmbeddedPostgresError:
        return


def version(folder: Path) -> int | None:
    """The major version of both programs in the folder; None where one is missing or is of another version."""
    told_by = [told(folder / program, "--version") for program in ("pg_dump", "pg_restore")]
    found = [re.search(r"PostgreSQL\) (\d+)", text) for text in told_by]
    numbers = {match and int(match[1]) for match in found}
    return numbers.pop() if len(numbers) == 1 else None


def speaks_tls(folder: Path) -> bool:
    """Whether the programs were built with it: others refuse the parameter before they look for a server."""
    return "not compiled in" not in told(folder / "pg_dump", "--dbname=host=/nowhere sslmode=require")


def told(program: Path, argument: str) -> str:
    try:
        done = run([program, argument], env=os.environ | {"LC_ALL": "C"})
    except OSError:
        return ""
    return done.stdout + done.stderr
