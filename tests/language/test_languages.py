"""Three languages from one content: nothing untranslated, no mixed script, addresses and codes untouched."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from django.test import Client

from futian_reform.requests.traditional import traditional
from measures.language.chinese import traditional_characters
from measures.models import Measure
from tests.public_pages import ADDRESSES, PREFIXES

HAN = re.compile("[\u3400-\u9fff]")
CITATION = re.compile(r"\[DB/OL\]|@misc|^TY  - ")  # in the style of GB/T 7714, BibTeX or RIS
LATIN_WORD = re.compile("[A-Za-z][a-z]{2,}")
VOID = {"meta", "link", "img", "input", "br", "hr"}
# Chinese pages write these in Latin letters too.
LATIN_ON_CHINESE_PAGES = {
    "English",
    "“jiaoshi”",
    "「jiaoshi」",
    "“arbitratoin”",
    "「arbitratoin」",
    "party-led-grassroots-governance",
}
TEXT_ATTRIBUTES = {"aria-label", "alt", "title", "placeholder", "content"}


class Texts(HTMLParser):
    """Every text of a page, of elements and of attributes, with the language it stands in."""

    def __init__(self):
        super().__init__()
        self.languages, self.texts, self.silent = [""], [], 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        language = attributes.get("lang") or self.languages[-1]
        machine = tag == "meta" and attributes.get("name") != "description"
        for name in TEXT_ATTRIBUTES & attributes.keys():
            if not machine:
                self.texts.append((language, attributes[name] or ""))
        if tag not in VOID:
            self.languages.append(language)
            self.silent += tag in {"script", "style", "code"}

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.languages.pop()
            self.silent -= tag in {"script", "style", "code"}

    def handle_data(self, text):
        if not self.silent and text.strip():
            self.texts.append((self.languages[-1], text.strip()))


@pytest.fixture(scope="module")
def page_of():
    """`page_of(address)` is the page on the shipped content, which several tests read: it is rendered once."""
    client = Client(headers={"host": "localhost"})
    return cache(
        lambda address: client.get(address).text.replace("<wbr>", "")
    )  # where a line may end is no text


@pytest.fixture(scope="module")
def texts_of(page_of):
    def texts_of(address) -> list[tuple[str, str]]:
        parser = Texts()
        parser.feed(page_of(address))
        return parser.texts

    return texts_of


@pytest.mark.parametrize("address", ADDRESSES)
def test_english_pages_are_english(texts_of, address):
    chinese = [(lang, text) for lang, text in texts_of(f"/en{address}") if HAN.search(text)]
    assert [text for lang, text in chinese if lang not in {"zh-Hans", "zh-Hant"}] == []


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_chinese_pages_are_chinese(texts_of, prefix, address):
    own = {"": "zh-Hans", "/zh-hant": "zh-Hant"}[prefix]
    texts = [text for lang, text in texts_of(prefix + address) if lang == own]
    # A text without a single Han character is no sentence of ours: names such as 5G stand in Chinese text.
    latin = {text for text in texts if LATIN_WORD.search(text) and not HAN.search(text)}
    assert latin - LATIN_ON_CHINESE_PAGES == set()


@pytest.mark.parametrize("address", ADDRESSES)
def test_simplified_pages_hold_no_traditional_characters(texts_of, address):
    mixed = [text for lang, text in texts_of(address) if lang == "zh-Hans" and traditional_characters(text)]
    assert mixed == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_traditional_pages_hold_no_simplified_characters(texts_of, address):
    mixed = [
        text
        for lang, text in texts_of(f"/zh-hant{address}")
        if lang == "zh-Hant" and traditional(text) != text
    ]
    assert mixed == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_traditional_pages_leave_only_citations_simplified(texts_of, address):
    kept = [text for lang, text in texts_of(f"/zh-hant{address}") if lang == "zh-Hans" and HAN.search(text)]
    assert [text for text in kept if not CITATION.search(text)] == ["简体", "中文"]


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_chinese_stands_with_chinese_brackets_and_colons(texts_of, prefix, address):
    narrow = re.compile("[\u3400-\u9fff] ?[():;!?]|[():;!?] ?[\u3400-\u9fff]")
    texts = [text for lang, text in texts_of(prefix + address) if lang in {"", "zh-Hans", "zh-Hant"}]
    assert [text for text in texts if narrow.search(text) and not CITATION.search(text)] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_traditional_pages_say_what_simplified_ones_say(texts_of, address):
    """Word for word: nothing of the traditional catalogues that Django brings along."""
    pairs = zip(texts_of(address), texts_of(f"/zh-hant{address}"), strict=True)
    other = [
        (simplified, shown)
        for (_, simplified), (lang, shown) in pairs
        if lang == "zh-Hant" and HAN.search(shown) and traditional(f">{simplified}<")[1:-1] != shown
    ]
    assert other == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_three_pages_are_one_page(page_of, address):
    """The same links, identifiers and codes; only words differ."""
    shapes = set()
    for prefix in PREFIXES:
        page = page_of(prefix + address).split("<main")[1].split("</main>")[0]
        links = re.findall(r'(?:href|id|data-(?!label)[a-z]+|action|value)="([^"]*)"', page)
        links = [
            link for link in links if "/measures/?q=" not in link
        ]  # words to try are of the page's language
        shape = [link.removeprefix(prefix) if link.startswith("/") else link for link in links]
        # A glossary stands in the alphabetical order of its language.
        shapes.add(tuple(sorted(shape) if address == "/glossary/" else shape))
    assert len(shapes) == 1


#: Words that another one has taken the place of: there is one word for a thing.
GIVEN_UP = ("要做什么", "来由", "责任区", "编辑项目", "相关人群", "¶")


@pytest.mark.parametrize("address", ADDRESSES)
def test_there_is_one_word_for_a_thing(texts_of, address):
    texts = [text for lang, text in texts_of(address) if lang == "zh-Hans"]
    machine = re.compile("@misc|^TY  - ")  # citations for programs, in both languages
    assert [text for text in texts for word in GIVEN_UP if word in text and not machine.search(text)] == []


def test_hong_kong_forms():
    assert traditional("群众说：干净的数据平台为企业服务。") == "群眾說：乾淨的數據平台為企業服務。"
    assert traditional("里面的“卫生”信息，复工复产，反复修改") == "裏面的「衞生」信息，復工復產，反覆修改"
    assert traditional("一项改革与一个中心的联系，平台落户") == "一項改革與一個中心的聯繫，平台落戶"
    assert (
        traditional("<th>文件</th><td>前置程序、文件、字段</td>")
        == "<th>檔案</th><td>前置程序、文件、欄位</td>"
    )
    assert (
        traditional("CSV的各列，按次序；重新发布，以便了解编制方法")
        == "CSV的各欄，按次序；重新發佈，以便了解編製方法"
    )
    assert traditional("叶淑萍、鲁力、香蜜湖街道、华强北、岗厦") == "葉淑萍、魯力、香蜜湖街道、華強北、崗廈"


def test_only_words_are_converted():
    kept = '<a href="/zh-hant/measures/?q=%E9%87%91%E8%9E%8D" lang="zh-Hans">简体<b>中文</b></a>'
    assert traditional(kept) == kept
    assert (
        traditional(f'<p title="数据">数据</p>{kept}<p>数据</p>')
        == f'<p title="數據">數據</p>{kept}<p>數據</p>'
    )
    assert traditional('<span lang="en">the “zone”</span>“区”') == '<span lang="en">the “zone”</span>「區」'


def test_the_language_comes_from_the_path_alone(client):
    plain = client.get("/measures/")
    asked = client.get("/measures/", headers={"accept-language": "en"})
    assert asked.content == plain.content
    assert "accept-language" not in plain.headers.get("Vary", "").lower()
    assert not plain.cookies
    assert [client.get(f"{prefix}/").headers["Content-Language"] for prefix in PREFIXES] == [
        "zh-Hans",
        "zh-Hant",
        "en",
    ]


@pytest.mark.parametrize(
    ("address", "language"),
    [
        ("/measures.csv", "zh-Hans, en"),
        ("/measures.json", "zh-Hans, en"),
        ("/api/measures/2020-07/", "zh-Hans, en"),
        ("/measures/2020-07.bib", "zh-Hans, en"),
        ("/datapackage.json", "zh-Hans, en"),
        ("/measures.csv?centre=x", "zh-Hans, en"),
        ("/api/measures/9999-99/", "zh-Hans, en"),
        ("/api/schema/", "zh-Hans, en"),  # its examples are records
        ("/en/measures.atom", "en"),
        ("/zh-hant/changes.atom", "zh-Hant"),
        ("/en/measures/suggestions.json?q=jiao", "en"),
    ],
)
def test_an_answer_names_the_languages_that_it_is_in(client, address, language):
    assert client.get(address).headers["Content-Language"] == language


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_switcher_keeps_page_and_filter(client, prefix):
    query = "?category=well-being&district=futian"
    page = client.get(f"{prefix}/measures/{query}").text
    switcher = page.split('class="languages"')[1].split("</nav>")[0]
    links = re.findall(r'href="([^"]*)" lang="([^"]*)" hreflang="([^"]*)"', switcher)
    escaped = query.replace("&", "&amp;")
    assert links == [
        (f"{prefix}/measures/{escaped}", tag, tag)
        for prefix, tag in zip(("", "/zh-hant", "/en"), ("zh-Hans", "zh-Hant", "en"), strict=True)
    ]


def test_missing_english_is_shown_in_chinese_and_marked(client, restored):
    Measure.objects.filter(number=15).update(summary_en="")
    page = client.get("/en/measures/2020-15/").text
    assert re.search(r'<p class="standfirst"><span lang="zh-Hans">区级部门', page)


def test_dates_in_each_language(client):
    footers = [client.get(f"{prefix}/about/").text.split('class="colophon"')[1] for prefix in PREFIXES]
    forms = [
        r"截至\d{4}年\d{1,2}月\d{1,2}日",
        r"截至\d{4}年\d{1,2}月\d{1,2}日",
        r"as of \d{1,2} [A-Z][a-z]+ \d{4}\.",
    ]
    assert [bool(re.search(form, footer)) for form, footer in zip(forms, footers, strict=True)] == [True] * 3


def test_times_in_each_language(client):
    pages = [client.get(f"{prefix}/measures/2020-15/history/").text for prefix in PREFIXES]
    times = [
        re.search(r'<time datetime="\d{4}-\d\d-\d\dT[\d:]+\+0800">([^<]+)</time>', page)[1] for page in pages
    ]
    chinese, english = r"\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d", r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d"
    forms = zip([chinese, chinese, english], times, strict=True)
    assert [bool(re.fullmatch(form, time)) for form, time in forms] == [True] * 3
