"""Suggestions while typing: names with what is typed so far in them, and the number that each link leads to."""

import re
from collections import Counter

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from measures.models import Measure
from measures.pages import suggestions as page
from measures.pages.suggestions import MAX_SUGGESTIONS
from measures.search import suggestions as search
from tests.queries import statements

ADDRESS = "/measures/suggestions.json"


def suggested(client, q: str, prefix: str = "/en") -> list[dict]:
    answer = client.get(prefix + ADDRESS, {"q": q})
    assert answer.status_code == 200
    return answer.json()["suggestions"]


def places(client, q: str) -> set[str]:
    return {own["address"].removeprefix("/en") for own in suggested(client, q)}


EDUCATION = "/measures/2020-22/"
CULTURE = "/measures/?centre=culture"
FINANCE = "/measures/?centre=finance"
BUSINESS = "/measures/?category=business-environment"


@pytest.mark.parametrize(
    ("q", "address"),
    [
        # measures, categories, centres, places, audiences, terms
        *((q, EDUCATION) for q in ("教育", "教育综合", "edu", "educat", "education sys", "综合体系改革 教育", "zonghet", "教育zongh")),
        *((q, "/measures/2020-07/") for q in ("2020-07", "第七项", "no. 7", "chanxueyan", "cxyy")),
        *((q, BUSINESS) for q in ("营商", "營商環", "yingshang", "yingshanghua", "ying shang hu", "yshj", "ysh", "business env", "env")),
        *((q, FINANCE) for q in ("金", "金融", "jinr", "jr", "jrzx", "fina", "Financ")),
        *((q, "/measures/?district=xiangmihu") for q in ("香蜜", "香蜜湖街", "xiangm", "xiangmihu", "xmh", "Xiangmihu Sub")),
        *((q, "/measures/?audience=educators") for q in ("教师", "老师", "jiaosh", "teach", "teachers and sch")),
        *((q, "/glossary/#silicon-building") for q in ("硅", "硅楼", "guilou", "silic", "silicon build")),
    ],
)  # fmt: skip
def test_what_is_typed_so_far_suggests_names(databases, client, q, address):
    assert address in places(client, q)


@pytest.mark.parametrize(
    "q", ["", " ", "…", "z", "zzz", "海滩", "教育 海滩", "x" * 200, "教" * 61, "a b c d e f g h i"]
)
def test_nothing_is_suggested_rather_than_nonsense(databases, client, q):
    answer = client.get("/en" + ADDRESS, {"q": q})
    assert (answer.status_code, answer.json()) == (200, {"suggestions": [], "said": "0 suggestions"})


@pytest.mark.parametrize("q", ["教", "福田", "fut", "社区", "金融", "服务", "se", "ex", "企业", "区"])
def test_a_number_is_that_of_the_list_it_leads_to(databases, client, q):
    own = suggested(client, q)
    assert 0 < len(own) <= MAX_SUGGESTIONS
    for suggestion in own:
        shown = client.get(suggestion["address"].partition("#")[0])
        assert shown.status_code == 200
        if "?" in suggestion["address"]:
            assert shown.context["listing"].count == suggestion["count"] > 0
        elif "#" in suggestion["address"]:
            (entry,) = re.findall(
                rf'<dt id="{suggestion["address"].partition("#")[2]}">.*?(?=<dt|</dl>)', shown.text, re.S
            )
            assert len(re.findall(r"<li value", entry)) == suggestion["count"]
        else:
            assert suggestion["count"] is None


def test_each_language_has_suggestions_of_its_own(databases, client):
    for prefix, kind, text, lang in (
        ("/en", "Centre", "Financ", "en"),
        ("", "中心", "金融", "zh-Hans"),
        ("/zh-hant", "中心", "金融", "zh-Hant"),
    ):
        own = [own for own in suggested(client, "金融", prefix) if own["address"] == prefix + FINANCE]
        assert [(each["kind"], each["lang"]) for each in own] == [(kind, lang)]
        assert text in own[0]["text"]
    (category,) = [own for own in suggested(client, "營商", "/zh-hant") if "category" in own["address"]]
    assert category["text"] == "全方位創建國際一流營商環境"


def test_a_headline_is_shown_where_the_title_does_not_have_it(databases, client):
    for measure in Measure.objects.exclude(headline_zh=""):
        typed = measure.headline_zh[:4]
        own = {each["address"]: each["text"] for each in suggested(client, typed, "")}
        shown = own.get(f"/measures/{measure.code}/")
        if shown:
            assert typed in shown


def test_the_number_of_suggestions_is_limited(databases, client, monkeypatch):
    monkeypatch.setattr(search, "MAX_MEASURES", 100)
    every = suggested(client, "区")
    assert len(every) == MAX_SUGGESTIONS


def test_the_number_of_each_kind_is_limited(databases, client, monkeypatch):
    def counts():
        return Counter(own["kind"] for own in suggested(client, "区") if own["kind"] != "Measure")

    assert max(counts().values()) > 1
    monkeypatch.setattr(page, "MAX_OF_A_KIND", 1)
    assert set(counts().values()) == {1}


def test_few_measures_are_read_and_shown(databases, client, monkeypatch):
    monkeypatch.setattr(search, "MAX_READ", 2)
    assert len([own for own in suggested(client, "改革") if own["kind"] == "Measure"]) == 2
    monkeypatch.setattr(search, "MAX_READ", 20)
    assert len([own for own in suggested(client, "改革") if own["kind"] == "Measure"]) == search.MAX_MEASURES


def test_words_that_an_unfinished_one_may_become_are_limited(databases, client, monkeypatch):
    assert EDUCATION in places(client, "ed")
    monkeypatch.setattr("measures.search.index.MAX_COMPLETIONS", 0)
    assert EDUCATION not in places(client, "ed")


def test_it_is_small_kept_and_not_for_search_engines(databases, client):
    answer = client.get("/en" + ADDRESS, {"q": "福田"})
    assert len(answer.content) < 3000
    assert answer.headers["Content-Type"] == "application/json"
    assert "public" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["X-Data-Version"]
    for section in ("pages", "topics", "measures"):
        assert "suggestions" not in client.get(f"/sitemap-{section}.xml").text


def test_few_statements_are_needed(databases, client):
    client.get("/en" + ADDRESS, {"q": "福田"})
    with CaptureQueriesContext(connections["reader"]) as captured:
        client.get("/en" + ADDRESS, {"q": "jiaoyu"})
    assert len(statements(captured)) <= 8


@pytest.mark.parametrize("query", ["q=" + "a" * 201, "q=%ff%fe", "centre=unknown", "q=%00"])
def test_what_cannot_be_read_is_refused_as_json(databases, client, query):
    answer = client.get(f"/en{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
