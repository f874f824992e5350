"""How the text of a query is read: signs, what is not seen, codes. Page, CSV and API agree on every one.

A sign is tried on one of several queries; `make audit` tries each on all.
"""

from collections.abc import Sequence

import pytest

from measures.catalogue import Catalogue
from measures.search import Search
from measures.search.text import Code, code, words

from .queries import answers, found

NOT_SEEN = ["\u200b", "\u00ad", "\u200e", "\u200f", "\u202e", "\u2060", "\ufeff", "\ufe0f", "\u061c", "\u200d", "\u034f", "\U000e0100"]  # fmt: skip
ROUND = ["《{}》", "「{}」", "『{}』", "【{}】", "（{}）", "({})", "[{}]", "“{}", "{}…", "·{}·", "/{}/", "|{}|", "#{}", "{}。",
         "{}！", "{}？", "-{}-", "–{}—", "‘{}’", "🙂{}👍", "«{}", "{};", "※{}", "～{}～", "{}^", "@{}", "→{}", "{}°"]  # fmt: skip
UNSEEN_IN, SEEN_ROUND = ["营商环境", "arbitration"], ["数字货币", "education"]
DIVIDED = [("教育", "改革"), ("schools", "teachers")]
BETWEEN = ["{0}/{1}", "{0}|{1}", "{0}, {1}", "{0}·{1}", "{0};{1}", "{0}…{1}", "{0}，{1}", "{0}、{1}", "{0}:{1}", "{0}→{1}",
     "{0}（{1}）", "{0}【{1}】", "{0}🙂{1}", "{0}_{1}", "{0}!{1}", "{0}*{1}", "{0}=\t{1}"]  # fmt: skip


def in_turn(signs: Sequence[str], queries: Sequence) -> list[tuple]:
    """Each sign with one of the queries, and each query with some of the signs."""
    return [(sign, queries[at % len(queries)]) for at, sign in enumerate(signs)]


def check_same(client, q: str, plain: str) -> None:
    assert answers(client, q) == set(found(plain)) != set(), ascii(q)


@pytest.mark.parametrize(("sign", "q"), in_turn(NOT_SEEN, UNSEEN_IN), ids=ascii)
def test_what_is_not_seen_changes_nothing(client, sign, q):
    check_same(client, f"{q[:2]}{sign}{q[2:]}", q)


@pytest.mark.parametrize(("form", "q"), in_turn(ROUND, SEEN_ROUND))
def test_signs_around_a_word_change_nothing(client, form, q):
    check_same(client, form.format(q), q)


@pytest.mark.parametrize(("form", "both"), in_turn(BETWEEN, DIVIDED))
def test_signs_between_words_divide(client, form, both):
    check_same(client, form.format(*both), " ".join(both))


DASHES = ["-", "‐", "‑", "‒", "–", "—", "−", "－", "﹣", "﹘", "\u00ad-"]


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        *(("cross", "border", sign) for sign in [*DASHES, "", " "]),
        *(("well", "being", sign) for sign in [*DASHES, ""]),
        *(("Shenzhen", "Hong Kong", sign) for sign in DASHES),
    ],
    ids=ascii,
)
def test_a_dash_joins_as_the_content_does(client, one, other, sign):
    assert answers(client, f"{one}{sign}{other}") == set(found(f"{one}-{other}")) != set()


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("5G+", ["5g+"]),
        ("C++", ["c++"]),
        ("C#", ["c#"]),
        ("1+N", ["1+n"]),
        ("“1+N”", ['"1+n"']),
        ("2.0版", ["2.0版"]),
        ("e站", ["e站"]),
        ("R&D", ["r&d"]),
        ("U.S.", ["u.s"]),
        ("互联网+政务", ["互联网+政务"]),
        ("xi'an", ["xi'an"]),
        ("集体经济“1+N”多元化", ["集体经济1+n多元化"]),
        ("５Ｇ网络", ["5g网络"]),
        ("深圳-香港", ["深圳", "香港"]),
        ("_a_b_", ["a", "b"]),
        ("5️⃣G", ["5g"]),
        ('"digital currency" 深圳', ['"digital currency"', "深圳"]),
        ('say "a', ["say", "a"]),
        ("🙂", []),
        ("…", []),
        ("", []),
    ],
)
def test_words_keep_what_tells_them_apart(q, expected):
    assert [str(word) for word in words(q)] == expected


