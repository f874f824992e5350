"""README claims nothing without a row in a table that says what shows it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: What promises nothing: what the plan was, where to read on, what is for lawyers.
NO_PROMISES = (
    "In 2020 Futian District",
    "The public knows it from",
    "It records a plan of 2020",
    "outcomes are not recorded",
    "中文简介",  # the sentences around it in Chinese
    "`apt install chromium",
    "`make admin` makes the first account",
    "What is promised, and how it is shown",
    "Security: SECURITY.md",
    "has the way of a request and of an edit",
    "why things are as they are",
    "From one newspaper report on the plan",
    "The method, and what is the editors' judgement",
    "The content is licensed",
)
TABLE = re.compile(r"^\|(?!-)(.*)\|$", re.MULTILINE)
# Tables, blocks of code, pictures and headings; a link keeps its words.
NO_SENTENCES = re.compile(r"^(?: {4}|\||!\[|#).*$", re.MULTILINE)
SHOWN = re.compile(r"tests/\w+/?\w*\.py|(?:^|the )same\b")
LEAD = re.compile(r"\*\*\w+\.\*\*")  # the bold word before a paragraph
END = re.compile(r"(?<=[.;])\s+")


def plain(text: str) -> str:
    """`text` on one line, without the signs of links and bold words."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", LEAD.sub("", text))
    return " ".join(text.replace("**", "").split())


def sentences(text: str) -> list[str]:
    """The sentences of a document; parts divided by a semicolon count as sentences of their own."""
    paragraphs = re.split(r"\n\s*\n", NO_SENTENCES.sub("", text))
    return [part for paragraph in paragraphs for part in END.split(plain(paragraph)) if part]


def rows(document: str) -> list[list[str]]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return [[plain(cell) for cell in line.split("|")] for line in TABLE.findall(text)]


def words_of_readme() -> list[str]:
    """The first cells of the last table of docs/operations.md."""
    found = rows("docs/operations.md")
    begins = next(number for number, row in enumerate(found) if row[0] == "README")
    return [row[0] for row in found[begins + 1 :]]


def test_every_sentence_of_readme_that_promises_something_has_a_row():
    known = [*words_of_readme(), *map(plain, NO_PROMISES)]
    found = sentences((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(found) > 50
    assert [sentence for sentence in found if not any(words in sentence for words in known)] == []


def test_every_row_is_of_what_readme_says():
    text = plain((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [words for words in (*words_of_readme(), *map(plain, NO_PROMISES)) if words not in text] == []


@pytest.mark.parametrize("document", ["SECURITY.md", "docs/operations.md"])
def test_every_promise_names_what_shows_it(document):
    """Whether the file is there is for test_documents.py."""
    found, is_of_promises = [], False
    for row in rows(document):
        if row[0] in {"promise", "against", "README", "name"}:
            is_of_promises = row[0] != "name"
        elif is_of_promises:
            found.append((row[0], any(SHOWN.search(cell) for cell in row[1:])))
    assert len(found) > 15
    assert [promise for promise, shown in found if not shown] == []
