"""What machines read: addresses, structured data, meta tags, sitemap, robots and search description."""

import itertools
import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from html import unescape

import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from measures.models import Measure
from measures.pages.sitemaps import Pages
from tests.oracle import edit_times
from tests.public_pages import ADDRESSES, PREFIXES, every_address

ORIGIN = settings.SITE_ORIGIN
TAGS = ("zh-Hans", "zh-Hant", "en")
CHINESE_TAGS = {"SiteName", "SiteDomain", "SiteIDCode"}
COLUMN_TAGS = {"ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"}
ARTICLE_TAGS = {"ArticleTitle", "PubDate", "ContentSource", "Keywords", "Author", "Url"}
OWN_TAGS = {"viewport", "description", "robots"}


def head(client, address: str) -> str:
    return client.get(address).text.split("</head>")[0]


def metas(client, address: str, attribute: str = "name") -> dict[str, str]:
    """The tags of the head, without those of citations (see open_data/test_citations.py)."""
    found = re.findall(rf'<meta {attribute}="([^"]+)" content="([^"]*)">', head(client, address))
    assert len(found) == len(dict(found)) or attribute == "property", "a tag is printed twice"
    return {name: unescape(content) for name, content in found if not name.startswith("citation_")}


def graph(client, address: str) -> list[dict]:
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head(client, address))
    assert len(scripts) == 1
    document = json.loads(scripts[0])
    assert document["@context"] == "https://schema.org"
    return document["@graph"]


def types(client, address: str) -> list[str]:
    return [thing["@type"] for thing in graph(client, address)]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("address", ["/", "/measures/2020-15/", "/measures/?category=well-being&centre=none"])
def test_each_page_names_itself_and_its_translations(client, prefix, address):
    links = re.findall(
        r'<link rel="(canonical|alternate)"(?: hreflang="([^"]+)")? href="([^"]+)">',
        head(client, prefix + address),
    )
    escaped = address.replace("&", "&amp;")
    assert links == [
        ("canonical", "", f"{ORIGIN}{prefix}{escaped}"),
        *(("alternate", tag, f"{ORIGIN}{own}{escaped}") for tag, own in zip(TAGS, PREFIXES, strict=True)),
        ("alternate", "x-default", f"{ORIGIN}{escaped}"),
    ]


def test_the_host_header_decides_no_address(client):
    addresses = ("/", "/sitemap.xml", "/sitemap-pages.xml", "/robots.txt")
    answers = [client.get(address, headers={"host": "127.0.0.1"}).text for address in addresses]
    assert answers == [client.get(address).text for address in addresses]


def test_only_filters_searches_and_errors_ask_not_to_be_indexed(client):
    refused = {address for address in ADDRESSES if "robots" in metas(client, address)}
    assert refused == {address for address in ADDRESSES if "?" in address} | {
        "/measures/2020-99/",
        "/no-such-page/",
    }


def test_structured_data_of_each_page_type(client):
    assert types(client, "/") == ["WebSite", "Dataset"]
    assert types(client, "/measures/") == ["Dataset", "BreadcrumbList"]
    assert types(client, "/measures/2020-15/") == ["CreativeWork", "BreadcrumbList"]
    for topic in (
        "/categories/well-being/",
        "/centres/finance/",
        "/audiences/families/",
        "/districts/futian/",
    ):
        assert types(client, topic) == ["CollectionPage", "BreadcrumbList"]


@pytest.mark.parametrize(("prefix", "tag"), list(zip(PREFIXES, TAGS, strict=True)))
def test_structured_data_says_what_the_page_says(client, prefix, tag):
    work, crumbs = graph(client, f"{prefix}/measures/2020-15/")
    page = client.get(f"{prefix}/measures/2020-15/").text
    assert work["url"] == f"{ORIGIN}{prefix}/measures/2020-15/"
    assert (work["identifier"], work["position"], work["inLanguage"]) == ("2020-15", 15, tag)
    assert unescape(re.search(r"<h1>(.*?)</h1>", page).group(1)) == work["name"]
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3, 4]
    assert [item["item"].removeprefix(ORIGIN + prefix) for item in crumbs["itemListElement"]] == [
        "/",
        "/measures/",
        "/categories/grassroots-governance/",
        "/measures/2020-15/",
    ]


