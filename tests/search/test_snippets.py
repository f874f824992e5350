"""Where a measure matched."""

import re
from urllib.parse import quote

import pytest
from django.utils.translation import override

from measures.models import Action
from measures.search.snippets import hits

from .queries import filtered


@pytest.mark.parametrize(
    ("q", "code", "field", "marked", "pinyin"),
    [
        ("jinrongkeji", "2020-05", "Title", "金融科技", "jīn róng kē jì"),
        ("拟建金融科技示范区", "2020-05", "Headline", "拟建金融科技示范区", ""),
        ("核心新引擎", "2020-01", "Action 1", "核心新引擎", ""),
        ("河套", "2020-01", "Keywords", "河套", ""),
        ("文化教育中心", "2020-23", "Centre", "文化教育中心", ""),
        ("梅林彩田片区", "2020-25", "Place", "梅林彩田片区", ""),
        ("personnel", "2020-28", "Keywords", "personnel", ""),
        ("国际一流营商环境", "2020-12", "Category", "国际一流营商环境", ""),
    ],
)
def test_hit_says_where_it_matched(databases, settings, q, code, field, marked, pinyin):
    filterset = filtered(q)
    (measure,) = filterset.catalogue.measures_by_code([code]).values()
    assert measure.key in set(filterset.keys)
    with override("en"):
        (hit,) = hits(measure, filterset.search)
        assert (hit.field, hit.pinyin) == (field, pinyin)
        assert re.findall("<mark>(.*?)</mark>", hit.snippet) == [marked]


def test_every_hit_of_a_search_is_marked_somewhere(databases, client):
    for q in ("服务", "yshj", "services", "fuwu", "e站 香蜜湖"):
        response = client.get("/en/measures/", {"q": q})
        rows = re.findall(r'<li class="row.*?</li>', response.text, re.S)
        assert len(rows) == len(response.context["listing"].rows) > 0
        assert all("<mark>" in row or "hit-pinyin" in row for row in rows), q


def test_snippets_are_escaped(restored, client):
    Action.objects.filter(measure__code="2020-03", position=1).update(text_zh="甲<script>乙</script>&丙丁")
    response = client.get("/measures/?q=" + quote("丙丁"))
    assert "甲&lt;script&gt;乙&lt;/script&gt;&amp;<mark>丙丁</mark>" in response.text
    assert "<script>乙" not in response.text
