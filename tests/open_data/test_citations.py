"""Quoting and citing: sentences with their figures and date, and citations that programs read."""

import re
from urllib.parse import parse_qs, urlsplit

import bibtexparser
import pytest
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from measures.language.quoting import quoted
from measures.models import DataVersion, Measure
from measures.open_data.citation_styles import tex
from measures.snapshots import editing_as

META = re.compile(r'<meta name="(citation_\w+)" content="([^"]*)">')


def citation(client, path):
    return client.get(path).context["citation"]


def as_of(language):
    version = DataVersion.objects.live()
    with override(language):
        return version.number, date_format(localtime(version.at), "DATE_FORMAT")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "/measures/?basis=derived",
            "福田区28项重点改革（19项为原文点名，2项为原文描述，7项为编者拆分）中，有7项符合以下条件：收录依据：编者拆分；"
            "数据版本{}，截至{}。",
        ),
        (
            "/measures/",
            "福田区28项重点改革中，19项为原文点名，2项为原文描述，7项为编者拆分；数据版本{}，截至{}。",
        ),
    ],
)
def test_a_list_can_be_quoted_in_chinese(client, path, sentence):
    assert citation(client, path).sentence == sentence.format(*as_of("zh-hans"))


def test_a_list_can_be_quoted_in_english(client):
    assert citation(client, "/en/measures/?centre=finance&centre=technology&link=text").sentence == (
        "Of the 28 key reforms of Futian District (19 named in the source, 2 described in it, 7 split off by the editors), "
        "the following conditions fit {}: Centre: International Financial Centre or Innovation Centre; "
        "Basis of the link to the centre: From the text; data version {}, as of {}."
    ).format(
        len(client.get("/measures.json?centre=finance&centre=technology&link=text").getvalue().splitlines())
        - 2,
        *as_of("en"),
    )


def test_figures_of_the_sentence_are_those_of_the_page(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code__in=["2020-05", "2020-02"]).update(status="draft")
    assert citation(client, "/en/measures/?basis=derived").sentence.startswith(
        "Of the 26 key reforms of Futian District (18 named in the source, 2 described in it, 6 split off by the editors), the "
        "following conditions fit 6:"
    )


def test_a_measure_has_a_citation_in_each_style(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(summary_en="Changed")
    found = citation(client, "/en/measures/2020-05/")
    day = localtime(DataVersion.objects.live().at)
    address = f"{settings.SITE_ORIGIN}/measures/2020-05/history/2/"
    assert found.work.permanent == address
    source_zh = "一篇介绍该计划的报纸报道，署名“撰文：叶淑萍　摄影：鲁力”。所用文本没有报名、刊发日期和标题，文中只说文件“昨日正式印发实施”。"
    source_en = (
        "A newspaper report on the plan, with the byline “Text: Ye Shuping; photographs: Lu Li”. The text used here carries no "
        "newspaper name, date or headline; it says only that the document was formally issued and took effect “yesterday”."
    )
    assert found.gbt == (
        "福田改革库. 拟建金融科技示范区：法定数字货币、个人征信等（改革2020-05，第2版，“打造金融科技集聚发展示范区”，"
        f"编号由编者所加，据原文第1、13、14段）[DB/OL]. ({day:%Y-%m-%d})[{day:%Y-%m-%d}]. {address}. 原文：{source_zh}"
    )
    assert found.work.apa() == (
        f"Futian Reform Database. ({day.year}, {day:%B} {day.day}). Fintech zone plan: digital fiat currency, credit reporting "
        "(Measure 2020-05, version 2, “Building a demonstration zone for fintech clustering”, numbering by the editors, "
        f"¶1, 13, 14 of the source) [Database]. {address} Source: {source_en}"
    )
    assert found.source == f"Source: {source_en}"
    for text in (found.sentence, found.source, found.gbt, found.work.apa(), address):
        assert text in client.get("/en/measures/2020-05/").text


def test_a_sentence_says_whose_number_it_is_and_which_paragraph(client):
    sentence = citation(client, "/measures/2020-05/").sentence
    assert (
        "，“打造金融科技集聚发展示范区”编号为2020-05（编号由编者所加；原文点名；原文第1、13、14段）；"
        in sentence
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("未来", "“未来”"),
        ("探索“未来社区”建设", "“探索‘未来社区’建设”"),
        ("Shenzhen’s “future” plan", "“Shenzhen’s ‘future’ plan”"),
        ("“一‘二’三”", "“‘一“二”三’”"),
    ],
)
def test_quotation_marks_nest(text, expected):
    assert quoted(text) == expected


def test_titles_with_quotation_marks_are_quoted_properly(client):
    """In the sentence of a measure, in its citations, and in the heading of its history."""
    assert "“实施教师‘区管校聘’管理机制改革”" in citation(client, "/measures/2020-23/").sentence
    assert (
        "<h1>“实施教师‘区管校聘’管理机制改革”的修改历史</h1>" in client.get("/measures/2020-23/history/").text
    )
    assert "“实施教师‘区管校聘’管理机制改革”" in citation(client, "/measures/2020-23/").gbt


