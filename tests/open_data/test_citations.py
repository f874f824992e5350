"""Quoting and citing: sentences with their figures and date, and citations that programs read."""

import re
from urllib.parse import parse_qs, urlsplit

import bibtexparser
import pytest
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from measures.models import DataVersion, Measure
from measures.open_data.citations import tex
from measures.snapshots import editing_as


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
    assert found.permanent == address
    assert found.gbt == (
        f"福田改革库. 打造金融科技集聚发展示范区（改革2020-05，第2版）[DB/OL]. ({day:%Y-%m-%d})[{day:%Y-%m-%d}]. {address}."
    )
    assert found.apa == (
        f"Futian Reform Database. ({day.year}, {day:%B} {day.day}). Building a demonstration zone for fintech "
        f"clustering (Measure 2020-05, version 2) [Database]. {address}"
    )
    for text in (found.sentence, found.gbt, found.apa, address):
        assert text in client.get("/en/measures/2020-05/").text


@pytest.mark.parametrize("code", ["2020-01", "2020-05", "2020-28"])
def test_bibtex_is_read_by_a_library(client, code):
    response = client.get(f"/measures/{code}.bib")
    (entry,) = bibtexparser.loads(response.text).entries
    measure = Measure.objects.get(code=code)
    assert entry["ENTRYTYPE"] == "misc"
    assert entry["ID"] == f"futian-reform-{code}-v1"
    assert entry["title"].strip("{}") == f"{tex(measure.title_zh)} [{tex(measure.title_en)}]"
    assert entry["url"] == f"{settings.SITE_ORIGIN}/measures/{code}/history/1/"
    assert int(entry["year"]) == DataVersion.objects.live().at.year


def test_bibtex_survives_what_tex_reserves(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(title_en=r"50% of $x_1 {a} & \b #1 ~ ^")
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