def test_nothing_claims_to_be_the_government(client):
    for address in ADDRESSES:
        text = head(client, f"/en{address}")
        assert "GovernmentOrganization" not in text
        assert "GovernmentService" not in text
        assert '"publisher"' not in text
    dataset = graph(client, "/en/")[1]
    assert dataset["creator"]["name"] == "Editors of the Futian Reform Database"
    assert dataset["version"] == str(client.get("/").context["data_version"].number)


def test_a_text_cannot_leave_the_script(client, restored):
    evil = "</script><script>alert(1)</script><!-- & "
    Measure.objects.filter(number=15).update(title_en=evil)
    response = client.get("/en/measures/2020-15/")
    assert "<script>alert" not in response.text
    assert graph(client, "/en/measures/2020-15/")[0]["name"] == evil


def test_chinese_tags_are_printed_where_they_are_true(client, settings):
    assert metas(client, "/").keys() - OWN_TAGS == {"SiteName", "SiteDomain"}
    assert metas(client, "/measures/").keys() - OWN_TAGS == {"SiteName", "SiteDomain"} | COLUMN_TAGS
    detail = metas(client, "/measures/2020-15/")
    assert detail.keys() - OWN_TAGS == {"SiteName", "SiteDomain"} | COLUMN_TAGS | ARTICLE_TAGS
    assert metas(client, "/en/measures/2020-15/").keys() == {"viewport", "description"}
    measure = Measure.objects.get(number=15)
    assert detail["ArticleTitle"] == measure.title_zh
    assert detail["Keywords"] == ",".join(measure.keywords_zh)
    assert datetime.strptime(detail["PubDate"], "%Y-%m-%d %H:%M") == localtime(
        edit_times()["2020-15"][0]
    ).replace(second=0, microsecond=0, tzinfo=None)
    assert len({detail[name] for name in COLUMN_TAGS}) == len(COLUMN_TAGS)
    assert "null" not in detail.values()
    settings.SITE_ID_CODE = "4403040001"
    assert metas(client, "/")["SiteIDCode"] == "4403040001"


def test_open_graph(client):
    tags = metas(client, "/en/measures/2020-15/", "property")
    measure = Measure.objects.get(number=15)
    assert tags["og:title"] == measure.title_en
    assert tags["og:description"] == measure.summary_en
    assert (tags["og:type"], tags["og:locale"]) == ("article", "en_GB")
    assert tags["og:url"] == f"{ORIGIN}/en/measures/2020-15/"
    assert metas(client, "/zh-hant/", "property")["og:site_name"] == "福田改革庫"


XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def sitemap_files(client) -> dict[str, str]:
    """The addresses of the index, and since when each stands."""
    files = ET.fromstring(client.get("/sitemap.xml").content).findall("s:sitemap", XML)
    return {file.findtext("s:loc", "", XML): file.findtext("s:lastmod", "", XML) for file in files}


def sitemap(client) -> dict[str, dict]:
    found = {}
    for file in sitemap_files(client):
        for url in ET.fromstring(client.get(file.removeprefix(ORIGIN)).content).findall("s:url", XML):
            address = url.findtext("s:loc", "", XML)
            assert address not in found
            found[address] = {
                "lastmod": url.findtext("s:lastmod", "", XML),
                "languages": {link.get("hreflang"): link.get("href") for link in url.findall("x:link", XML)},
            }
    return found


def test_the_sitemap_lists_every_page_in_every_language(client):
    found, every = sitemap(client), every_address()
    assert found.keys() == {ORIGIN + prefix + address for prefix in PREFIXES for address in every}
    # Each page once, in the three languages by turns; the audit opens it in all of them.
    for prefix, address in zip(itertools.cycle(PREFIXES), every, strict=False):
        assert client.get(prefix + address).status_code == 200, prefix + address
    assert found[f"{ORIGIN}/en/about/"]["languages"] == {
        "zh-hans": f"{ORIGIN}/about/",
        "zh-hant": f"{ORIGIN}/zh-hant/about/",
        "en": f"{ORIGIN}/en/about/",
        "x-default": f"{ORIGIN}/about/",
    }


