"""How `make` sets a checkout up: once, whoever else does at the moment, and with the Python that is named."""

import shutil
import subprocess
from pathlib import Path

import pytest

from .test_serve import ROOT, environment

# Notes what it is asked to do instead of doing it; a virtual environment made with it has a copy of it.
PYTHON = """#!/bin/sh
case "$*" in
*--clear*) echo "{name} makes an environment" >>asked; sleep 0.5; mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
*install*) echo "{name} installs packages" >>asked; sleep 0.5;;
*print*) echo "{name}";;
manage.py*) echo "{name} runs $*" >>asked;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    for name in ("first", "second"):
        (tmp_path / name).write_text(PYTHON.format(name=name))
        (tmp_path / name).chmod(0o755)
    return tmp_path


def set_up(checkout: Path, *arguments: str, target="packages") -> subprocess.Popen:
    return subprocess.Popen(["make", target, *arguments], cwd=checkout, env=environment())


def asked(checkout: Path) -> list[str]:
    return (checkout / "asked").read_text().splitlines()


@pytest.mark.skipif(
    not shutil.which("flock"), reason="without flock, as on macOS, two at once are not kept apart"
)
def test_two_at_once_in_a_fresh_checkout_set_it_up_once(checkout):
    both = [set_up(checkout, f"PYTHON={checkout}/first") for _ in range(2)]
    assert [make.wait(60) for make in both] == [0, 0]
    assert asked(checkout) == ["first makes an environment", "first installs packages"]


def test_the_python_that_is_named_is_used_also_where_another_was(checkout):
    expected = []
    for arguments, name in (
        ([f"PYTHON={checkout}/first"], "first"),
        ([f"PYTHON={checkout}/first"], ""),
        ([], ""),
        ([f"PYTHON={checkout}/second"], "second"),
    ):
        assert set_up(checkout, *arguments).wait(60) == 0
        expected += [f"{name} makes an environment", f"{name} installs packages"] if name else []
        assert asked(checkout) == expected


@pytest.mark.parametrize(
    ("target", "commands"), [("run", ["serve"]), ("admin", ["serve --prepare-only", "createsuperuser"])]
)
def test_one_command_sets_up_what_it_needs(checkout, target, commands):
    assert set_up(checkout, f"PYTHON={checkout}/first", target=target).wait(60) == 0
    set_up_first = ["first makes an environment", "first installs packages"]
    assert asked(checkout) == set_up_first + [f"first runs manage.py {command}" for command in commands]
