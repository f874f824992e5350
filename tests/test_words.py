"""The mechanical part of plain code: how docstrings begin, how long files and functions are, how limits are called."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    path
    for package in ("measures", "futian_reform")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts  # landed migrations are never edited
]
MAX_LINES, MAX_FUNCTION_LINES = 350, 40
# Functions that parts would only hide: each with its reason.
LONG_FUNCTIONS: dict[str, str] = {}
# A docstring says what a thing is (a noun) or does (a verb); a clause leaves that to be guessed.
CLAUSES = ("What", "That", "Which")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def definitions(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def test_files_are_found():
    assert {"measures/models/measure.py", "futian_reform/settings.py"} <= set(map(name_of, FILES))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_docstring_begins_with_a_noun_or_a_verb(path):
    clauses = {
        f"{getattr(node, 'name', 'module')}: {text.splitlines()[0]}"
        for node in definitions(path)
        if (text := ast.get_docstring(node)) and re.split(r"\W", text)[0] in CLAUSES
    }
    assert not clauses


def test_files_can_be_read_at_one_sitting():
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name for name, count in lines.items() if count > MAX_LINES} == set()


def test_functions_can_be_seen_at_one_glance():
    functions = {
        f"{name_of(path)} {node.name}": node.end_lineno - node.lineno + 1
        for path in FILES
        for node in definitions(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert {name for name, lines in functions.items() if lines > MAX_FUNCTION_LINES} <= set(LONG_FUNCTIONS)


def test_limits_are_called_maxima():
    names = re.compile(r"\b(?:MOST|LIMIT|LARGEST|LONGEST)_[A-Z_]+\b|\b[A-Z]+_(?:MOST|LIMIT)\b")
    own = {name_of(path): set(names.findall(path.read_text(encoding="utf-8"))) for path in FILES}
    del own["futian_reform/settings.py"]  # AXES_FAILURE_LIMIT is the name that its package reads
    assert {name: found for name, found in own.items() if found} == {}
