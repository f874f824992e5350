"""More readers at once than the site can serve: what they are told, and what is counted."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from tests.test_metrics import answers, settled, site  # noqa: F401  a fixture


def test_more_than_the_site_can_make_is_called_that(site):  # noqa: F811
    """Not a silent database: whoever reads that would look in the wrong place."""

    def ask(number: int) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)) as connection:
            connection.request("GET", f"/en/measures/?q=reform&sort=title&page={number}")
            response = connection.getresponse()
            return response.status, response.read().decode()

    before = answers(site)
    with ThreadPoolExecutor(250) as readers:
        said = list(readers.map(ask, range(2, 1502)))
    refused = [page for status, page in said if status == 503]
    assert refused, "nothing was refused: ask for more"
    assert [page for page in refused if "The database does not answer" in page] == []
    assert all("This site is busy at the moment" in page for page in refused)
    new = settled(site) - before
    assert new["page", "503", "refused"] == len(refused)
    assert new["page", "503", "silent"] == 0