@pytest.mark.parametrize(
    ("q", "code"),
    [("1+N", "2020-16"), ("１＋Ｎ", "2020-16"), ("1+n多元化", "2020-16"), ("集体经济1+N", "2020-16"), ("2.0版", "2020-19"),
     ("２.０版", "2020-19"), ("version 2.0", "2020-19"), ("票决制2.0", "2020-19"), ("e站", "2020-15"), ("Ｅ站", "2020-15")],
)  # fmt: skip
def test_words_with_signs_are_found(client, q, code):
    assert answers(client, q) == answers(client, f"“{q}”") == {code}


@pytest.mark.parametrize(
    "q", ["1+M", "1-N", "1N", "2.1版", "2+0版", "20版", "e+站", "C++", "C#", "5G++", "2.0.1", "R&D+"]
)
def test_what_differs_in_a_sign_is_not_taken_for_it(client, q):
    assert answers(client, f'"{q}"') == set()


@pytest.mark.parametrize(
    "q", ["🙂", "……", "《》", "\u200b", "——", "+++", "？", "()", "“”", "&&&", "привет", "한국어"]
)
def test_nothing_to_look_for_is_said(client, q):
    page = client.get("/en/measures/", {"q": q}).text
    assert "a search needs a Chinese character, a letter or a digit" in page
    assert answers(client, q) == set()


CODES = ["2020-07", "2020-07.", "2020–07", "２０２０－０７", "No. 2020-07", "#2020-07", "(2020-07)", "2020-7", "2020年第7项",
         "2020年第七条", "第7项", "第七项", "第 7 项", "第七条", "7号", "No. 7", "№ 7", "#7", "measure 7", "Measure no. 7",
         "编号2020-07", "编号：2020-07", "编号 7", "Code 2020-07", "code: 2020-07", "改革2020-07", "改革第7项", "改革7", "改革 7",
         "第7个改革", "第7个", "2020第7项", "2020年度第7项", "202007", "reform 7", "Reform no. 7", "item 7", "measures 7",
         "代码2020-07", "编码：2020-07", "序号7", "第柒项", "第 7 项 改革"]  # fmt: skip


@pytest.mark.parametrize("q", CODES)
def test_a_code_in_every_spelling(client, q):
    assert answers(client, q) == {"2020-07"}


@pytest.mark.parametrize(
    ("q", "number"),
    [("第十六条", 16), ("第二十八项", 28), ("第十项", 10), ("第一项改革", 1), ("第二十条", 20), ("16", 16), ("第〇七项", 7),
     ("第一百零二项", 102), ("第两项", 2), ("number 12", 12), ("第廿八项", 28), ("第廿项", 20), ("第卅三项", 33), ("第壹项", 1),
     ("第貳拾捌項", 28), ("第參項", 3), ("第拾陆条", 16), ("100001", 100001)],
)  # fmt: skip
def test_a_number_in_words(q, number):
    assert code(q) == Code(number, bare=q.isdecimal())


@pytest.mark.parametrize(
    "q",
    [
        "二十八",
        "十",
        "教育",
        "2020-07 教育",
        "7 schools",
        "第",
        "No.",
        "5G",
        "2.0版",
        "1+N",
        "2020-07-01",
        "改革 2020",
        "改革一",
        "改革2020",
        "7个",
        "第7个人",
        "廿八",
    ],
)
def test_what_is_no_code(q):
    assert code(q) is None


@pytest.mark.parametrize(
    "q", ["第29项", "第九十九条", "measure 99", "no. 2020-99", "202099", "33项", "改革99"]
)
def test_a_number_that_no_measure_has_is_nothing_else(databases, q):
    search = Search(q, Catalogue.current())
    assert (search.found, search.pieces, search.without, search.closest()) == (0, [], [], [])


def test_a_number_alone_finds_the_measure_first(databases):
    for number in (7, 12, 20, 28):
        assert found(str(number))[0] == f"2020-{number:02}"
        assert f"2020-{number:02}" not in set(found(f'"{number}"')) - set(found(str(number)))
