"""Connections to the database, as the environment names them: read by the settings, before Django is ready."""

import sys
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from psycopg import IsolationLevel, ProgrammingError
from psycopg.conninfo import make_conninfo, timeout_from_conninfo

# Milliseconds and seconds until a vanished server is given up.
GIVING_UP = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
WRITER_LIMITS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10min",
}
# What a public request runs under. Sent when a connection is made and, because a connection pooler drops that, set again
# inside each transaction: see measures/readers/.
READER_LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "30s",
    # How many rows a common word matches is known, but not that reading each row's lexemes, which lie apart, costs more than
    # the index; and pages are many and short, so that each keeps to one processor. See decisions 13 and 60.
    "enable_seqscan": "off",
    "max_parallel_workers_per_gather": "0",
    # The keys with a word in their title are a hash table, else a list that is gone through for each row: see Search.rank.
    "hash_mem_multiplier": "8",
    "jit": "off",
}
# What an address may say besides to Django, and not to the server.
OPTIONS_OF_DJANGO = {"assume_role", "isolation_level", "pool", "server_side_binding"}


def parsed(name: str, url: str) -> dict:
    """Django's settings of the database at `url`, which the variable `name` gave."""
    try:
        config = dj_database_url.parse(url)
        if config["ENGINE"] != "django.db.backends.postgresql":
            raise ValueError("not a PostgreSQL address")
        options = config.get("OPTIONS", {})
        if not config["NAME"] and "service" not in options:
            raise ValueError("it names no database")
        make_conninfo(**{name: value for name, value in options.items() if name not in OPTIONS_OF_DJANGO})
        timeout_from_conninfo(options)
        if not isinstance(options.get("pool", False), bool):
            raise ValueError("pool is true or false")
        if options.get("isolation_level", 1) not in list(IsolationLevel):
            raise ValueError("isolation_level is a number from 1 to 4")
    except (ValueError, KeyError, ProgrammingError) as error:
        raise ImproperlyConfigured(
            f"{name} cannot be read ({' '.join(str(error).split())}). Write it as postgresql://user:password@host:5432/database, "
            "with special characters in the password percent-encoded."
        ) from error
    config["OPTIONS"] = {
        **GIVING_UP,
        "application_name": " ".join(["futian", *(Path(argument).name for argument in sys.argv[:2])])[:60],
        **config.get("OPTIONS", {}),
    }
    return config


def with_server_options(config: dict, **parameters: str) -> dict:
    """`config` with these parameters of a session behind what its own address asks of the server."""
    asked = [
        config["OPTIONS"].get("options", ""),
        *(f"-c {name}={value}" for name, value in parameters.items()),
    ]
    config["OPTIONS"]["options"] = " ".join(filter(None, asked))
    return config


def writer(url: str) -> dict:
    return with_server_options(parsed("DATABASE_URL", url), **WRITER_LIMITS)


def reader(name: str, url: str, role: str) -> dict:
    """A connection for public pages, which takes `role` unless that is empty."""
    limits = READER_LIMITS | ({"role": role} if role else {})
    config = with_server_options(parsed(name, url), default_transaction_read_only="on", **limits)
    config["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
    config["OPTIONS"].pop("pool", None)
    # The few threads that render pages keep their connections; see decision 52 for why there is no pool. Whether a kept one
    # still works shows with the statement that opens a snapshot.
    return config | {"PER_TRANSACTION": limits, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}


def databases(writer_url: str, reader_urls: list[str], role: str) -> dict:
    """Django's DATABASES: `default` for whoever writes, `reader` for public pages.

    With readers of their own in DATABASE_READER_URL, `reader_2` and so on are the second and further ones, and `primary` is
    the writer's database, read with the rights of public pages where no reader answers.
    """
    found = {"default": writer(writer_url)}
    if not reader_urls:
        return found | {"reader": reader("DATABASE_URL", writer_url, role)}
    for number, url in enumerate(reader_urls, 1):
        alias = "reader" if number == 1 else f"reader_{number}"
        found[alias] = reader("DATABASE_READER_URL", url, role if url == writer_url else "")
    return found | {"primary": reader("DATABASE_URL", writer_url, role)}
