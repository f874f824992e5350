"""What is offered where nothing fits."""

from urllib.parse import quote_plus

import pytest

from measures.catalogue import Catalogue
from measures.models import Reading
from measures.search import Search

from .queries import answers, found


@pytest.mark.parametrize(
    ("q", "better", "code"),
    [
        ("金融科枝", "金融科技", "2020-05"),  # a wrong character
        ("教轮岗", "教师轮岗", "2020-23"),  # a missing one
        ("数字字货币", "数字货币", "2020-05"),  # one too many
        ("arbitraton", "arbitration", "2020-04"),
        ("digital currecny", "digital currency", "2020-05"),
        ("人工智能示犯区", "人工智能示范区", "2020-08"),
        ("arbitratoin", "arbitration", "2020-04"),
        ("arbitrration", "arbitration", "2020-04"),
        ("金融科计", "金融科技", "2020-05"),
        ("digitel currency", "digital currency", "2020-05"),
        ("rbitration", "arbitration", "2020-04"),
        ("vsia", "visa", "2020-14"),
    ],
)
def test_closest_where_nothing_fits(databases, client, q, better, code):
    response = client.get("/en/measures/", {"q": q})
    listing = response.context["listing"]
    assert (listing.count, listing.rows) == (0, [])
    best = listing.closest[0]
    assert (best.query, best.measures[0].code) == (better, code)
    assert best.count == len(found(better))
    assert "The closest, not exact" in response.text
    assert f'href="/en/measures/?q={quote_plus(better)}"' in response.text


@pytest.mark.parametrize(
    "q",
    [
        "养老",
        "海滩",
        "高考",
        "买房",
        "水电",
        "养狗",
        "彩票",
        "天气",
        "机票",
        "电影",
        "zz",
        "qqq",
        "xyzzy",
        "kindergarten",
        "火箭飞船",
        "lüse",
        "lǜsè",
        "fire",
        "lake",
        "seven",
        "taxes",
        "dogs",
    ],
)
def test_nothing_is_offered_rather_than_nonsense(client, q):
    """None of these stands anywhere, nor anything that sounds like it or is a word of the site."""
    search = Search(q, Catalogue.current())
    assert (search.found, search.closest()) == (0, [])
    assert answers(client, q) == set()


@pytest.mark.parametrize(
    ("q", "better"),
    [("交育", "教育"), ("教玉", "教育"), ("金容", "金融"), ("社取", "社区"), ("政浮", "政府"), ("福添", "福田"), ("改格", "改革"),
     ("和套", "河套"), ("人材", "人才"), ("奇业", "企业")],
)  # fmt: skip
def test_two_characters_are_put_right_by_their_sound(client, q, better):
    assert better in Search(q, Catalogue.current()).closest()
    assert answers(client, q) == set()


@pytest.mark.parametrize("q", ["HK", "HT", "SZ", "JY", "KJ", "GY", "YL", "SQ", "RC", "QY"])
def test_two_letters_stand_for_whole_words_only(databases, q):
    search = Search(q, Catalogue.current())
    spelt = {phrase.text for own in search.reading.alternatives for phrase in own.phrases if phrase.spelt}
    assert spelt <= search.index.known_words(spelt)


@pytest.fixture(scope="module")
def usual(databases) -> set[tuple[str, str]]:
    """Characters and the first letters of their usual readings."""
    readings = Reading.objects.filter(usual=True).values_list("character", "syllable")
    return {(character, syllable[0]) for character, syllable in readings}


@pytest.mark.parametrize(
    "q", ["hk", "yshj", "jyg", "szh", "htc", "xmh", "rcz", "sqz", "zfg", "jrk", "kjc", "ggf"]
)
def test_initials_are_those_of_usual_readings(usual, q):
    """HK was gǎng kē: 港 is hardly ever read hòng."""
    spelt = {
        phrase.text
        for own in Search(q, Catalogue.current()).reading.alternatives
        for phrase in own.phrases
        if phrase.spelt
    }
    assert {pair for text in spelt for pair in zip(text, q, strict=True)} <= usual


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        ("/measures/?q=arbitratoin", '<span lang="en">arbitration</span>'),
        ("/en/measures/?q=arbitratoin", "arbitration"),
        ("/en/measures/?q=金融科枝", '<span lang="zh-Hans">金融科技</span>'),
        ("/measures/?q=金融科枝", "金融科技"),
    ],
)
def test_a_suggestion_says_its_language(client, address, suggestion):
    assert f">{suggestion}</a> <span" in client.get(address, follow=True).text
