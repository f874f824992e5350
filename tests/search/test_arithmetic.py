"""Where nothing fits, numbers say what is left without a part of the query."""

import pytest
from django.http import QueryDict

from measures.catalogue import Catalogue
from measures.pages.listing import Listing
from measures.search import Search, search
from measures.selection.filter import MeasureFilter

from .queries import filtered, found

#: A query, its parts, and those without which something is left.
QUERIES = [
    ("教育 河套", ["教育", "河套"]),
    ("深圳海滩", ["深圳", "海滩"]),
    ("福田海滩", ["福田", "海滩"]),
    ("教师轮岗海滩", ["教师轮岗", "海滩"]),
    ("人工智能海滩教育", ["人工智能", "海滩", "教育"]),
    ("河套仲裁教师", ["河套", "仲裁", "教师"]),
    ("arbitration kindergarten", ["arbitration", "kindergarten"]),
    ("teachers arbitration currency", ["teachers", "arbitration", "currency"]),
    ("数字货币教师", ["数字货币", "教师"]),
    ("未来社区仲裁", ["未来社区", "仲裁"]),
    ("shuzihuobi jiaoshi 5g", ["shuzihuobi jiaoshi", "5g"]),
    ("教育 改革 社区 金融 河套 仲裁 教师 5g", ["教育", "改革", "社区", "金融", "河套", "仲裁", "教师", "5g"]),
]


@pytest.mark.parametrize(("q", "parts"), QUERIES)
def test_numbers_are_those_of_the_lists_they_lead_to(databases, q, parts):
    search = Search(q, Catalogue.current())
    assert not search.found
    ways = search.without
    assert [way.part for way in ways] == parts
    assert any(way.found for way in ways)
    for way in ways:
        assert way.found.bit_count() == len(found(way.query)), way
        assert way.query == (way.part if way.alone else " ".join(part for part in parts if part != way.part))


READ_OTHERWISE_ALONE = [
    "教育局",  # a character of which the site knows only whole words
    "学区房",
    "深圳湾",
    "留学生",
    "无人驾驶",
    "福田区教育局",
    "教育 海滩7",  # the number of a measure
    "when will 5G be everywhere",  # a word to ask with
    "greater bay beach",  # two words with a synonym
    "no beach 7",
    "visa forms 海滩",
]


@pytest.mark.parametrize("facets", [{}, {"centre": "technology"}], ids=["all", "centre"])
@pytest.mark.parametrize("q", READ_OTHERWISE_ALONE)
def test_a_part_is_counted_as_its_list_reads_it(databases, q, facets):
    """What is left of a query is a query of its own, which may be read in another way than as a part."""
    filterset = MeasureFilter({"q": q} | facets)
    assert filterset.is_valid()
    ways = Listing(filterset).relaxations
    assert len(ways) > 1
    for way in ways:
        beyond = MeasureFilter(QueryDict(way.address.partition("?")[2]))
        assert beyond.is_valid()
        assert way.count == beyond.fitting.total, way


@pytest.mark.parametrize(("share", "offered"), [(0.1, 4), (0.2, 0)])
def test_all_ways_out_together_take_no_longer_than_half_of_a_search(databases, monkeypatch, share, offered):
    class Slow(Search):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.index.seconds = share * search.MAX_SECONDS

    monkeypatch.setattr(search, "Search", Slow)
    assert len(Slow("河套 仲裁 海滩 教师", Catalogue.current()).without) == offered


def test_parts_are_shown_alone_where_leaving_one_out_is_not_enough(databases):
    ways = Search("河套 仲裁 海滩 教师", Catalogue.current()).without
    assert all(way.alone for way in ways)
    assert [(way.part, bool(way.found)) for way in ways] == [
        ("河套", True), ("仲裁", True), ("海滩", False), ("教师", True)
    ]  # fmt: skip


def test_numbers_are_those_within_the_facets(client):
    filterset = MeasureFilter({"q": "深圳海滩", "category": "well-being"})
    assert filterset.is_valid()
    ways = [way for way in Listing(filterset).relaxations if way.labels[0].strip("“”") in {"深圳", "海滩"}]
    anywhere = filtered("深圳")
    assert ways[1].count == (anywhere.fitting.bitmap & filterset.fitting_without_search.bitmap).bit_count()
    assert ways[1].count < anywhere.fitting.total


def test_the_page_says_it(client):
    page = client.get("/en/measures/", {"q": "深圳海滩"}).text
    assert "“海滩”</em></a> → " in page
    assert 'href="/en/measures/?q=%E6%B7%B1%E5%9C%B3"' in page
    alone = client.get("/en/measures/", {"q": "河套 仲裁 海滩 教师"}).text
    assert ">only <em>Search: “河套”</em></a> → 2 measures" in alone
