"""The property that makes a citation worth something: what an address said at a data version, it says for ever with `as_of`.

Random edits; at each data version lists, searches, numbers, files and pages are recorded at the addresses of the present.
Afterwards each is asked for as of that data version.
"""

import re
from io import BytesIO

import openpyxl
from django.test import Client

from measures.catalogue.catalogue import PAST
from measures.history.restoring import restore
from measures.models import Measure, Plan, SourceParagraph, Version
from measures.snapshots import editing_as
from tests.catalogue.test_past import Walk
from tests.models.steps import live, new_measure, new_plan

# The package of a moment leads to the file of that moment, which has another address.
PACKAGE, ITS_FILE = "/datapackage.json", re.compile(rb'"path":\s*"[^"]*measures\.csv[^"]*"')
BYTES = [
    "/measures.csv",
    "/measures.csv?district=futian&role=pilot&sort=title",
    "/measures.json?centre=none",
    "/measures.json?q=jiaoshi",
    "/measures/2020-03.json",
    "/measures/2020-03.bib",
    "/measures/2020-03.ris",
    "/api/measures/2020-03/",
    "/api/categories/",
    "/api/districts/futian/",
    PACKAGE,
]
CELLS = ["/measures.xlsx", "/measures.xlsx?basis=derived"]
PAGES = [
    "/measures/",
    "/en/measures/?q=改动",
    "/en/measures/?q=gaidong&sort=edited",
    "/measures/?link=editorial&audience=residents",
    "/zh-hant/measures/?district=futian",
    "/en/",
    "/measures/2020-03/",
    "/measures/2020-03/history/",
    "/en/categories/well-being/",
    "/districts/futian/",
    "/plans/2020/",
    "/plans/2020/source/",
    "/en/glossary/",
    "/gaps/",
    "/changes/",
    "/plans/",
]


class LongWalk(Walk):
    """Edits of every kind, and those that only a moment can tell: versions restored, a plan that comes, goes and comes again."""

    def restore_version(self):
        version = self.random.choice(list(Version.objects.filter(kind="measure", public=True).order_by("id")))
        if Measure.objects.filter(code=version.key).exists():
            restore(version)

    def second_plan(self):
        plan = Plan.objects.filter(year=2021).first()
        if plan is None:
            new_plan(2021, "draft")
            new_measure(1, self.text(), plan=2021)
        else:
            status = "draft" if plan.status == "published" else "published"
            Plan.objects.filter(year=2021).update(status=status)

    def reword_source(self):
        SourceParagraph.objects.filter(plan=2020, number=3).update(opening=self.text())

    def step(self):
        do = self.random.choice([None, None, self.restore_version, self.second_plan, self.reword_source])
        if do is None:
            super().step()
        else:
            with editing_as("walker", do.__name__):
                do()


def asked(address: str, moment: int | None) -> str:
    if moment is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}as_of={moment}"


def cells(content: bytes) -> list:
    book = openpyxl.load_workbook(BytesIO(content))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book]


BANNER = re.compile(r'\s*<div class="note banner"[^>]*>.*?</div>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="as_of" value="\d+">')
ITSELF = re.compile(r"(?:\?|&amp;|&)as_of=\d+")


def shown(page: str) -> list[str]:
    """The page without its head, and without what makes it one of the past."""
    body = HIDDEN.sub("", BANNER.sub("", page.partition("<body>")[2]))
    return [line.strip() for line in ITSELF.sub("", body).splitlines() if line.strip()]


def told(client, moment: int | None = None) -> dict[str, object]:
    answers: dict[str, object] = {}
    for address in BYTES + CELLS + PAGES:
        response = client.get(asked(address, moment))
        content = response.getvalue()
        if address in CELLS:
            content = cells(content)
        elif address in PAGES:
            content = shown(content.decode())
        elif address == PACKAGE:
            content = ITS_FILE.sub(b"", content)
        answers[address] = response.status_code, content
    api = client.get(asked("/api/changes/", moment)).json()
    answers["/api/changes/"] = api["count"], api["version"], api["results"]
    return answers


def check_walk(seed: int, steps: int) -> None:
    """Walks so many steps; afterwards each data version on the way says what it said then."""
    client = Client(headers={"host": "localhost"})
    walk, recorded = LongWalk(seed), {}
    for _step in range(steps):
        recorded[live()] = told(client)
        walk.step()
    PAST.forget()
    assert len(recorded) > steps / 2
    for number, then in recorded.items():
        for address, (status, *answer) in told(client, number).items():
            assert status == then[address][0], (number, address)
            assert answer == list(then[address][1:]), (number, address)