def test_lastmod_is_when_the_measure_was_edited(client, restored):
    before = edit_times()
    Measure.objects.filter(number=15).update(summary_zh="新的摘要。")
    after = edit_times()
    assert [code for code in after if after[code] != before[code]] == ["2020-15"]
    found = sitemap(client)
    for code, (_first, at, _number) in after.items():
        assert found[f"{ORIGIN}/measures/{code}/"]["lastmod"] == f"{localtime(at):%Y-%m-%d}"
    assert (
        sitemap_files(client)[f"{ORIGIN}/sitemap-measures.xml"] == localtime(after["2020-15"][1]).isoformat()
    )


def test_a_sitemap_is_cut_into_files_of_bounded_size(client, monkeypatch):
    whole = sitemap(client)
    assert list(sitemap_files(client)) == [
        f"{ORIGIN}/sitemap-{section}.xml" for section in ("pages", "topics", "measures")
    ]
    monkeypatch.setattr(Pages, "limit", 12)
    files = [file for file in sitemap_files(client) if "measures" in file]
    assert files == [f"{ORIGIN}/sitemap-measures.xml{page}" for page in ("", "?p=2", "?p=3")]
    with CaptureQueriesContext(connections["reader"]) as queries:
        text = client.get("/sitemap-measures.xml?p=2").text
    assert re.findall("<loc>[^<]*/en/measures/2020-(..)/</loc>", text) == [f"{at}" for at in range(13, 25)]
    (read,) = [query["sql"] for query in queries if "edited_at" in query["sql"] and "unnest" in query["sql"]]
    assert len(re.search(r"'\{(.*?)\}'", read).group(1).split(",")) == 12  # the rest is not read
    assert sitemap(client) == whole
    for nothing in ("measures.xml?p=4", "measures.xml?p=x", "drafts.xml"):
        response = client.get(f"/sitemap-{nothing}")
        assert (response.status_code, "没有这个页面" in response.text) == (404, True)
        assert "Page" not in response.text


def test_a_draft_is_in_no_sitemap(client, restored):
    Measure.objects.filter(number=15).update(status="draft")
    assert [address for address in sitemap(client) if "2020-15" in address] == []


def test_robots(client):
    lines = client.get("/robots.txt").text.split("\n")
    assert lines[0] == "User-agent: *"
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in lines
    assert [line for line in lines if line.startswith("Disallow")] == [
        f"Disallow: {prefix}/admin/" for prefix in ("", "/en", "/zh-hant")
    ]


@pytest.mark.parametrize(
    ("prefix", "name"), list(zip(PREFIXES, ("福田改革库", "福田改革庫", "Futian Reforms"), strict=True))
)
def test_opensearch(client, prefix, name):
    response = client.get(f"{prefix}/opensearch.xml")
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    description = ET.fromstring(response.content)
    assert response.headers["Content-Type"] == "application/opensearchdescription+xml"
    assert description.findtext("o:ShortName", "", names) == name
    assert len(name) <= 16
    templates = [url.get("template") for url in description.findall("o:Url", names)]
    assert templates == [f"{ORIGIN}{prefix}/measures/?q={{searchTerms}}", f"{ORIGIN}{prefix}/opensearch.xml"]
    assert f'type="application/opensearchdescription+xml" href="{prefix}/opensearch.xml"' in head(
        client, f"{prefix}/"
    )


def test_home_shows_what_was_edited_last(client, restored):
    assert list(client.get("/").context["edited"]) == []
    Measure.objects.filter(number=15).update(summary_zh="新的摘要。")
    Measure.objects.filter(number=3).update(summary_zh="新的摘要。")
    assert [measure.number for measure in client.get("/").context["edited"]] == [3, 15]
    Measure.objects.filter(number=3).update(status="draft")
    assert [measure.number for measure in client.get("/").context["edited"]] == [15]
