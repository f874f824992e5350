"""The documents name files and decisions that exist."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# Documents name rooms with or without the package that they stand in.
PLACES = ("", "measures", "futian_reform", "measures/open_data")
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/[\w-]+\.(?:py|sql|html|css|js|json|toml|po|txt|md))`")
FOLDER = re.compile(r"`([\w.-]+(?:/[\w.-]+)*)/`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")
NEVER_GIVEN = {27, 28, 29, 38, 39}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_a_document_names_are_there(document):
    text = text_of(document)
    named = {name for name in (*FILE.findall(text), *FOLDER.findall(text)) if not name.startswith(".")}
    missing = {name for name in named if not any((ROOT / place / name).exists() for place in PLACES)}
    missing |= {link for link in LINK.findall(text) if not (document.parent / link).exists()}
    assert not missing


def test_decisions_that_code_and_documents_refer_to_are_there():
    numbers = re.findall(r"^\*\*(\d+)\.", text_of(ROOT / "docs/decisions.md"), re.MULTILINE)
    assert numbers == sorted(set(numbers), key=int)
    assert set(map(int, numbers)) == set(range(1, int(numbers[-1]) + 1)) - NEVER_GIVEN
    sources = [*DOCUMENTS, *ROOT.glob("measures/**/*.py"), *ROOT.glob("futian_reform/**/*.py")]
    referred = {
        number
        for path in sources
        for match in re.finditer(r"\bdecisions? (\d+)(?: and (\d+))?", text_of(path))
        for number in match.groups()
        if number
    }
    assert referred
    assert referred <= set(numbers)


@pytest.mark.no_cover
def test_a_test_that_is_not_traced_runs_at_full_speed():
    """In workers too, where pytest-cov would go on measuring."""
    assert sys.gettrace() is None


def test_tests_that_are_not_traced_are_there():
    for line in text_of(ROOT / "tests" / "untraced.txt").splitlines()[1:]:
        file, _mark, function = line.partition("::")
        assert f"def {function}" in text_of(ROOT / file), line
