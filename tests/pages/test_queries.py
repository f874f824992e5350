"""How many queries each page asks of the database, whatever the number of its rows."""

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from measures.catalogue import catalogue
from measures.catalogue.catalogue import _current
from measures.catalogue.shared import _made
from tests.public_pages import PAGE_TYPES
from tests.queries import statements

# Of the first request of a data version in a process, and of the next. The first page with a title that is wrapped asks for the
# words of the site.
QUERIES = {
    "/": (7, 1),
    "/measures/": (7, 1),
    "/measures/?category=well-being&centre=none": (7, 1),
    "/measures/?category=business-environment&category=well-being": (7, 1),
    "/measures/?centre=finance&view=matrix": (7, 1),
    "/measures/?q=jiaoshi": (12, 6),  # what may be spelt, and where each hit matched
    "/measures/?district=xiangmihu&role=responsible": (6, 1),
    "/measures/?q=arbitratoin": (14, 8),
    "/measures/?category=unknown": (2, 1),
    "/measures/2020-05/": (6, 1),
    "/measures/2020-15/history/": (3, 2),
    "/measures/2020-15/history/1/": (9, 5),
    "/categories/": (5, 1),
    "/centres/": (5, 1),
    "/audiences/": (5, 1),
    "/districts/": (5, 1),
    "/categories/well-being/": (6, 1),
    "/centres/finance/": (6, 1),
    "/audiences/families/": (6, 1),
    "/districts/futian/": (6, 1),
    "/plans/": (4, 1),
    "/plans/2020/": (6, 1),
    "/plans/2020/source/": (5, 1),
    "/glossary/": (6, 1),
    "/gaps/": (6, 1),
    "/data/": (8, 1),
    "/api/": (2, 1),
    "/cite/verify/": (2, 1),
    "/changes/": (4, 3),  # how many records came with a plan
    "/about/": (4, 1),  # the bar needs the numbers
    "/no-such-page/": (1, 1),
}
MACHINE = {
    "/measures.csv": (5, 2),
    "/measures.xlsx": (5, 2),
    "/measures.json": (5, 2),
    "/measures.atom": (5, 1),
    "/changes.atom": (3, 2),
    "/measures/suggestions.json?q=jiaoyu": (10, 6),
    "/api/measures/": (5, 1),
    "/sitemap.xml": (6, 2),
    "/sitemap-measures.xml": (5, 2),
    "/datapackage.json": (7, 1),
    "/measures/2020-05.json": (3, 2),
    "/measures/2020-05.bib": (3, 2),
    "/measures/2020-05.ris": (3, 2),
}


def test_every_page_type_is_counted():
    assert set(QUERIES) == set(PAGE_TYPES)


def asked(client, address) -> list[str]:
    with CaptureQueriesContext(connections["reader"]) as captured:
        response = client.get(address)
        b"".join(response.streaming_content) if response.streaming else response.content
    return statements(captured)


@pytest.mark.parametrize(("address", "counts"), [*QUERIES.items(), *MACHINE.items()])
def test_queries(client, address, counts):
    client.get(address)  # connected, and what a process learns once is learnt
    _current.cache_clear()
    _made.clear()
    first, again = asked(client, address), asked(client, address)
    assert (len(first), len(again)) == counts, "\n".join([*first, "", *again])


@pytest.mark.parametrize("code", ["2020-05", "2020-01", "2020-28"])
def test_a_measure_that_is_not_kept_is_read_with_all_that_its_page_names_by_one_query(
    client, monkeypatch, code
):
    monkeypatch.setattr(catalogue, "MAX_RECORDS", 0)
    _current.cache_clear()
    client.get("/measures/")
    assert len(asked(client, f"/measures/{code}/")) == 2
    assert len(asked(client, f"/measures/{code}/")) == 2


# Pages that tell of changes look for the latest of all events.
READ_ALL_VERSIONS = ["/changes/", "/changes.atom"]


@pytest.mark.parametrize(
    "address", [address for address in [*QUERIES, *MACHINE] if address not in READ_ALL_VERSIONS]
)
def test_versions_are_read_by_their_keys(client, address):
    """Not one by one: there are many more of them than any page shows."""
    client.get(address)
    client.get(address)  # what is read once for a data version, such as its words, has been read
    asked_for = asked(client, address)
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in asked_for:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on measures_version" not in plan, plan
