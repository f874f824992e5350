"""The matrix of a list: what it leads to, and how sure a link is, seen and heard."""

import random
import re
from html import unescape

import pytest
from django.http import QueryDict

from measures.selection.facets import FACETS
from measures.selection.filter import MeasureFilter

SELECTIONS = 40


def matrix_of(client, query: str) -> str:
    page = client.get(f"/en/measures/?{query}&view=matrix".replace("?&", "?"))
    assert page.status_code == 200
    return page.text.partition('<table class="matrix">')[2].partition("</table>")[0]


def queries() -> list[str]:
    """Nothing, every centre and category, and other selections."""
    filterset = MeasureFilter()
    assert filterset.is_valid()
    values = {facet: list(filterset.labels[facet]) for facet in FACETS if facet != "plan"}
    chosen = [{}, *({facet: [value]} for facet in ("category", "centre") for value in values[facet])]
    chance = random.Random(15)
    for _ in range(SELECTIONS):
        facets = chance.sample(list(values), chance.choice((1, 2, 2, 3)))
        chosen.append({facet: chance.sample(values[facet], chance.choice((1, 1, 2))) for facet in facets})
    found = []
    for selection in chosen:
        filterset = MeasureFilter(selection)
        assert filterset.is_valid()
        found.append(filterset.canonical_query())
    return found


def count(query: str, counted: dict[str, int] = {}) -> int:  # noqa: B006  counted once for all selections
    if query not in counted:
        filterset = MeasureFilter(QueryDict(query))
        assert filterset.is_valid()
        assert filterset.canonical_query() == query
        counted[query] = filterset.fitting.total
    return counted[query]


def test_every_number_is_what_its_link_gives_and_no_link_leads_to_an_empty_list(databases, client):
    wrong = []
    for query in queries():
        links = re.findall(r'href="/en/measures/(?:\?([^"]*))?"[^>]*>(.*?)</a>', matrix_of(client, query))
        for address, text in links:
            number = count(unescape(address))
            if not number or (text.isdigit() and int(text) != number):
                wrong.append((query, address, text, number))
    assert wrong == []


def test_names_of_rows_and_columns_are_links(client):
    heads = re.findall(r'<th (?:class="total" )?scope="(?:row|col)"[^>]*>(.*?)</th>', matrix_of(client, ""))
    links = [re.search(r'href="([^"]+)"', head) for head in heads]
    linked = [link[1] for link in links if link]
    assert len(linked) == 6 + 4 + 1
    for address in linked:
        assert client.get(unescape(address)).status_code == 200, address
    heads = [head for head, link in zip(heads, links, strict=True) if not link]
    assert heads == ["Category", "Measures", "Measures"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", {"05, by wording of the source", "05, by the editors’ judgement", "12"}),
        ("category=well-being", {"05, by wording of the source, outside the selection", "20"}),
    ],
)
def test_evidence_is_heard(client, query, said):
    dots = re.findall(r'<a class="dot.*?>(.*?)</a>', matrix_of(client, query))
    assert said <= {re.sub("<.*?>", "", dot) for dot in dots}


def test_the_matrix_is_another_look_at_the_same_list(client):
    plain, matrix = (client.get(f"/en/measures/?centre=finance{view}").text for view in ("", "&view=matrix"))
    assert ('<table class="matrix">' in plain, '<table class="matrix">' in matrix) == (False, True)
    links = r'<link rel="(?:canonical|alternate)" [^>]*>'
    assert re.findall(links, matrix) == re.findall(links, plain)
    assert 'href="/en/measures/?centre=finance&amp;view=matrix"' in plain
    assert 'href="/en/measures/?centre=finance"' in matrix
    for given, address in (
        ("view=matrix&centre=finance", "?centre=finance&view=matrix"),
        ("view=", ""),
        ("view=list", ""),
        ("view=matrix&page=1", "?view=matrix"),
    ):
        response = client.get(f"/en/measures/?{given}")
        assert (response.status_code, response.headers["Location"]) == (302, f"/en/measures/{address}")


def test_the_legend_speaks_of_grey_where_a_dot_is(databases, client):
    wrong = []
    for query in queries():
        matrix = matrix_of(client, query)
        if ('class="dot outside"' in matrix) != ("Grey: outside the selection." in matrix):
            wrong.append(query)
    assert wrong == []
