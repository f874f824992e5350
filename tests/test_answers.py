"""Every kind of public address answers every way of asking as docs/answers.md says, as of now and of the past."""

import time
from types import SimpleNamespace

import pytest

from measures.models import Category, Measure
from measures.selection.parameters import as_of, has_past
from measures.snapshots import editing_as
from tests.answers import DOCUMENT, KINDS, Judge, kind_of, text
from tests.cached_site import cached_site, edit
from tests.crawl import MACHINE
from tests.public_pages import PAGE_TYPES, PREFIXES

FILES = [
    "/measures.xlsx",
    *(f"/measures/2020-07{form}" for form in (".json", ".bib", ".ris")),
    "/api/measures/2020-07/",
    "/api/centres/finance/",
]
NOT_THERE = ("/measures/?category=unknown", "/no-such-page/")


@pytest.fixture
def judge(restored, monkeypatch):
    """Of a site with four data versions: what was edited, renamed and deleted can be read as it was."""
    edit()
    with editing_as("test"):
        Category.objects.filter(slug="well-being").update(name_zh="改了名", name_en="Renamed")
    with editing_as("test"):
        Measure.objects.get(code="2020-23").delete()
    later = SimpleNamespace(time=lambda: time.time() + 10)  # the last edit was a while ago
    monkeypatch.setattr("futian_reform.page_cache.cached_response.time", later)
    with cached_site() as site:
        yield Judge(site.request)


def test_the_document_is_what_is_tested():
    assert DOCUMENT.read_text() == text(), "write it with: .venv/bin/python -m tests.answers"


def test_every_type_of_page_and_every_form_has_validators(judge):
    pages = [address for address in PAGE_TYPES if address not in NOT_THERE]
    # In the three languages by turns; the audit asks for each in all.
    addresses = [PREFIXES[number % 3] + address for number, address in enumerate(pages)]
    addresses += [*MACHINE, *FILES, "/robots.txt"]
    for address in (
        *addresses,
        *(as_of(address, 1) for address in addresses if has_past(address.partition("?")[0])),
    ):
        judge.conditions(*address.partition("?")[::2])
    assert "\n".join(judge.faults) == ""


def test_each_kind_of_address_answers_each_way_of_asking(judge):
    addresses = [
        "/zh-hant/measures/",
        "/en/measures.atom",
        "/changes/",
        "/zh-hant/changes.atom",
        "/en/plans/2020/",
        "/en/categories/well-being/",
        "/en/about/",
        "/sitemap.xml",
        "/measures.csv",
        "/api/measures/",
        "/api/centres/",
        "/api/centres/finance/",
        "/measures/2020-07.json",
        "/api/schema/",
        "/timemap/en/measures/2020-07/",
        "/timemap/measures.csv",
    ]
    assert {kind_of(address) for address in addresses} == KINDS.keys()
    for address in addresses:
        judge.judge(address)
        if has_past(address):
            judge.judge(as_of(address, 1))
    assert "\n".join(judge.faults) == ""
