"""Log lines as JSON objects on stderr, with the id of the request, and without anything that says who made it or what they typed.

No address, account or query string is logged. Of an exception the line holds type, SQLSTATE and frames but not the text,
because PostgreSQL and Python quote in it what somebody typed. For the same reason a message of a package is logged as its
pattern, without what the package put into it.
"""

import json
import logging
import secrets
import sys
import threading
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

# Loggers whose messages hold nothing typed: our own, and Django's, which names the path.
TRUSTED = ("futian_reform", "measures", "django.request")
SLOW = 1.0  # seconds after which an answer is worth a line

request_id: ContextVar[str] = ContextVar("request_id", default="")
logger = logging.getLogger("futian_reform.request")


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message(record),
            **({"request_id": identity} if (identity := request_id.get()) else {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = [describe(error) for error in chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False)


def message(record: logging.LogRecord) -> str:
    if f"{record.name}.".startswith(tuple(f"{name}." for name in TRUSTED)):
        return record.getMessage()
    if record.name.startswith("django.security"):  # the message is the text of an exception
        return "A request was refused"
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    # What granian says of an exception in the application goes on, below, with the traceback.
    return (str(record.msg).splitlines() or [""])[0]


def chain(error: BaseException | None):
    """The exception and what caused it."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def describe(error: BaseException) -> dict:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        **({"sqlstate": error.sqlstate} if getattr(error, "sqlstate", None) else {}),
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }


def identified(get_response):
    """Give every request that reaches Django an id, and log the slow and the failed ones."""

    def middleware(request):
        identity = secrets.token_hex(8)
        token = request_id.set(identity)
        begun = time.monotonic()
        try:
            response = get_response(request)
            seconds = time.monotonic() - begun
            trouble = response.status_code >= 500 or seconds > SLOW
            if response.status_code >= 500:
                response.headers["X-Request-Id"] = identity
            fields = {"method": request.method, "path": request.path, "status": response.status_code}
            fields["milliseconds"] = round(seconds * 1000, 1)
            logger.log(logging.WARNING if trouble else logging.DEBUG, "answered", extra={"fields": fields})
            return response
        finally:
            request_id.reset(token)

    return middleware


def log_uncaught() -> None:
    """Have what nobody caught logged like everything else, instead of printed with its text. Ctrl-C stays Ctrl-C."""

    def uncaught(kind, error, frames):
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, frames)
        else:
            logger.critical("uncaught", exc_info=(kind, error, frames))

    sys.excepthook = uncaught
    threading.excepthook = lambda failed: uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)
