"""The documented answer to every way of asking for a public address: `.venv/bin/python -m tests.answers` writes docs/answers.md."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from django.utils.timezone import localdate

from tests.readers import READERS, fault_of

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "answers.md"
#: Kind of address -> how a path of it looks, without its language. The first that fits counts.
KINDS = {
    "list": re.compile("/measures/"),
    "its feed": re.compile(r"/measures\.atom"),
    "file": re.compile(r"/measures\.(csv|json|xlsx)"),
    "API, measures": re.compile("/api/measures/"),
    "API, others": re.compile("/api/(?!schema)[a-z]+/"),
    "help": re.compile(r"/api/schema/|/timemap/.*|/measures/suggestions\.json"),
    "record": re.compile(r"/measures/[\d-]+\.[a-z]+|/datapackage\.json|/api/.+"),
    "changes": re.compile("/changes/"),
    "their feed": re.compile(r"/changes\.atom"),
    "page of now": re.compile(
        r"/(about|api|cite/verify)/|/measures/[\d-]+/history/\d+/|/sitemap[a-z-]*\.xml|/(robots\.txt|opensearch\.xml)"
    ),
    "page": re.compile("/.*"),
}
PEOPLE = ("list", "its feed", "changes", "their feed", "page", "page of now")
MACHINES = ("file", "API, measures", "API, others", "record", "help")
SELECTIONS = ("list", "its feed", "file", "API, measures")
PAGED = ("list", "its feed", "changes", "their feed", "API, measures", "API, others")
EVERY = (*PEOPLE, *MACHINES)
#: What can be read as it was.
PAST = tuple(kind for kind in EVERY if kind not in ("its feed", "their feed", "page of now", "help"))
MOVED, SAME, REFUSED = "302", "200", "400"


@dataclass(frozen=True)
class Case:
    """A way of asking: what stands behind the question mark, and what should."""

    name: str
    asked: str
    canonical: str = ""
    kinds: tuple[str, ...] = EVERY
    refused: tuple[str, ...] = ()
    stands: tuple[str, ...] = MACHINES  # where it is answered in place

    def answer(self, kind: str) -> str:
        if kind not in self.kinds:
            return ""
        if kind in self.refused:
            return REFUSED
        return SAME if kind in self.stands else MOVED

    def at(self, moment: str) -> "Case":
        """The same way of asking for an address as it was."""
        asked, canonical = (
            f"{query}&{moment}" if query else moment for query in (self.asked, self.canonical)
        )
        return Case(self.name, asked, canonical, self.kinds, self.refused)


CASES = [
    Case("a name that is not known", "yaer=2020", refused=MACHINES),
    Case("trackers of messengers and advertisements", "utm_source=x&from=timeline&isappinstalled=0"),
    Case("a value that does not exist", "centre=atlantis", refused=(*SELECTIONS, *MACHINES)),
    Case(
        "a name in capital letters", "CENTRE=finance", "centre=finance", SELECTIONS, ("file", "API, measures")
    ),
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
#: Ways of asking for the past.
MOMENTS = [
    Case("a data version, `as_of=1`", "as_of=1", "as_of=1", refused=("help",), stands=PAST),
    Case("its name in capital letters", "As_Of=1", "as_of=1", refused=MACHINES),
    Case("a data version before other names", "as_of=1&role=pilot", "role=pilot&as_of=1",
         ("list", "file", "API, measures")),
    Case("two of them: the last counts", "as_of=9&as_of=1", "as_of=1", PAST),
    Case("a data version that does not exist", "as_of=999999", refused=(*PAST, "help")),
    Case("the day of today", "as_of={today}", refused=("help",)),
]  # fmt: skip
#: Other paths that lead to the same address -> what becomes of a path.
PATHS: dict[str, Callable[[str], str]] = {
    "a sign stuck to the path": lambda path: f"{path}。",
    "no slash at its end, where it has one": lambda path: path.rstrip("/") or path,
    "capital letters": str.upper,
    "a capital letter in its last name": lambda path: re.sub(
        r"[a-z][^/]*/?$", lambda found: found[0].capitalize(), path
    ),
    "its language in capital letters, where it has one": lambda path: re.sub(
        "^/(en|zh-hant)/", lambda found: found[0].upper(), path
    ),
}


def kind_of(path: str) -> str:
    bare = re.sub("^/(en|zh-hant)(?=/)", "", path)
    return next(kind for kind, pattern in KINDS.items() if pattern.fullmatch(bare))


@dataclass
class Judge:
    """Holds what `request` answers against the table; `faults` are where it differs."""

    request: Callable[..., tuple[int, dict[str, str], bytes]]
    faults: list[str] = field(default_factory=list)

    @cached_property
    def description(self) -> dict:
        return json.loads(self.request("/api/schema/", "")[2])

    def expect(self, found: object, wanted: object, *what: object) -> None:
        if found != wanted:
            self.faults.append(f"{' '.join(map(str, what))}: {found!r}, not {wanted!r}"[:300])

    def judge(self, address: str) -> None:
        """An address of now, or as it was; without other parameters also every other way of asking for it."""
        path, _mark, query = address.partition("?")
        self.conditions(path, query)
        if query and not re.fullmatch(r"as_of=\d+", query):
            return
        for case in [case.at(query) for case in CASES] if query else [*CASES, *MOMENTS]:
            self.case(path, case)
        for name, other in PATHS.items():
            self.led(path, other(path), query, query, name)

    def conditions(self, path: str, query: str) -> None:
        """GET and HEAD agree, who has it is told so, and its readers find nothing wrong with it."""
        status, headers, _body = self.read(path, query)
        self.expect(status, 200, "GET", path, query)
        for name, validator in (("if_none_match", "etag"), ("if_modified_since", "last-modified")):
            for method in ("GET", "HEAD"):
                again = self.request(path, query, method=method, **{name: headers.get(validator, "")})
                self.expect((again[0], again[2]), (304, b""), method, path, query, name)
        if moment := re.search(r"as_of=(\d+)$", query):
            said = headers.get("x-data-version"), "memento-datetime" in headers
            self.expect(said, (moment[1], True), path, query)

    def read(self, path: str, query: str) -> tuple[int, dict[str, str], bytes]:
        """The answer to a GET, whatever it is: HEAD says the same, it has its length, and it is of its own format."""
        status, headers, body = self.request(path, query)
        self.expect(
            self.request(path, query, method="HEAD"), (status, headers, b""), "HEAD", path, query[:50]
        )
        self.expect(headers.get("content-length"), str(len(body)), "length", path, query[:50])
        media_type = headers["content-type"].partition(";")[0]
        fault = fault_of(path, status, media_type, body, lambda: self.description)
        self.expect(fault, "", "body of", path, query[:50])
        return status, headers, body

    def case(self, path: str, case: Case) -> None:
        asked = case.asked.format(today=localdate())
        match case.answer(kind_of(path)):
            case "":
                return
            case answer if answer == REFUSED:
                self.expect(self.read(path, asked)[0], 400, path, case.name)
            case answer if answer == MOVED:
                self.led(
                    path, path, asked, case.canonical if kind_of(path) in PAST else no_moment(case), case.name
                )
            case answer if answer == SAME:
                answer, compared, canonical = self.request(path, asked), slice(3), case.canonical
                if "today" in case.asked:
                    # A day stands for its last data version, and says in headers of its own that it is a day.
                    compared, canonical = slice(0, 3, 2), f"as_of={answer[1].get('x-data-version')}"
                self.expect(answer[compared], self.request(path, canonical)[compared], path, case.name)

    def led(self, path: str, asked_path: str, asked: str, canonical: str, name: str) -> None:
        if (asked_path, asked) == (path, canonical):
            return
        encoded = asked_path.encode().decode("latin-1")  # as WSGI has it
        status, headers, _body = self.read(encoded, asked)
        self.expect(status, 302, path, name)
        self.expect(headers.get("location"), f"{path}?{canonical}" if canonical else path, path, name)


def no_moment(case: Case) -> str:
    return "" if case in MOMENTS else case.canonical


INTRODUCTION = """\
# Answers to machines, and to people who write addresses by hand

