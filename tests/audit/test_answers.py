"""Every address that a crawl finds, in three languages and every form, answers every way of asking as docs/answers.md says."""

from tests.crawl import crawl
from tests.test_answers import FILES, judge  # noqa: F401  a fixture


def test_every_public_address_answers_as_documented(client, judge):  # noqa: F811
    found = crawl(client)
    assert found.faults == {}
    for address in (*found.pages, *found.answers, *FILES):
        judge.judge(address)
    assert judge.faults == []
