"""Every limit of search is reached, and what lies beyond has an answer."""

import pytest

from measures.catalogue import Catalogue
from measures.search import Search, closest, division, pinyin, search
from measures.search.index import Index
from measures.search.pinyin import Spelling, abbreviated
from measures.search.spellings import MAX_LENGTH, halves, variants


def test_pinyin_stands_for_a_limited_number_of_texts():
    pairs = {("yi", "yi"): {chr(one): [chr(other) for other in range(100, 140)] for one in range(100, 140)}}
    strings = Spelling("yiyiyiyi").strings(pairs)
    assert len(strings) == len(set(strings)) == pinyin.MAX_STRINGS
    assert len(Spelling("yiyi").strings({("yi", "yi"): {"a": ["b"]}})) == 1


def test_initials_stand_for_a_limited_number_of_texts():
    pairs = {("y", "y"): {chr(one): [chr(other) for other in range(100, 140)] for one in range(100, 140)}}
    assert len(abbreviated("yyyy", pairs)) == pinyin.MAX_STRINGS


def test_ways_that_lead_nowhere_take_no_room():
    """Of many beginnings a single one goes on to the end: it is found."""
    begin = {chr(one): [chr(other) for other in range(1000, 1050)] for one in range(100, 200)}
    pairs = {("yi", "er"): begin, ("er", "san"): {chr(1049): ["x"]}}
    assert len(Spelling("yi'er'san").strings(pairs)) == 100


@pytest.mark.parametrize(
    "word", ["yi" * 100, "xian" * 50, "a" * 200, "shishi" * 33, "lianglianglianglianglianglianglian"]
)
def test_long_pinyin_is_read_in_time(databases, word):
    search_ = Search(word, Catalogue.current())
    assert search_.found == 0