Written by `.venv/bin/python -m tests.answers`; `tests/test_answers.py` holds the site to it, `tests/audit/test_answers.py` every
address that a crawl finds, in three languages, as of now and of data versions before. Kinds of addresses: the *list*
(`/measures/`) and *its feed*, its *files* (`.csv`, `.xlsx`, `.json`), the lists of the *API*, one *record* in any form, the
*changes* and *their feed*, every other *page*, and what has no past: the *pages of now* (`/about/`, `/cite/verify/`,
`/api/`, versions of a measure, site maps and the like) and what *helps* machines (`/api/schema/`, `/timemap/…`, suggestions; the TimeMap of a list
takes what the list takes).

- GET and HEAD of an address have the same status and headers; of a file that is made while it is sent, HEAD knows no
  length. (Only the order in which `Content-Security-Policy` names its directives is each web process's own.)
- Each answer of 200 has a strong `ETag` and `Last-Modified`. Asked by either, GET and HEAD are a 304: by any of a list of
  tags, weak ones too, by `*`, and by any time from the last edit to now, two seconds after that edit at the earliest.
- `Accept-Encoding` is weighed: `br`, `gzip` or none. Each coding has a tag of its own.
- An answer of the past has the number of its data version in `X-Data-Version` and its time in `Memento-Datetime`. Whatever
  way of asking stands in the first table is answered in the same way with `as_of` behind it, where there is a past.

302 leads to its one address; 200 is the answer of that address, in place; 400 says why; – does not arise.
"""


def document() -> Iterator[str]:
    yield INTRODUCTION
    head = f"| asked with | {' | '.join(EVERY)} |", f"|---|{'---|' * len(EVERY)}"
    yield from head
    for case in CASES:
        yield f"| {case.name} | {' | '.join(case.answer(kind) or '–' for kind in EVERY)} |"
    for name in PATHS:
        yield f"| {name} | {' | '.join([MOVED] * len(EVERY))} |"
    yield ""
    yield "Asked for the past, what has one answers in place or leads to the way to write it there; what has none leads to now:"
    yield ""
    yield from head
    for case in MOMENTS:
        yield f"| {case.name} | {' | '.join(case.answer(kind) or '–' for kind in EVERY)} |"
    yield ""
    yield "Each body is read by a reader that others wrote, as of now and of the past, refusals as well:"
    yield ""
    yield "| media type | read by |"
    yield "|---|---|"
    for media_type, reader in READERS.items():
        yield f"| `{media_type}` | {reader.name} |"


def text() -> str:
    return "\n".join(document()) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text())
