"""One address for one answer: what is written in another way is led to it, or answered as if it had been."""

import itertools

import pytest
from django.http import QueryDict

from measures.addresses import STUCK, canonical_path
from measures.selection.parameters import canonical_query, is_tracker, unknown
from tests.public_pages import PAGE_TYPES, PREFIXES

LANGUAGES = {
    "": ("zh", "zh-Hans", "zh-hans", "zh-cn", "ZH-CN", "zh-sg", "zh-Hans-CN"),
    "/en": ("EN", "En", "en-us", "en-GB"),
    "/zh-hant": ("zh-Hant", "ZH-HANT", "zh-tw", "zh-TW", "zh-hk", "zh-mo", "zh-Hant-HK"),
}
# One for each kind of address, without language.
PATHS = ["/", "/measures/", "/measures/2020-07/", "/about/", "/plans/2020/source/", "/measures.atom"]
MACHINE = [
    "/measures.csv",
    "/measures/2020-07.json",
    "/api/measures/",
    "/robots.txt",
    "/sitemap.xml",
    "/readyz",
]


def led_to(client, address: str) -> str:
    """Where an address leads in one step; itself where it is answered."""
    response = client.get(address)
    if response.status_code == 200:
        return address
    assert response.status_code == 302, (address, response.status_code)
    assert client.get(response.headers["Location"]).status_code == 200
    return response.headers["Location"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_other_names_of_a_language_lead_to_its_pages(client, prefix):
    for name, path in itertools.product(LANGUAGES[prefix], PATHS):
        assert canonical_path(f"/{name}{path}") == prefix + path
        assert canonical_path(f"/{name}{path}".rstrip("/")) == prefix + path
    for name in LANGUAGES[prefix]:
        assert led_to(client, f"/{name}/about/") == f"{prefix}/about/"


@pytest.mark.parametrize("path", MACHINE)
def test_what_has_no_language_is_found_below_any(path):
    for name in (*itertools.chain(*LANGUAGES.values()), "en", "zh-hant"):
        assert canonical_path(f"/{name}{path}") == path


@pytest.mark.parametrize("path", [*PATHS, *MACHINE])
def test_what_stays_stuck_to_a_link_is_left_out(path):
    for stuck in (*STUCK, "。”", "...", ")。", "。/"):
        assert canonical_path(path + stuck) == path
        assert canonical_path(path.rstrip("/") + stuck) == path


def test_a_stuck_sign_behind_a_selection_leads_home(client):
    for stuck in ("。", "，", ".", "%E3%80%82", "）。", "%20"):
        assert led_to(client, f"/en/measures/?centre=finance{stuck}") == "/en/measures/?centre=finance"
        assert (
            led_to(client, f"/measures.csv?centre=finance{stuck}") == f"/measures.csv?centre=finance{stuck}"
        )
    assert led_to(client, "/measures/2020-07/。") == "/measures/2020-07/"


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/EN/nowhere/", "/nowhere。", "/zh-xx/nowhere/", "/e/", "/measures/2020-7/"]
)
def test_what_is_nowhere_stays_nowhere(client, path):
    assert client.get(path).status_code == 404
    assert client.head(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/en/measures/2020-07/", "/measures/", "/en/about/", "/measures.atom"])
def test_pages_and_feeds_drop_what_they_do_not_take(client, path):
    for query in (
        "x=1",
        "utm_source=x&from=timeline",
        "?",
        "&&",
        "q=" if "measures" in path else "q=a",
        "%ff=%ff",
    ):
        assert led_to(client, f"{path}?{query}") == path


def test_trackers_are_no_part_of_any_page(client):
    """Not of its canonical address, its languages, nor what it asks of search engines."""
    for path in ("/measures/2020-07/", "/en/", "/en/measures/?centre=finance"):
        mark = "&" if "?" in path else "?"
        for tracked in (
            "from=timeline&isappinstalled=0",
            "utm_source=a&utm_medium=b",
            "fbclid=x",
            "spm=1.2.3",
        ):
            response = client.get(f"{path}{mark}{tracked}", follow=True)
            assert response.redirect_chain == [(path, 302)]
            assert "timeline" not in response.text


@pytest.mark.parametrize("number", ["01", "0000000012", "000001", "1", "1。"])
def test_a_number_is_written_in_one_way(client, number):
    right = number.strip("0。")
    written = "" if right == "1" else f"?page={right}"
    for path in ("/en/measures/", "/en/changes/"):
        response = client.get(f"{path}?page={number}")
        assert (response.status_code, response.headers["Location"]) == (302, path + written)
    assert canonical_query("/api/measures/", f"page={number}") == written[1:]


@pytest.mark.parametrize("zeros", ["0", "000"])
def test_a_version_is_numbered_in_one_way(client, zeros):
    for prefix in PREFIXES:
        right = f"{prefix}/measures/2020-07/history/1/"
        for path in (
            f"{prefix}/measures/2020-07/history/{zeros}1/",
            f"{prefix}/measures/2020-07/history/{zeros}1",
        ):
            assert led_to(client, path) == right
    newest = client.get("/api/changes/").json()["results"][0]["id"]
    assert led_to(client, f"/api/changes/{zeros}{newest}/") == f"/api/changes/{newest}/"
    assert client.get(f"/measures/2020-07/history/{zeros}/").status_code == 404


@pytest.mark.parametrize(
    ("path", "asked", "canonical"),
    [
        ("/en/measures/", "As_Of=1", "as_of=1"),
        ("/measures/2020-07/", "AS_OF=1", "as_of=1"),
        ("/en/changes/", "From=1&TO=1", "from=1&to=1"),
        ("/measures/", "CENTRE=finance&Q=a&centre=culture", "q=a&centre=finance&centre=culture"),
        ("/measures.atom", "Role=pilot", "role=pilot"),
    ],
)
def test_pages_and_feeds_know_names_in_capital_letters(client, path, asked, canonical):
    """Whoever asks for the past or a selection is not shown the present or everything instead."""
    assert led_to(client, f"{path}?{asked}") == f"{path}?{canonical}"


@pytest.mark.parametrize("number", ["12", "0", "-1", "9" * 10, "9" * 400, "%C2%B2", "x"])
def test_a_page_that_is_not_there_is_a_404(client, number):
    for path in ("/en/measures/", "/api/measures/", "/en/changes/", "/api/centres/"):
        assert client.get(f"{path}?page={number}").status_code == 404


def test_a_machine_form_answers_other_orders_and_trackers_where_it_stands(client):
    written = [
        "centre=finance&role=pilot",
        "role=pilot&centre=finance",
        "role=pilot&utm_source=x&centre=finance&from=x",
        "role=pilot&centre=finance&q=",
    ]
    for path in ("/measures.csv", "/measures.json", "/api/measures/"):
        assert {canonical_query(path, query) for query in written} == {written[0]}
        assert len({b"".join(client.get(f"{path}?{query}")) for query in written}) == 1


def test_unknown_names_are_told_apart_from_trackers():
    assert unknown("/measures.csv", QueryDict("yaer=2020&utm_x=1&from=a&centre=finance")) == ["yaer"]
    assert unknown("/measures/2020-07.json", QueryDict("centre=finance")) == ["centre"]
    assert canonical_query("/measures.csv", "yaer=2020&centre=finance") == "centre=finance&yaer=2020"
    assert is_tracker("utm_anything")
    assert not is_tracker("centre")


def test_the_canonical_query_leads_to_itself():
    """So that no address is redirected for ever."""
    for path in ("/measures/", "/measures.csv", "/changes/", "/", "/api/measures/"):
        for query in (
            "q=a+b&centre=finance&centre=technology&sort=title&page=2",
            "q=%E6%95%99%20%E8%82%B2&page=03",
            "x=1&x=2",
        ):
            once = canonical_query(path, query)
            assert canonical_query(path, once) == once
    for address in PAGE_TYPES:
        path, _mark, query = address.partition("?")
        assert canonical_query(path, query) in (query, None)


@pytest.mark.parametrize(
    "text",
    ["%02", "%00", "%1B", "%7F", "%C2%85", "%EF%BF%BE", "%EF%BF%BF", "%EF%B7%90", "%F0%9F%BF%BE", "\x01"],
)
def test_what_no_text_may_contain_is_refused_in_every_form(client, text):
    for path in ("/", "/en/measures/", "/measures.atom", "/measures.csv", "/api/measures/", "/robots.txt"):
        for address in (f"{path}?q=a{text}b", f"{path}?x{text}=1", f"{path}{text}"):
            response = client.get(address)
            assert response.status_code == 400, address


@pytest.mark.parametrize(
    "text", ["%09", "%0A", "%0D%0A", "教育", "%EF%BF%BD", "%F0%A0%AE%B7", "%E2%80%8B", "%EE%80%80"]
)
def test_any_other_character_can_be_searched_for(client, text):
    response = client.get(f"/measures/?q=a{text}b", follow=True)
    assert response.status_code == (400 if text == "%EF%BF%BD" else 200)