def test_ris_is_read_by_a_library(client):
    response = client.get("/measures/2020-05.ris")
    assert response.headers["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    lines = response.text.split("\r\n")
    tags = dict(line.split("  - ", 1) for line in lines[:-1])
    assert [line[:6] for line in (lines[0], lines[-2], lines[-1])] == ["TY  - ", "ER  - ", ""]
    day = localtime(DataVersion.objects.live().at)
    assert tags["TY"] == "DATA"
    assert tags["TI"].startswith("拟建金融科技示范区：法定数字货币、个人征信等 [Fintech zone plan")
    assert (tags["PY"], tags["DA"], tags["ET"]) == (f"{day:%Y}", f"{day:%Y/%m/%d}", "1")
    assert tags["UR"] == f"{settings.SITE_ORIGIN}/measures/2020-05/history/1/"
    assert "编号由编者所加" in tags["N1"]
    assert "Text: Ye Shuping; photographs: Lu Li" in tags["N1"]


def test_a_line_of_ris_is_one_line(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(headline_en="A\r\nER  - B\nTY  - C")
    assert [line[:2] for line in client.get("/measures/2020-05.ris").text.split("\r\n")[:-1]] == [
        "TY", "ID", "AU", "TI", "PY", "DA", "ET", "PB", "UR", "N1", "ER",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["", "/en", "/zh-hant"])
def test_reference_managers_find_title_date_publisher_and_address(client, language):
    day = localtime(DataVersion.objects.live().at)
    title, publisher, tag = {
        "": ("拟建金融科技示范区：法定数字货币、个人征信等", "福田改革库", "zh-Hans"),
        "/en": ("Fintech zone plan: digital fiat currency, credit reporting", "Futian Reform Database", "en"),
        "/zh-hant": ("擬建金融科技示範區：法定數字貨幣、個人徵信等", "福田改革庫", "zh-Hant"),
    }[language]
    found = dict(META.findall(client.get(f"{language}/measures/2020-05/").text))
    assert found == {
        "citation_title": title,
        "citation_publication_date": f"{day:%Y/%m/%d}",
        "citation_publisher": publisher,
        "citation_public_url": f"{settings.SITE_ORIGIN}/measures/2020-05/history/1/",
        "citation_language": tag,
    }


def test_a_list_has_the_same_tags(client):
    found = dict(META.findall(client.get("/en/measures/?role=pilot").text))
    assert found["citation_title"] == "Measures: Role of the place: Pilot"
    assert set(found) == set(dict(META.findall(client.get("/en/measures/2020-05/").text)))


def test_each_work_has_a_key_of_its_own(client):
    """In BibTeX and RIS alike: an entry whose key another has is dropped, or taken for the other."""
    queries = [
        "",
        "role=pilot",
        "role=pilot&sort=title",
        "q=%E6%95%99%E8%82%B2",
        "q=%7B%2C%25%22%7D",
        "centre=finance",
    ]
    works = [citation(client, f"/measures/?{query}".rstrip("?")).work for query in queries]
    works += [citation(client, f"/measures/2020-0{number}/").work for number in (5, 6)]
    entries = bibtexparser.loads("\n".join(work.bibtex() for work in works)).entries
    assert len({entry["ID"] for entry in entries}) == len(works)
    assert [entry["ID"] for entry in entries] == [
        re.search("^ID  - ([a-z0-9-]+)\r$", work.ris(), re.M)[1] for work in works
    ]
    for prefix in ("/en", "/zh-hant"):
        assert citation(client, f"{prefix}/measures/?role=pilot").work.key == works[1].key


@pytest.mark.parametrize("code", ["2020-01", "2020-05", "2020-28"])
def test_bibtex_is_read_by_a_library(client, code):
    response = client.get(f"/measures/{code}.bib")
    (entry,) = bibtexparser.loads(response.text).entries
    measure = Measure.objects.get(code=code)
    assert entry["ENTRYTYPE"] == "misc"
    assert entry["ID"] == f"futian-reform-{code}-v1"
    assert entry["title"].strip("{}") == f"{tex(measure.headline_zh)} [{tex(measure.headline_en)}]"
    assert entry["url"] == f"{settings.SITE_ORIGIN}/measures/{code}/history/1/"
    assert int(entry["year"]) == DataVersion.objects.live().at.year


def test_bibtex_survives_what_tex_reserves(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(headline_en=r"50% of $x_1 {a} & \b #1 ~ ^")
    (entry,) = bibtexparser.loads(client.get("/measures/2020-05.bib").text).entries
    assert r"50\% of \$x\_1 \{a\} \& \textbackslash{}b \#1" in entry["title"]


def test_nobody_is_asked_for_errors_unless_somebody_reads_them(client):
    text = client.get("/en/measures/2020-05/").text
    assert "mailto:" not in text
    assert "Report an error" not in text


@pytest.mark.parametrize("path", ["/en/measures/2020-05/", "/en/measures/?role=pilot"])
def test_an_error_report_names_page_and_version(client, settings, path):
    settings.REPORT_ERRORS_TO = "editors@example.org"
    address = re.search(r'href="(mailto:[^"]+)"', client.get(path).text).group(1).replace("&amp;", "&")
    parts = urlsplit(address)
    body = parse_qs(parts.query)["body"][0]
    assert parts.path == "editors@example.org"
    assert body.startswith(f"{settings.SITE_ORIGIN}{path}\n")
    assert f"Data version {DataVersion.objects.live().number}" in body


def test_an_error_report_can_go_to_a_tracker(client, settings):
    settings.REPORT_ERRORS_TO = "https://tracker.example.org/new?project=1"
    report = citation(client, "/en/measures/2020-05/").report
    assert report.startswith("https://tracker.example.org/new?project=1&title=")
    assert "Measure 2020-05, version 1" in parse_qs(urlsplit(report).query)["body"][0]
