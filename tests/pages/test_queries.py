"""How many queries each page asks of the database, whatever the number of its rows."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from measures.catalogue.catalogue import _current
from tests.public_pages import PAGE_TYPES
from tests.queries import statements

# Of the first request of a data version in a process, and of the next. The first page with a title that is wrapped asks for the
# words of the site.
QUERIES = {
    "/": (8, 1),
    "/measures/": (6, 1),
    "/measures/?category=well-being&centre=none": (6, 1),
    "/measures/?q=jiaoshi": (11, 7),  # what may be spelt, and where each hit matched
    "/measures/?district=xiangmihu&role=responsible": (5, 1),
    "/measures/?q=arbitratoin": (13, 9),
    "/measures/?category=unknown": (2, 1),
    "/measures/2020-05/": (6, 2),
    "/measures/2020-15/history/": (3, 2),
    "/measures/2020-15/history/1/": (11, 7),
    "/categories/well-being/": (6, 2),
    "/centres/finance/": (6, 2),
    "/audiences/families/": (6, 2),
    "/districts/futian/": (6, 2),
    "/plans/": (4, 1),
    "/plans/2020/": (7, 1),
    "/plans/2020/source/": (5, 2),
    "/glossary/": (6, 1),
    "/gaps/": (6, 1),
    "/data/": (7, 1),
    "/api/": (2, 1),
    "/changes/": (3, 2),
    "/about/": (4, 1),  # the bar needs the numbers
    "/no-such-page/": (1, 1),
}
MACHINE = {
    "/measures.csv": (5, 2),
    "/measures.xlsx": (5, 2),
    "/measures.json": (5, 2),
    "/measures.atom": (5, 2),
    "/changes.atom": (3, 2),
    "/api/measures/": (5, 2),
    "/sitemap.xml": (6, 2),
    "/sitemap-measures.xml": (5, 2),
    "/datapackage.json": (7, 1),
    "/measures/2020-05.json": (5, 2),
    "/measures/2020-05.bib": (5, 2),
    "/measures/2020-05.ris": (5, 2),
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
