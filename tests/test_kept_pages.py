"""What the page cache keeps, and that nobody pushes out of it what many read."""

import random
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.http import HttpResponse

from tests.cached_site import Site

VERSION = SimpleNamespace(number=1, at=datetime(2026, 1, 1, tzinfo=UTC), lineage="a")
SIZE = 24_000  # bytes of a page: with its variants 50 kB, so that some 250 are kept
FLOOD = 3_000  # a dozen times what is kept; tests/audit/test_flood.py asks the real site for 20,000
COMMON = [
    ("/", ""),
    ("/measures/", ""),
    ("/en/", ""),
    ("/en/measures/", ""),
    ("/measures/", "centre=finance"),
    ("/measures/", "q=%E6%95%99%E8%82%B2"),
    ("/measures.csv", ""),
    ("/measures.json", "role=pilot"),
    *((f"/measures/2020-{number:02}/", "") for number in range(1, 13)),
]


def django(environ, start_response):
    """Any page, of one size."""
    response = HttpResponse(b"x" * SIZE, headers={"Cache-Control": "public"})
    response.data_version = VERSION
    start_response("200 OK", list(response.items()))
    return response


@pytest.fixture
def site():
    site = Site(django, settings.PAGE_CACHE_BYTES)
    site.cache.poll.version = (VERSION.number, VERSION.at.timestamp(), VERSION.lineage)
    return site


def rendered(site: Site, *address: str) -> bool:
    """Whether an address was made anew when it was asked for."""
    before = len(site.asked)
    assert site.request(*address)[0] == 200
    return len(site.asked) > before


def hit_rate(site: Site) -> float:
    return sum(not rendered(site, *address) for address in COMMON) / len(COMMON)


def search(number: int) -> tuple[str, str]:
    return "/measures/", f"q={number}"


def record(number: int) -> tuple[str, str]:
    return f"/en/measures/{1000 + number}-01/", ""


@pytest.mark.parametrize(
    ("asked_for", "times"),
    [(search, 1), (search, 2), (record, 1)],
    ids=["searches", "searches twice", "crawler"],
)
def test_a_flood_pushes_out_nothing_that_is_read(site, asked_for, times):
    """Many other addresses, while nobody reads anything."""
    for address in COMMON * 3:
        site.request(*address)
    assert hit_rate(site) == 1
    for number in range(FLOOD):
        for _ in range(times):
            site.request(*asked_for(number))
    assert hit_rate(site) == 1
    assert site.cache.pages.bytes <= settings.PAGE_CACHE_BYTES


def test_an_address_with_a_query_is_kept_when_it_is_asked_for_twice(site):
    assert [rendered(site, "/measures/", "q=a") for _ in range(4)] == [True, True, False, False]
    assert [rendered(site, "/measures/2020-07/", "") for _ in range(3)] == [True, False, False]


def test_one_answer_is_kept_once_however_it_is_asked_for(site):
    ways = [
        "role=pilot&centre=finance",
        "centre=finance&role=pilot",
        "centre=finance&role=pilot&from=x",
        "utm_a=1&role=pilot&q=&centre=finance。",
    ]
    for way in ways:
        site.request("/measures.csv", way.encode().decode("latin-1"))
    assert len(site.asked) == 2
    assert list(site.cache.pages) == [("/measures.csv", "centre=finance&role=pilot")]


def test_what_is_kept_is_counted_rightly_whatever_happens(site):
    """Against a plain reading of the rules, at every step."""
    chance = random.Random(17)
    addresses = [*map(search, range(150)), *map(record, range(400))]
    pages = site.cache.pages
    for _step in range(2000):
        address = addresses[min(int(chance.expovariate(0.01)), len(addresses) - 1)]
        match chance.random():
            case luck if luck < 0.96:
                site.request(*address)
            case luck if luck < 0.99:
                pages.drop(address)
            case luck if luck < 0.999:
                site.cache.poll.version = (site.cache.poll.version[0] + 1, *site.cache.poll.version[1:])
                VERSION.number = site.cache.poll.version[0]
            case _:
                pages.clear()
        assert not pages.new.keys() & pages.proven.keys()
        assert pages.new_bytes == sum(page.size for page in pages.new.values())
        assert (
            pages.bytes
            == pages.new_bytes + sum(page.size for page in pages.proven.values())
            <= pages.max_bytes
        )
