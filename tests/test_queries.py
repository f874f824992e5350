"""How many queries each page asks of the database, whatever the number of its rows."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from .pages import PAGE_TYPES

QUERIES = {
    "/": 10,
    "/measures/": 10,
    "/measures/?category=well-being&centre=none": 10,
    "/measures/?q=jiaoshi": 16,  # what may be spelt, and where each hit matched
    "/measures/?district=xiangmihu&role=responsible": 6,
    "/measures/?category=unknown": 3,
    "/measures/2020-05/": 12,
    "/measures/2020-15/history/": 3,
    "/measures/2020-15/history/1/": 8,
    "/categories/well-being/": 9,
    "/centres/finance/": 9,
    "/audiences/families/": 8,
    "/districts/futian/": 9,
    "/source/": 6,
    "/data/": 5,
    "/api/": 3,
    "/changes/": 3,
    "/about/": 2,
    "/no-such-page/": 1,
}
MACHINE = {
    "/measures.csv": 10,
    "/measures.xlsx": 12,
    "/measures.json": 11,
    "/measures.atom": 7,
    "/changes.atom": 2,
    "/api/measures/": 11,
    "/sitemap.xml": 8,
    "/datapackage.json": 3,
    "/measures/2020-05.json": 8,
    "/measures/2020-05.bib": 2,
}


def test_every_page_type_is_counted():
    assert set(QUERIES) == set(PAGE_TYPES)


@pytest.mark.parametrize(("address", "count"), [*QUERIES.items(), *MACHINE.items()])
def test_queries(client, address, count):
    client.get(address)  # connected, and what a process learns once is learnt
    with CaptureQueriesContext(connections["reader"]) as captured:
        response = client.get(address)
        b"".join(response.streaming_content) if response.streaming else response.content
    asked = [query["sql"] for query in captured if query["sql"] not in {"BEGIN", "COMMIT"}]
    assert len(asked) == count, "\n".join(asked)
