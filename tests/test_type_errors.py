"""The ratchet of types: what it counts, what it refuses, and that a number it allows only falls."""

import subprocess
import tomllib

import pytest

from tests import type_errors

OUTPUT = """\
measures/search/query.py:12: error: Missing type arguments for generic type "Match"  [type-arg]
measures/search/query.py:12: note: and a remark on it
measures/search.py:3: error: A file of that name is not in the room  [misc]
measures/language/text.py:40: error: Function is missing a return type annotation  [no-untyped-def]
measures/language/text.py:41: error: Function is missing a return type annotation  [no-untyped-def]
"""


@pytest.fixture
def finding(monkeypatch, tmp_path):
    """`finding(allowed)` is what the ratchet ends with where mypy prints OUTPUT, and the numbers it then allows."""
    for room in ("search", "language"):
        (tmp_path / "measures" / room).mkdir(parents=True)
    path = tmp_path / "type_errors.toml"
    monkeypatch.setattr(type_errors, "ROOT", tmp_path)
    monkeypatch.setattr(type_errors, "ALLOWED", path)
    monkeypatch.delenv("CI", raising=False)

    def find(allowed, code=1, output=OUTPUT):
        done = subprocess.CompletedProcess([], code, output, "")
        monkeypatch.setattr(type_errors.subprocess, "run", lambda *arguments, **options: done)
        type_errors.write(allowed)
        return type_errors.main(), tomllib.loads(path.read_text())["allowed"]

    return find


def test_as_many_errors_as_are_allowed_pass(finding):
    allowed = {"measures.language": 2, "measures.search": 1}
    assert finding(allowed) == (0, allowed)


def test_one_more_fails_and_is_shown(finding, capsys):
    allowed = {"measures.language": 1, "measures.search": 5}
    assert finding(allowed) == (1, allowed)
    said = capsys.readouterr().err
    assert "measures/language/text.py:41" in said
    assert "measures.language: 2 errors, allowed 1" in said
    assert "measures/search" not in said


def test_fewer_are_all_that_is_allowed_from_then_on(finding):
    assert finding({"measures.language": 9, "measures.search": 1}) == (
        0,
        {"measures.language": 2, "measures.search": 1},
    )


def test_nothing_is_written_on_ci(finding, monkeypatch):
    monkeypatch.setenv("CI", "true")
    allowed = {"measures.language": 9, "measures.search": 1}
    assert finding(allowed) == (0, allowed)


def test_a_room_that_is_missing_keeps_its_number(finding):
    allowed = {"measures.language": 2, "measures.open_data": 70, "measures.search": 1}
    assert finding(allowed) == (0, allowed)


def test_a_run_that_could_not_go_on_is_no_success(finding, capsys):
    allowed = {"measures.language": 2, "measures.search": 1}
    assert finding(allowed, code=2, output="measures/search/query.py:1: error: Invalid syntax\n") == (
        2,
        allowed,
    )
    assert "Invalid syntax" in capsys.readouterr().err
