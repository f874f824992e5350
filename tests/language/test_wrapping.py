"""Chinese titles, headlines and actions part between words only, in both scripts, and say the same as without it."""

import re

import pytest

from futian_reform.requests.traditional import traditional
from measures.catalogue import Catalogue
from measures.language.wrapping import MAX_WORD, Words
from measures.models import Action, Audience, Centre, District, Measure, Synonym, Term
from measures.pages.wrapping import wrapping

#: A line begins with none of the first and ends with none of the second.
NEVER_FIRST, NEVER_LAST = "，。、；：？！）》”’·…", "（《“‘"


def texts() -> list[str]:
    found = [
        text
        for own in Measure.objects.values_list("title_zh", "headline_zh", "official_name_zh")
        for text in own
    ]
    return [*found, *Action.objects.values_list("text_zh", flat=True)]


def terms() -> set[str]:
    """The words of the site, read from its rows."""
    found = {word for words in Measure.objects.values_list("keywords_zh", flat=True) for word in words}
    for model in (District, Audience, Centre, Term):
        found.update(name.strip("“”") for name in model.objects.values_list("name_zh", flat=True))
    found.update(alias for place in District.objects.all() for alias in place.aliases)
    found.update(word for pair in Synonym.objects.values_list("word", "means") for word in pair)
    return {term for term in found if 2 <= len(term) <= MAX_WORD}


@pytest.fixture
def wrap(databases):
    return wrapping(Catalogue.current())


def pieces(markup: str) -> list[str]:
    return markup.split("<wbr>")


def test_nothing_is_added_and_no_term_is_cut(wrap):
    cut, known = [], terms()
    for text in texts():
        shown = pieces(wrap.markup(text))
        assert "".join(shown) == text
        borders = {len("".join(shown[:count])) for count in range(1, len(shown))}
        for term in known:
            for found in re.finditer(f"(?={re.escape(term)})", text):
                inside = range(found.start() + 1, found.start() + len(term))
                cut += [(term, text)] if borders.intersection(inside) else []
    assert cut == []


def test_lines_begin_and_end_as_they_should(wrap):
    lines = [piece for text in texts() for piece in pieces(wrap.markup(text))]
    assert [line for line in lines if line[0] in NEVER_FIRST or line[-1] in NEVER_LAST] == []
    # A piece that is longer than a line of a phone would be broken anywhere.
    runs = [run for line in lines for run in re.split("[，。、；：]", line)]
    assert [run for run in runs if len(run) > 14] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("探索学校管、办、评分离，两校试点人事改革", "探索|学校|管、办、评分离，两校|试点|人事|改革"),
        ("加快5G网络全覆盖", "加快|5G网络|全覆盖"),
        ("金融科技基础设施", "金融科技基础设施"),  # two terms that share a word
        ("全民参与", "全民|参与"),
        ("<b>改革</b>", "&lt;b&gt;改革&lt;/b&gt;"),
    ],
)
def test_examples(wrap, text, shown):
    assert wrap.markup(text) == shown.replace("|", "<wbr>")


def test_a_text_without_words_stays_whole():
    assert Words([]).pieces("") == [""]
    assert Words(["xx"]).pieces("axxa") == ["axxa"]


def test_traditional_characters_are_those_of_the_whole_text(wrap):
    for text in texts():
        converted = traditional(f"<p>{wrap.markup(text)}</p>")
        assert converted.replace("<wbr>", "") == traditional(f"<p>{text}</p>")
        assert len(pieces(converted)) == len(pieces(wrap.markup(text)))


def test_where_a_word_becomes_longer_other_lines_keep_their_breaks():
    page = "<p>一<wbr>个<wbr>字节</p>\n<p>深化<wbr>改革</p>"
    assert traditional(page) == "<p>一個位元組</p>\n<p>深化<wbr>改革</p>"


@pytest.mark.parametrize("address", ["/", "/measures/2020-22/", "/plans/2020/", "/glossary/"])
def test_pages_have_the_breaks(client, address):
    main = client.get(address).text.split("<main")[1]
    assert main.count("<wbr>") > 20
    assert client.get(f"/zh-hant{address}").text.split("<main")[1].count("<wbr>") == main.count("<wbr>")


def test_files_and_feeds_know_nothing_of_it(client):
    for address in ("/measures.csv", "/measures.json", "/measures.atom", "/measures/2020-22.json"):
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"wbr" not in body
