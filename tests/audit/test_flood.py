"""20,000 distinct searches and unknown names, after which the commonest pages must still be kept."""

import http.client
import re
import time
from contextlib import closing
from urllib.parse import quote

import pytest

from benchmarks.site import free_port, running_site
from tests.test_kept_pages import COMMON

FLOOD = 20_000


@pytest.fixture(scope="module")
def site():
    with running_site(workers=1, METRICS_PORT=str(free_port())) as site:
        yield site


def kept(port: int) -> int:
    """How many answers came from memory, whatever they were."""
    time.sleep(2)  # they are counted once a second
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as client:
        client.request("GET", "/metrics")
        text = client.getresponse().read().decode()
    counts = re.findall(r'^futian_answers_total\{.*source="kept".*\} (\S+)$', text, re.MULTILINE)
    return int(sum(map(float, counts)))


def test_the_commonest_pages_survive_a_flood(site):
    common = [f"{path}?{query}" if query else path for path, query in COMMON]
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)) as client:

        def ask(address: str) -> int:
            client.request("GET", address)
            response = client.getresponse()
            response.read()
            return response.status

        for address in common * 3:
            assert ask(address) == 200
        statuses = {200: 0, 302: 0, 400: 0, 503: 0}
        for number in range(FLOOD):
            if number % 2:
                statuses[ask(f"/?x={number}")] += 1
            else:
                statuses[ask(f"/en/measures/?q={quote('教')}{number}")] += 1
        assert statuses == {200: FLOOD // 2, 302: FLOOD // 2, 400: 0, 503: 0}
        before = kept(int(site.environment["METRICS_PORT"]))
        for address in common:
            assert ask(address) == 200
        assert kept(int(site.environment["METRICS_PORT"])) - before == len(common)
