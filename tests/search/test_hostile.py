"""Queries that nobody should type have an answer too."""

import re
from urllib.parse import quote

import pytest
from django.db import connections

from measures.catalogue.catalogue import _current


@pytest.mark.parametrize(
    "q",
    ["'; drop table measures_measure; --", "%", "_", "\\", "a\\", ":*&|!()", '"', '"a', "“", "<1>", "'", "''", "a'b", "🙂",
     "العربية", "\u202eabc", "привет", "한국어", "&amp;", "a" * 200, "的" * 200, "yi" * 100, "a " * 99, "xian " * 40,
     "shishi" * 30, "\u0301", "ﬃ", "𠮷野家", "\t \n", "NULL", "e'", "1 1 1 1"],
)  # fmt: skip
def test_strange_queries_have_an_answer(databases, client, q):
    response = client.get("/measures/?q=" + quote(q), follow=True)
    assert response.status_code == 200
    assert len(response.context["listing"].rows) == response.context["listing"].count


@pytest.mark.parametrize(
    "query",
    ["q=" + "a" * 201, "q=" + "a" * 3900, "q=" + quote("的" * 201), "q=%ff%fe", "q=%00", "q=" + "a" * 10_000],
)
def test_unreadable_queries_are_refused_with_a_reason(databases, client, query):
    response = client.get(f"/en/measures/?{query}")
    assert response.status_code == 400
    assert re.search("200 characters|cannot be read|too long|NUL", response.text)


def test_search_that_takes_too_long_has_a_page_of_its_own(databases, client, monkeypatch):
    monkeypatch.setattr("measures.catalogue.store.VOCABULARY", "SELECT pg_sleep(10)")
    _current.cache_clear()
    with connections["reader"].cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
    client.raise_request_exception = False
    try:
        response = client.get("/en/measures/?q=" + quote("shishi" * 30))
    finally:
        connections["reader"].close()
    assert response.status_code == 503
    assert "takes too long" in response.text
