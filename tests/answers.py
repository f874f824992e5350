"""The documented answer to every way of asking for a public address: `.venv/bin/python -m tests.answers` writes docs/answers.md."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path

import bibtexparser
import openpyxl
from jsonschema import Draft4Validator

SPECIFICATION = json.loads(
    (Path(__file__).parent / "open_data" / "openapi_3_0_schema.json").read_text(encoding="utf-8")
)
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "answers.md"
#: Kind of address -> how a path of it looks, without its language. The first that fits counts.
KINDS = {
    "list": re.compile(r"/measures(/|\.atom)"),
    "file": re.compile(r"/measures\.(csv|json|xlsx)"),
    "API, measures": re.compile("/api/measures/"),
    "API, others": re.compile("/api/(?!schema)[a-z]+/"),
    "record": re.compile(r"/measures/[\d-]+\.[a-z]+|/datapackage\.json|/api/.+"),
    "changes": re.compile(r"/changes(/|\.atom)"),
    "page": re.compile("/.*"),
}
PEOPLE = ("list", "changes", "page")
MACHINES = ("file", "API, measures", "API, others", "record")
SELECTIONS = ("list", "file", "API, measures")
PAGED = ("list", "changes", "API, measures", "API, others")
EVERY = (*PEOPLE, *MACHINES)
MOVED, SAME, REFUSED = "302", "200", "400"


@dataclass(frozen=True)
class Case:
    """A way of asking: what stands behind the question mark, and what should."""

    name: str
    asked: str
    canonical: str = ""
    kinds: tuple[str, ...] = EVERY
    refused: tuple[str, ...] = ()

    def answer(self, kind: str) -> str:
        if kind not in self.kinds:
            return ""
        if kind in self.refused:
            return REFUSED
        return MOVED if kind in PEOPLE else SAME


CASES = [
    Case("a name that is not known", "yaer=2020", refused=MACHINES),
    Case("trackers of messengers and advertisements", "utm_source=x&from=timeline&isappinstalled=0"),
    Case("a value that does not exist", "centre=atlantis", refused=(*SELECTIONS, *MACHINES)),
    Case("names in another order", "role=pilot&centre=finance", "centre=finance&role=pilot", SELECTIONS),
    Case("the same value twice", "centre=finance&centre=finance", "centre=finance", SELECTIONS),
    Case("a parameter of one value twice: the last counts", "q=a&q=finance", "q=finance", SELECTIONS),
    Case("an empty value", "q=&centre=", "", SELECTIONS),
    Case("a default written out", "page=1", "", PAGED),
    Case("a number with zeros before it", "page=001", "", PAGED),
    Case("a sign stuck to a value", "centre=finance%E3%80%82", "centre=finance", SELECTIONS),
    Case("bytes that are no UTF-8", "q=%FF", refused=(*SELECTIONS, *MACHINES)),
    Case("a control character, `%02`", "q=a%02b", refused=EVERY),
    Case("no character, `%EF%BF%BE`", "q=a%EF%BF%BEb", refused=EVERY),
    Case("NUL, `%00`", "q=a%00b", refused=EVERY),
    Case("10 kB", "q=" + "x" * 10_000, refused=EVERY),
]
#: Other paths that lead to the same address -> what becomes of a path.
PATHS: dict[str, Callable[[str], str]] = {
    "a sign stuck to the path": lambda path: f"{path}。",
    "no slash at its end, where it has one": lambda path: path.rstrip("/") or path,
    "its language in capital letters, where it has one": lambda path: re.sub(
        "^/(en|zh-hant)/", lambda found: found[0].upper(), path
    ),
}


def kind_of(path: str) -> str:
    bare = re.sub("^/(en|zh-hant)(?=/)", "", path)
    return next(kind for kind, pattern in KINDS.items() if pattern.fullmatch(bare))


def table(body: bytes) -> None:
    """Raises ValueError where the rows of a CSV file differ in length."""
    rows = list(csv.reader(StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    if len(set(map(len, rows))) != 1:
        raise ValueError("rows of different lengths")


def workbook(body: bytes) -> None:
    """Raises ValueError where a workbook has not its four sheets."""
    if len(openpyxl.load_workbook(BytesIO(body)).sheetnames) != 4:
        raise ValueError("sheets are missing")


def bibliography(body: bytes) -> None:
    if len(bibtexparser.loads(body.decode()).entries) != 1:
        raise ValueError("not one entry")


#: Media type -> a reader that raises an error where a body is not what it says.
READERS: dict[str, Callable[[bytes], object]] = {
    "application/json": json.loads,
    "application/problem+json": json.loads,
    "application/vnd.oai.openapi+json": lambda body: Draft4Validator(SPECIFICATION).validate(
        json.loads(body)
    ),
    "text/csv": table,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": workbook,
    "application/x-bibtex": bibliography,
    "application/xml": ET.fromstring,
    "application/atom+xml": ET.fromstring,
    "application/opensearchdescription+xml": ET.fromstring,
}


@dataclass
class Judge:
    """Holds what `request` answers against the table; `faults` are where it differs."""

    request: Callable[..., tuple[int, dict[str, str], bytes]]
    faults: list[str] = field(default_factory=list)

    def expect(self, found: object, wanted: object, *what: object) -> None:
        if found != wanted:
            self.faults.append(f"{' '.join(map(str, what))}: {found!r}, not {wanted!r}"[:300])

    def judge(self, address: str) -> None:
        path, _mark, query = address.partition("?")
        self.conditions(path, query)
        if not query:
            for case in CASES:
                self.case(path, case)
            for name, other in PATHS.items():
                self.led(path, other(path), "", "", name)

    def conditions(self, path: str, query: str) -> None:
        """GET and HEAD agree, and who has it is told so."""
        status, headers, body = self.request(path, query)
        self.expect(status, 200, "GET", path, query)
        self.expect(self.request(path, query, method="HEAD"), (status, headers, b""), "HEAD", path, query)
        for name, validator in (("if_none_match", "etag"), ("if_modified_since", "last-modified")):
            for method in ("GET", "HEAD"):
                again = self.request(path, query, method=method, **{name: headers.get(validator, "")})
                self.expect((again[0], again[2]), (304, b""), method, path, query, name)
        read = READERS.get(headers["content-type"].partition(";")[0], bytes)
        try:
            read(body)
        except ValueError as error:
            self.expect(error, None, "body of", path, query)

    def case(self, path: str, case: Case) -> None:
        match case.answer(kind_of(path)):
            case "":
                return
            case answer if answer == REFUSED:
                for method in ("GET", "HEAD"):
                    self.expect(
                        self.request(path, case.asked, method=method)[0], 400, method, path, case.name
                    )
            case answer if answer == MOVED:
                self.led(path, path, case.asked, case.canonical, case.name)
            case answer if answer == SAME:
                right = self.request(path, case.canonical)
                self.expect(self.request(path, case.asked), right, path, case.name)

    def led(self, path: str, asked_path: str, asked: str, canonical: str, name: str) -> None:
        if (asked_path, asked) == (path, canonical):
            return
        encoded = asked_path.encode().decode("latin-1")  # as WSGI has it
        status, headers, _body = self.request(encoded, asked)
        self.expect(status, 302, path, name)
        self.expect(headers.get("location"), f"{path}?{canonical}" if canonical else path, path, name)


def document() -> Iterator[str]:
    yield "# Answers to machines, and to people who write addresses by hand"
    yield ""
    yield "Written by `.venv/bin/python -m tests.answers`; `tests/test_answers.py` holds the site to it, `tests/audit/test_answers.py` every"
    yield "address that a crawl finds. Kinds of addresses: the *list* (`/measures/`, `/measures.atom`), its *files* (`.csv`,"
    yield "`.xlsx`, `.json`), the lists of the *API*, one *record* in any form, the *changes*, and every other *page*."
    yield ""
    yield "- GET and HEAD of an address have the same status and headers; of a file that is made while it is sent, HEAD knows no"
    yield "  length."
    yield "- Each answer of 200 has a strong `ETag` and `Last-Modified`. Asked by either, GET and HEAD are a 304: by any of a list of"
    yield "  tags, weak ones too, by `*`, and by any time from the last edit to now, two seconds after that edit at the earliest."
    yield "- `Accept-Encoding` is weighed: `br`, `gzip` or none. Each coding has a tag of its own."
    yield ""
    yield "302 leads to its one address; 200 is the answer of that address, in place; 400 says why; – does not arise."
    yield ""
    yield f"| asked with | {' | '.join(EVERY)} |"
    yield f"|---|{'---|' * len(EVERY)}"
    for case in CASES:
        yield f"| {case.name} | {' | '.join(case.answer(kind) or '–' for kind in EVERY)} |"
    for name in PATHS:
        yield f"| {name} | {' | '.join([MOVED] * len(EVERY))} |"


def text() -> str:
    return "\n".join(document()) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text())
