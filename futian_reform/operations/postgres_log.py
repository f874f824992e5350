"""The log of the embedded PostgreSQL: readable by its owner alone, and without what anybody typed."""

import os
from pathlib import Path

# It tells of the server's life and not of statements that failed: those quote what somebody typed, and who they are.
SETTINGS = {
    "log_min_messages": "log",  # LOG, FATAL and PANIC, not ERROR
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",  # no DETAIL: after a crash it holds the statement
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_lock_waits": "off",
    "log_autovacuum_min_duration": "-1",
    "log_destination": "stderr",
    "logging_collector": "off",
}
MAX_SIZE = 5 * 2**20  # bytes


def open_log(path: Path):
    """Open the log for a server that starts."""
    log = os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
    os.fchmod(log.fileno(), 0o600)  # the first releases left it readable to all
    return log


def prune(path: Path) -> bool:
    """Begin the log anew where it has become long; whether it had. A running server goes on writing at its end."""
    if not path.exists() or path.stat().st_size <= MAX_SIZE:
        return False
    os.truncate(path, 0)
    return True
