"""Every kind of public address answers every way of asking as docs/answers.md says."""

import time
from types import SimpleNamespace

import pytest

from tests.answers import DOCUMENT, Judge, kind_of, text
from tests.cached_site import cached_site
from tests.crawl import MACHINE
from tests.public_pages import PAGE_TYPES, PREFIXES

FILES = [
    "/measures.xlsx",
    "/measures/2020-07.json",
    "/measures/2020-07.bib",
    "/api/measures/2020-07/",
    "/api/centres/finance/",
]
NOT_THERE = ("/measures/?category=unknown", "/no-such-page/")


@pytest.fixture
def judge(databases, monkeypatch):
    later = SimpleNamespace(time=lambda: time.time() + 10)  # the last edit was a while ago
    monkeypatch.setattr("futian_reform.page_cache.cached_response.time", later)
    with cached_site() as site:
        yield Judge(site.request)


def test_the_document_is_what_is_tested():
    assert DOCUMENT.read_text() == text(), "write it with: .venv/bin/python -m tests.answers"


def test_every_type_of_page_and_every_form_has_validators(judge):
    pages = [address for address in PAGE_TYPES if address not in NOT_THERE]
    for number, address in enumerate(
        pages
    ):  # in the three languages by turns; the audit asks for each in all
        judge.conditions(*(PREFIXES[number % 3] + address).partition("?")[::2])
    for address in (*MACHINE, *FILES, "/robots.txt"):
        judge.conditions(*address.partition("?")[::2])
    assert "\n".join(judge.faults) == ""


def test_each_kind_of_address_answers_each_way_of_asking(judge):
    addresses = [
        "/en/about/",
        "/zh-hant/measures/",
        "/changes/",
        "/en/measures.atom",
        "/measures.csv",
        "/api/measures/",
    ]
    addresses += ["/api/centres/", "/measures/2020-07.json", "/sitemap.xml"]
    assert (
        len(
            {
                kind_of(address)
                for address in (path.removeprefix("/en").removeprefix("/zh-hant") for path in addresses)
            }
        )
        == 7
    )
    for address in addresses:
        judge.judge(address)
    assert "\n".join(judge.faults) == ""
