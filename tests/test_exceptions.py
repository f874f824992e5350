"""What is caught whatever it is, is logged or passed on: no fault of ours ends without a word."""

import ast
import asyncio

import pytest
from django.db import OperationalError

from futian_reform.page_cache import downloads, version_poll
from measures.readers import choice, reader

from .coroutines import result_of
from .test_words import FILES, name_of

BROAD = {"Exception", "BaseException"}
LOGS = {"debug", "info", "warning", "error", "critical", "exception", "failed"}  # Reader.failed() logs


def is_broad(caught: ast.expr | None) -> bool:
    """Whether an `except` takes every exception."""
    return caught is None or any(isinstance(node, ast.Name) and node.id in BROAD for node in ast.walk(caught))


def tells(handler: ast.ExceptHandler) -> bool:
    """Whether an `except` passes on what it takes, or logs it."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGS)
        for node in ast.walk(handler)
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_whatever_is_caught_is_logged_or_passed_on(path):
    silent = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type) and not tells(node):
            silent.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "suppress":
            silent += [node.lineno for caught in node.args if is_broad(caught)]
    assert silent == []


def lines_of(caplog) -> list[tuple[str, bool]]:
    """The kinds of error that were logged, and whether their frames were."""
    kinds = ("OperationalError", "ZeroDivisionError")
    return [
        (kind, bool(record.exc_info))
        for record in caplog.records
        for kind in kinds
        if kind in record.getMessage()
    ]


def failing(*errors: Exception):
    """A function that raises these, one after another."""
    left = list(errors)

    def fail(*_arguments):
        raise left.pop(0)

    return fail


# Each kind once, however often it comes, and where it is a fault of ours with its frames.
ERRORS = (
    OperationalError("gone"),
    OperationalError("gone"),
    ZeroDivisionError("ours"),
    ZeroDivisionError("ours"),
)
LOGGED = [("OperationalError", False), ("ZeroDivisionError", True)]


@pytest.mark.parametrize("broken", ["opening", "looking"])
def test_who_follows_a_reader_logs_what_goes_wrong(broken, caplog, monkeypatch):
    readers = choice.Readers(["reader", "primary"])
    followed = readers.all[0]
    if broken == "opening":
        monkeypatch.setattr(reader, "Snapshot", failing(*ERRORS))
        for _error in ERRORS:
            readers.look_at(followed)
            assert followed.is_resting
        assert lines_of(caplog) == LOGGED
    else:
        monkeypatch.setattr(followed, "open", failing(ERRORS[-1]))
        readers.look_at(followed)
        assert lines_of(caplog) == LOGGED[1:]
    assert followed.looked.is_set()


def test_who_follows_the_data_version_logs_what_goes_wrong(caplog, monkeypatch):
    poll = version_poll.VersionPoll(went_back=lambda: None)
    monkeypatch.setattr(version_poll, "current_version", failing(*ERRORS))
    for _error in ERRORS:
        poll.look()
        assert poll.is_silent
    assert lines_of(caplog) == LOGGED


def test_a_download_that_cannot_be_closed_is_over_all_the_same(caplog):
    class Stream(list):
        def close(self):
            raise ZeroDivisionError

    async def made():
        loop = asyncio.get_running_loop()
        file = downloads.File(Stream([b"piece"]), loop)
        await loop.run_in_executor(None, file.make)
        assert await file.is_over_within(5)
        file.close()
        return file.failed, file.size

    assert result_of(made()) == (True, 5)
    assert "A download could not be finished" in caplog.text