def test_words_beyond_the_limit_are_not_divided(databases):
    index = Index("default")
    for part, limit in (("深圳教育", division.MAX_DIVIDED), ("jiaoyugaige", division.MAX_LETTERS)):
        text = part * (limit // len(part) + 1)
        (word,) = Search(text, Catalogue.current()).words
        assert len(text) > limit
        assert division.divided([(word, False)], index) == [division.Segment(word, known=False)]
        shorter = division.Word(text.removesuffix(part))
        assert len(division.divided([(shorter, False)], index)) > 1


def test_pinyin_without_spaces_is_compared_with_a_limited_number_of_texts(databases, monkeypatch):
    asked = []
    known_words = Index.known_words
    monkeypatch.setattr(
        Index,
        "known_words",
        lambda index, texts: known_words(index, asked.append(len(own := set(texts))) or own),
    )
    monkeypatch.setattr(division, "MAX_STRINGS", 20)
    division.along_latin_words("jiaoyugaigejiaoyugaige", Index("default"))
    assert max(asked[1:]) <= 20 + pinyin.MAX_STRINGS
    assert asked[-1] < 60


def test_a_query_of_many_words_is_not_divided(databases):
    own = [division.Word(f"深圳教育{at}") for at in "天地人和风雨电"]
    assert len(own) == division.MAX_WORDS + 1
    (only,) = division.divisions(own, own, Index("default"))
    assert only == [division.Segment(word, known=False) for word in own]
    (fewer,) = division.divisions(own[1:], own[1:], Index("default"))
    assert len(fewer) > len(own)


def test_only_what_is_as_long_as_a_title_is_divided_at_pauses(databases):
    index = Index("default")
    for text, least in (
        ("设施共享人事改革", division.MIN_CHARACTERS),
        ("sheshigongxiangrenshigaige", division.MIN_LETTERS_OF_A_TITLE),
    ):
        assert len(text) >= least
        assert next(division.at_pauses([(division.Word(text), False)], index))
        assert list(division.at_pauses([(division.Word(text[: least - 1]), False)], index)) == []
    longer = division.Word("设施共享人事改革" * (division.MAX_DIVIDED // 8 + 1))
    assert list(division.at_pauses([(longer, False)], index)) == []


def test_a_text_is_divided_at_pauses_in_a_limited_number_of_ways():
    ways = pinyin.fewest_pieces(20, lambda start: range(start + 1, min(start + 15, 20) + 1))
    assert len(ways) == pinyin.MAX_DIVISIONS
    assert {len(way) for way in ways} == {3}
    assert pinyin.fewest_pieces(20, lambda start: []) == []
    for length in (pinyin.MAX_PIECES, pinyin.MAX_PIECES + 1):
        assert bool(pinyin.fewest_pieces(length, lambda start: [start + 1])) == (length <= pinyin.MAX_PIECES)


def test_looking_for_ends_takes_a_limited_number_of_steps(monkeypatch):
    pairs = {("yi", "yi"): {chr(one): [chr(other) for other in range(100, 140)] for one in range(100, 140)}}
    spelling = Spelling("yi" * 20)
    assert spelling.divisions(pairs) == [["yi" * 20]]
    monkeypatch.setattr(pinyin, "MAX_STEPS", 10)
    assert spelling.divisions(pairs) != [["yi" * 20]]


def test_many_parts_are_not_asked_for_one_by_one(databases, django_assert_max_num_queries):
    few = " ".join(f"qq{at}" for at in range(search.MAX_PARTS))
    many = f"{few} qq{search.MAX_PARTS}"
    catalogue = Catalogue.current()
    assert catalogue.register
    assert len(Search(few, catalogue).without) == search.MAX_PARTS
    with django_assert_max_num_queries(8):
        beyond = Search(many, catalogue)
        assert (beyond.found, beyond.pieces, beyond.without) == (0, [], [])


def test_few_queries_are_offered(databases):
    closest = Search("金融科枝 教轮岗 数字字货币 arbitraton", Catalogue.current()).closest()
    assert len(closest) == search.MAX_CLOSEST


def test_only_words_of_some_length_have_other_spellings():
    assert halves("ab" * 20)
    assert halves("a" * (MAX_LENGTH + 1)) == variants("o" * MAX_LENGTH + "ise") == []


def test_a_query_of_too_many_words_is_read_as_it_stands(databases, django_assert_max_num_queries):
    catalogue = Catalogue.current()
    assert catalogue.register
    few = " ".join(f"海滩{at}" for at in range(search.MAX_WORDS))
    assert Search(few, catalogue).closest() == []
    with django_assert_max_num_queries(8):
        many = Search(f"{few} 海滩{search.MAX_WORDS}", catalogue)
        assert (many.found, many.pieces, many.closest()) == (0, [], [])


def test_only_short_queries_are_put_right(databases):
    few = " ".join(["教育", "改革", "社区", "金融", "河套", "仲裁", "教师", "arbitraton"])
    assert len(few.split()) == search.MAX_WORDS_PUT_RIGHT
    assert Search(few, Catalogue.current()).closest()
    assert Search(f"{few} 人才", Catalogue.current()).closest() == []


def test_few_words_of_a_query_are_put_right(databases, monkeypatch):
    asked = []
    monkeypatch.setattr(search, "closest_words", lambda word, index: asked.append(word) or [])
    Search(" ".join(f"qq{at}" for at in range(8)), Catalogue.current()).closest()
    assert len(asked) == search.MAX_PUT_RIGHT


def test_only_words_as_long_as_those_of_the_site_are_compared(databases):
    index = Index("default")
    for length in (closest.MAX_LENGTH, closest.MAX_LENGTH + 1):
        word = ("金融科枝" * 6)[:length]
        asked = []
        index.words_like = lambda patterns, *_lengths, asked=asked: asked.append(patterns) or []
        closest.closest_words(word, index)
        assert bool(asked) == (length <= closest.MAX_LENGTH)


def test_a_pair_is_repeated_a_limited_number_of_times():
    """Pairs go in circles where texts do not."""
    pairs = {("shi", "shi"): {"是": ["事"], "事": ["是"]}}
    assert Spelling("shi" * (2 * pinyin.MAX_REPETITIONS + 1)).strings(pairs)
    assert Spelling("shi" * (2 * pinyin.MAX_REPETITIONS + 2)).strings(pairs) == []


def test_looking_for_strings_takes_a_limited_number_of_steps(monkeypatch):
    pairs = {("yi", "yi"): {"a": ["b"], "b": ["c"], "c": ["d"]}}
    assert Spelling("yiyiyiyi").strings(pairs) == ["abcd"]
    monkeypatch.setattr(pinyin, "MAX_STEPS", 2)
    assert Spelling("yiyiyiyi").strings(pairs) == []


def test_initials_have_a_limited_length():
    letters = "b" * max(pinyin.INITIALS)
    assert pinyin.initials(letters) == letters
    assert pinyin.initials(letters + "b") == pinyin.initials("b") == ""


def test_a_search_takes_a_limited_time(databases, client, monkeypatch):
    """What takes longer is told so, and no statement after it is begun."""
    client.get("/en/measures/", {"q": "教育"})
    monkeypatch.setattr("measures.search.index.MAX_SECONDS", 0)
    client.raise_request_exception = False
    refused = client.get("/en/measures/", {"q": "社区"})
    assert refused.status_code == 503
    assert "takes too long" in refused.text


def test_a_slow_statement_of_a_search_is_cut_off(databases, client, monkeypatch, seconds_of_a_search):
    client.get("/en/measures/", {"q": "教育"})
    monkeypatch.setattr("measures.search.index.MAX_SECONDS", seconds_of_a_search)
    monkeypatch.setattr(
        "measures.search.index.KNOWN_WORDS",
        "SELECT 'x' FROM pg_sleep(3) WHERE {known} AND %(texts)s <> '{{}}'",
    )
    client.raise_request_exception = False
    refused = client.get("/en/measures/", {"q": "深圳海滩"})
    assert refused.status_code == 503
    assert "takes too long" in refused.text


class EveryWord(Index):
    """An index that knows every text, but those of `MAX_LETTERS` or more, and one character for each syllable."""

    def pairs_in(self, text):
        return {}

    def known_words(self, texts):
        return {text for text in texts if len(text) < division.MAX_LETTERS}

    def pairs_read_as(self, steps):
        return {step: {"一": ["一"]} for step in steps}


def test_words_that_a_query_is_divided_into_are_of_a_limited_length():
    chinese = "".join(chr(0x4E00 + number) for number in range(2 * division.MAX_WORD))
    found = division.along_words(chinese, EveryWord("default"))
    assert [len(segment.word.text) for segment in found] == [division.MAX_WORD] * 2
    latin = "q" * division.MAX_LETTERS
    found = division.along_latin_words(latin, EveryWord("default"))
    assert [len(segment.word.text) for segment in found] == [division.MAX_WORD] * 6


def test_words_in_pinyin_without_spaces_have_a_limited_number_of_syllables(monkeypatch):
    monkeypatch.setattr(division, "MAX_WORD", 1)  # so that no Latin word is found
    found = division.along_latin_words("yi" * 60, EveryWord("default"))
    assert [len(segment.word.text) / 2 for segment in found] == [division.MAX_SPELT] * 15
