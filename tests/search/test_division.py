"""Queries without spaces are divided along the words of the site, where nothing has them as they stand."""

import re

import pytest
from django.utils.http import urlencode

from measures.catalogue import Catalogue
from measures.models import Measure
from measures.search import Search

from .queries import answers, filtered, found

DIVIDED = [
    ("深圳教育", "深圳 教育"),
    ("河套科技", "河套 科技"),
    ("教育综合改革", "教育 综合 改革"),
    ("福田有什么教育改革", "福田 教育改革"),
    ("金融keji", "金融 keji"),
    ("keji金融", "keji 金融"),
    ("shenzhenjiaoyu", "shenzhen jiaoyu"),
    ("营商huanjing", "营商 huanjing"),
    ("5gyingyong", "5g yingyong"),
    ("福田区的教育", "福田区 教育"),
    ("政府如何服务企业", "政府服务 企业"),
    ("企业有哪些政策", "企业 政策"),
    ("社区的志愿者", "社区 志愿者"),
    ("深圳香港合作", "深圳 香港 合作"),
    ("how do I find arbitration", "arbitration"),
    ("what is a future community", "future community"),
    ("金融示范区", "金融 示范区"),
    ("人工智能示范区在哪里", "人工智能 示范区"),
    ("keji示范区", "keji 示范区"),
    ("教师们的轮岗", "教师 轮岗"),
]


@pytest.mark.parametrize(("q", "parts"), DIVIDED)
def test_divided_queries_find_what_their_parts_find(client, q, parts):
    search = Search(q, Catalogue.current())
    assert answers(client, q) == set(found(parts)), search.understood
    if search.found:
        assert search.understood


@pytest.mark.parametrize("rest", ["", "教育", "教育改革", "5G", "度", "度教育", "有哪些教育", " 教育"])
@pytest.mark.parametrize("year", ["2020年", "２０２０年", "二〇二〇年", "二零二零年"])
def test_a_year_is_that_of_the_plan(client, year, rest):
    plain = rest.removeprefix("度").replace("有哪些", "")
    assert answers(client, f"{year}{rest}") == set(found(f"2020 {plain}")) != set()


ASKED = ["什么叫{}", "{}是啥意思", "{}什么意思", "{}的含义", "{}指的是什么", "{}指什么", "何谓{}", "{}的定义", "解释一下{}", "{}包括什么",
         "{}包含哪些内容", "{}位于哪里", "{}在什么地方", "{}由谁负责", "谁负责{}", "{}哪个部门负责", "{}的主要内容", "{}有啥具体做法",
         "{}怎么回事", "所谓{}"]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "matter"), [(form, ("未来社区", "票决制")[at % 2]) for at, form in enumerate(ASKED)]
)
def test_a_question_finds_what_it_asks_about(client, form, matter):
    assert answers(client, form.format(matter)) == set(found(matter)) != set()


MIXED = ["金融keji", "keji金融", "营商huanjing", "jiaoyu改革", "教育gaige", "5gyingyong", "5G应用keji", "社区zhili", "hetao科技",
         "数字huobi", "深圳xianggang", "教师lungang"]  # fmt: skip
SAME_AS = ["金融 科技", "科技 金融", "营商 环境", "教育 改革", "教育 改革", "5g 应用", "5G 应用 科技", "社区 治理", "河套 科技", "数字 货币",
           "深圳 香港", "教师 轮岗"]  # fmt: skip


@pytest.mark.parametrize(("q", "same"), [*zip(MIXED, SAME_AS, strict=True)])
def test_scripts_that_meet_are_words_of_their_own(client, q, same):
    """Pinyin may stand for more than the characters do, never for less."""
    assert answers(client, q) >= set(found(same)) != set()


INITIALS = [("数字rmb", "数字 人民币"), ("金融jrkj", "金融 金融科技"), ("深圳yshj", "深圳 营商环境"), ("jrkj示范区", "金融科技 示范区"),
            ("福田xmh", "福田 香蜜湖"), ("HTCZ科技", "HTCZ 科技")]  # fmt: skip


@pytest.mark.parametrize(("q", "same"), INITIALS)
def test_initials_beside_chinese_are_initials(client, q, same):
    assert answers(client, q) >= set(found(same)) != set()
    assert answers(client, q) == set(
        found(re.sub(r"(?<=[A-Za-z])(?=[^A-Za-z])|(?<=[^A-Za-z])(?=[A-Za-z])", " ", q))
    )


