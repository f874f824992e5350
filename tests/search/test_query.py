"""Queries in every script find what they should, on the shipped content."""

import pytest

from measures.models import Measure

from .queries import filtered, found, searched

BUSINESS = {"2020-10", "2020-11", "2020-12", "2020-13", "2020-14"}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("营商环境", BUSINESS),
        ("營商環境", BUSINESS),
        ("yingshanghuanjing", BUSINESS),
        ("YingShangHuanJing", BUSINESS),
        ("ying shang huan jing", BUSINESS),
        ("yíng shāng huán jìng", BUSINESS),
        ("ying2shang1huan2jing4", BUSINESS),
        ("ying'shang'huan'jing", BUSINESS),
        ("ying-shang-huan-jing", BUSINESS),
        ("Yíng–shāng huán—jìng", BUSINESS),
        ("ying1-shang1-huan2-jing4", BUSINESS),
        ("yingshang-huanjing", BUSINESS),
        ("yshj", BUSINESS),
        ("business environment", {*BUSINESS, "2020-06"}),
        ("数字货币", {"2020-05"}),
        ("數字貨幣", {"2020-05"}),
        ("shuzihuobi", {"2020-05"}),
        ("digital currency", {"2020-05"}),
        ("digital currencies", {"2020-05"}),
        ("河套", {"2020-01", "2020-02"}),
        ("Hetao", {"2020-01", "2020-02"}),
        ("HTCZ", {"2020-01", "2020-02"}),
        ("教师轮岗", {"2020-23"}),
        ("5g", {"2020-07", "2020-09"}),
        ("５Ｇ", {"2020-07", "2020-09"}),
        ("5g应用", {"2020-09"}),
        ("1+N", {"2020-16"}),
        ("e站", {"2020-15"}),
        ("2.0版", {"2020-19"}),
        ("公共衞生", {"2020-20"}),
        ("2020-07", {"2020-07"}),
        ("xmh", {"2020-15"}),
        ('"digital currency"', {"2020-05"}),
        ('"currency digital"', set()),
        ("jinrong keji", {"2020-05", "2020-14"}),
        ("arbitration", {"2020-04", "2020-05"}),
        ("arbitrations hong kong", {"2020-04", "2020-05"}),
        ("金融科枝", set()),
        ("集体经济“1+N”多元化", {"2020-16"}),
    ],
)
def test_query_finds(databases, q, expected):
    assert set(found(q)) == searched(q) == expected
    assert filtered(q).fitting.total == len(expected)


def test_title_comes_first(databases):
    codes = found("教育")
    titled = [code for code in codes if "教育" in Measure.objects.get(code=code).title_zh]
    assert titled == ["2020-22"]
    assert codes[: len(titled)] == titled


@pytest.mark.parametrize("q", ["鸾凤", "鸾凤和鸣", "luanfeng", "lfhm", "鸾凤 Phoenixes", '"phoenixes in" 鸾'])
def test_title_comes_first_as_it_is_now(restored, q):
    for titled, other in (("2020-28", "2020-01"), ("2020-01", "2020-28")):
        Measure.objects.filter(code=titled).update(title_zh="鸾凤和鸣", title_en="Phoenixes in harmony")
        Measure.objects.filter(code=other).update(
            title_zh="——", title_en="", note_zh="鸾凤和鸣 Phoenixes in harmony"
        )
        assert found(q) == [titled, other]
        assert list(filtered(q).keys) == [Measure.objects.get(code=code).pk for code in (titled, other)]


def test_all_readings_of_a_character_are_found(databases):
    assert found("重大决策") == found("zhongdajuece") == found("chongdajuece") == ["2020-17"]
    assert set(found("zhongda")) & set(found("chongda")) >= set(found("重大"))
