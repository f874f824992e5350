"""Every address that a crawl finds, in three languages and every form, as of now and of each data version before, answers every
way of asking as docs/answers.md says, and its body is of its own format."""

from urllib.parse import urlsplit

import pytest
from requests.utils import parse_header_links

from tests.crawl import crawl
from tests.models.steps import live
from tests.test_answers import FILES, judge  # noqa: F401  a fixture


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_every_public_address_answers_as_documented(client, judge, nu_html_checker, moment):  # noqa: F811
    assert live() == 4
    found = crawl(client, moment=moment)
    assert found.faults == {}
    files = [f"{file}?as_of={moment}" if moment else file for file in FILES]
    addresses = dict.fromkeys([*found.pages, *found.answers, *files])
    for address in addresses:
        judge.judge(address)
    print(f"{len(addresses)} addresses, {len(found.pages)} of them pages")
    assert judge.faults == []
    assert nu_html_checker({at: page.markup.encode() for at, page in found.pages.items()}) == set()


def test_time_maps_are_link_formats(client, judge):  # noqa: F811
    """Of every page and file that can be read as it was."""
    found = crawl(client)
    read = 0
    for address in (*found.pages, *found.answers, *FILES):
        response = client.get(f"/timemap{address}")
        if response.status_code != 200:
            continue
        links = parse_header_links(response.text.replace("\n", " "))
        relations = [link["rel"] for link in links]
        assert relations[:2] == ["original", "self"], address
        for link in links[2:]:
            assert {"url", "rel", "datetime"} <= link.keys(), address
            then = urlsplit(link["url"])
            assert client.get(f"{then.path}?{then.query}").status_code == 200, link
        read += 1
    assert read > 300
