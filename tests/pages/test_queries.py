"""How many queries each page asks of the database, whatever the number of its rows."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from measures.catalogue.catalogue import _current
from tests.public_pages import PAGE_TYPES
from tests.queries import statements

# Of the first request of a data version in a process, and of the next.
QUERIES = {
    "/": (10, 5),
    "/measures/": (9, 1),
    "/measures/?category=well-being&centre=none": (9, 1),
    "/measures/?q=jiaoshi": (16, 7),  # what may be spelt, and where each hit matched
    "/measures/?district=xiangmihu&role=responsible": (6, 1),
    "/measures/?q=arbitratoin": (13, 8),
    "/measures/?category=unknown": (3, 1),
    "/measures/2020-05/": (14, 10),
    "/measures/2020-15/history/": (3, 2),
    "/measures/2020-15/history/1/": (8, 7),
    "/categories/well-being/": (9, 7),
    "/centres/finance/": (9, 7),
    "/audiences/families/": (8, 6),
    "/districts/futian/": (9, 7),
    "/source/": (7, 6),
    "/data/": (6, 2),
    "/api/": (3, 1),
    "/changes/": (3, 2),
    "/about/": (2, 1),
    "/no-such-page/": (1, 1),
}
MACHINE = {
    "/measures.csv": (6, 2),
    "/measures.xlsx": (7, 3),
    "/measures.json": (6, 2),
    "/measures.atom": (7, 6),
    "/changes.atom": (2, 2),
    "/api/measures/": (10, 9),
    "/sitemap.xml": (9, 9),
    "/sitemap-measures.xml": (3, 3),
    "/datapackage.json": (3, 3),
    "/measures/2020-05.json": (8, 8),
    "/measures/2020-05.bib": (2, 2),
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
    first, again = asked(client, address), asked(client, address)
    assert (len(first), len(again)) == counts, "\n".join([*first, "", *again])