@pytest.mark.parametrize(
    "q",
    ["2019", "2019年", "2019年教育", "1978改革", "v2.0", "v2.0版", "教育12.5", "5g2019", "19.28", "jiaoyu2019", "20.20版", "2019gaige"],
)  # fmt: skip
def test_a_number_stays_whole(databases, q):
    """Of 2019 no 20 is looked for, and of 2.0 no 2."""
    whole = re.findall(r"\d+(?:\.\d+)?|5g", q)
    numbers = {
        piece.word.text
        for piece in Search(q, Catalogue.current()).pieces
        if re.search(r"\d", piece.word.text)
    }
    assert numbers <= set(whole)


@pytest.mark.parametrize(
    "q", ["pension", "demolition", "learning", "kindergarten", "penguin", "mandarin", "banana", "senator", "tangerine", "lemonade"]
)  # fmt: skip
def test_a_word_is_not_divided_into_syllables_that_mean_nothing(databases, q):
    search = Search(q, Catalogue.current())
    assert (search.found, search.without) == (0, [])


@pytest.mark.parametrize(
    "code", [f"2020-{number:02}" for number in (1, 2, 4, 5, 7, 9, 13, 18, 21, 22, 23, 28)]
)
def test_a_headline_without_its_signs_is_found_everywhere(client, code):
    headline = re.sub(r"[^\w+]", "", Measure.objects.get(code=code).headline_zh)
    assert code in answers(client, headline)


@pytest.mark.parametrize(
    "q",
    ["营商环境", "未来社区", "教师轮岗", "数字货币", "金融科技", "公共卫生", "司法服务", "国际人才", "票决制2.0版", "shuzihuobi",
     "集体经济1+N", "cross-border", "business environment", "人工智能创新示范区", "e站"],
)  # fmt: skip
def test_what_stands_somewhere_is_not_divided(databases, q):
    search = Search(q, Catalogue.current())
    assert search.found
    assert (search.understood, search.pieces) == ("", [])


def test_what_was_understood_is_said_and_the_exact_words_are_a_click_away(client):
    page = client.get("/en/measures/", {"q": "深圳教育"})
    assert "measures found for “深圳 教育”" in page.text
    assert "Nothing says exactly “深圳教育”; this is what has “深圳 教育”." in page.text
    exact = urlencode({"q": '"深圳教育"'})
    assert f'href="/en/measures/?{exact}"' in page.text
    nothing = client.get(f"/en/measures/?{exact}")
    assert nothing.context["listing"].count == 0
    assert "0 measures found for “&quot;深圳教育&quot;”" in nothing.text


def test_which_facets_are_chosen_does_not_decide_what_is_divided(databases):
    """A phrase that only another category has is not divided, though the words apart stand in this one."""
    anywhere = filtered("营商环境")
    assert anywhere.fitting.total
    narrowed = type(anywhere)({"q": "营商环境", "category": "well-being"})
    assert narrowed.is_valid()
    assert (narrowed.fitting.total, narrowed.search.understood) == (0, "")


@pytest.mark.parametrize(
    "q",
    [
        "教轮岗",
        "数字字货币",
        "金融科枝",
        "深圳海滩",
        "福田海滩",
        "教育火箭",
        "企业飞船",
        "月球社区",
        "大象教育",
        "数据恐龙",
    ],
)
def test_a_query_with_an_unknown_part_finds_nothing(client, q):
    search = Search(q, Catalogue.current())
    assert [piece for piece in search.pieces if not piece.known]
    assert answers(client, q) == set()


def test_quoted_words_are_never_divided(databases):
    for q, _parts in DIVIDED:
        search = Search(f'"{q}"', Catalogue.current())
        assert (search.found, search.pieces) == (0, [])


def test_a_role_that_rows_show_is_found(client):
    """Copied from a row: 福田区（计划所属区）. The role is no text of the record."""
    responsible = set(
        Measure.objects.filter(
            district_roles__district__slug="futian", district_roles__role="responsible", status="published"
        ).values_list("code", flat=True)
    )
    assert answers(client, "福田区（计划所属区）") == responsible != set()
