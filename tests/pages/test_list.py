"""The list page: one address for one selection, its refusals, its words, its cost."""

import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.open_data.forms import codes_of_rows
from tests.queries import statements


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("centre=finance&category=well-being", "category=well-being&centre=finance"),
        (
            "category=well-being&category=business-environment",
            "category=business-environment&category=well-being",
        ),
        ("category=well-being&category=well-being", "category=well-being"),
        ("centre=none&centre=finance&utm_source=x", "centre=finance&centre=none"),
        ("q=&category=&page=&sort=", ""),
        ("q=++a++b+", "q=a+b"),
        ("page=1", ""),
        ("sort=number", ""),
        ("sort=relevance", ""),
        ("q=a&sort=relevance", "q=a"),
        ("sort=title&q=a&page=1", "q=a&sort=title"),
        ("from=home", ""),
        ("q=%E6%95%99%e8%82%b2", "q=%E6%95%99%E8%82%B2"),
    ],
)
def test_one_selection_has_one_address(client, query, canonical):
    response = client.get(f"/en/measures/?{query}")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"/en/measures/?{canonical}" if canonical else "/en/measures/",
    )
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "explanation"),
    [
        ("category=nothing", "“nothing” is not one of the values"),
        ("centre=finance&link=hearsay", "“hearsay” is not one of the values"),
        ("role=%3Cscript%3E", "“&lt;script&gt;” is not one of the values"),
        ("sort=sideways", "sideways"),
        ("district=futian&district=atlantis", "“atlantis” is not one of the values"),
    ],
)
def test_unknown_value_is_explained_in_the_page(client, query, explanation):
    response = client.get(f"/en/measures/?{query}")
    assert response.status_code == 400
    assert explanation in response.text
    assert "This selection cannot be read" in response.text
    assert response.text.count('type="checkbox"') == 6 + 5 + 2 + 10 + 15 + 3 + 3
    assert codes_of_rows(response.text) == []
    assert set(re.findall('class="option-count">(.*?)<', response.text)) == {""}  # nothing was counted


@pytest.mark.parametrize("page", ["0", "2", "9999", "x", "-1", "1.0", "²", "9" * 30])
def test_page_out_of_range_is_not_found(client, page):
    assert client.get("/measures/", {"page": page}).status_code == 404


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/en/measures/", "All 28 measures"),
        ("/en/measures/?role=pilot", "3 measures with a named pilot site"),
        (
            "/en/measures/?q=education&category=business-environment&category=well-being",
            "5 measures in the categories “Creating a world-class business environment on all fronts” and "
            "“Setting a benchmark for people’s well-being”, found for “education”",
        ),
        ("/en/measures/?centre=technology&centre=services&basis=derived", None),
        ("/measures/", "全部28项改革"),
        ("/measures/?centre=finance", "3项对应国际金融中心"),
    ],
)
def test_selection_is_read_back_as_heading_and_title(client, path, heading):
    response = client.get(path)
    h1 = re.search(r"<h1[^>]*>(.*?)</h1>", response.text.replace("<wbr>", "")).group(1)
    title = re.search(r"<title>(.*?)</title>", response.text, re.S).group(1)
    assert title.startswith(h1)
    if heading:
        assert h1 == heading


def test_chips_take_back_one_choice_each(client):
    response = client.get("/en/measures/?q=reform&category=well-being&centre=culture&centre=none")
    chips = re.findall(r'<a class="chip" href="(.*?)"', response.text)
    assert [chip.replace("&amp;", "&") for chip in chips] == [
        "/en/measures/?category=well-being&centre=culture&centre=none",
        "/en/measures/?q=reform&centre=culture&centre=none",
        "/en/measures/?q=reform&category=well-being&centre=none",
        "/en/measures/?q=reform&category=well-being&centre=culture",
    ]


def test_nothing_becomes_arithmetic(client):
    response = client.get("/en/measures/?category=well-being&centre=finance")
    ways = re.findall(r'<li class="way[^"]*"><a href="(.*?)">.*?→ (\d+) measure', response.text, re.S)
    assert ways == [("/en/measures/?centre=finance", "3"), ("/en/measures/?category=well-being", "6")]
    for address, count in ways:
        assert len(codes_of_rows(client.get(address).text)) == int(count)
    response = client.get("/en/measures/?q=arbitration+teachers")
    ways = re.findall(r'<li class="way[^"]*"><a href="(.*?)">.*?→ (\d+) measure', response.text, re.S)
    assert ways == [("/en/measures/?q=teachers", "2"), ("/en/measures/?q=arbitration", "2")]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("number", ["2020-01", "2020-02"]), ("title", ["2020-18", "2020-14"]), ("edited", None)],
)
def test_order(client, sort, first):
    response = client.get("/measures/", {"sort": sort}, follow=True)
    codes = codes_of_rows(response.text)
    assert len(set(codes)) == 28
    if first:
        assert codes[:2] == first


def test_titles_are_in_the_order_of_their_pinyin(client):
    from pypinyin import lazy_pinyin

    titles = re.findall(r'<p class="official">(.*?)</p>', client.get("/measures/?sort=title").text)
    assert len(titles) == 28
    initials = [lazy_pinyin(title)[0][0] for title in titles]
    assert initials == sorted(initials)


def test_last_edited_comes_first(restored, client):
    from measures.models import Measure

    Measure.objects.filter(code="2020-17").update(note_zh="改")
    Measure.objects.filter(code="2020-09").update(note_zh="改")
    codes = codes_of_rows(client.get("/measures/?sort=edited").text)
    assert codes[:2] == ["2020-09", "2020-17"]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/measures/", 10),
        ("/en/measures/?category=business-environment&centre=finance", 10),
        ("/measures/?q=yshj", 16),
        ("/", 12),
    ],
)
def test_queries_of_a_page_do_not_grow_with_its_rows(client, path, most):
    client.get(path)
    with CaptureQueriesContext(connections["reader"]) as queries:
        assert client.get(path).status_code == 200
    asked = [sql for sql in statements(queries) if sql.lstrip().startswith(("SELECT", "WITH"))]
    assert len(asked) <= most, "\n".join(asked)
