"""`as_of`: the database as it was, at the address of the present with a data version."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.http import http_date
from django.utils.timezone import localdate

from futian_reform.requests import moments
from measures.models import Category, DataVersion, Measure
from measures.selection.parameters import has_past
from measures.snapshots import asked_moment, editing_as
from tests.models.steps import live
from tests.public_pages import PREFIXES

PAGES = [
    "/",
    "/measures/",
    "/measures/?category=well-being&centre=none",
    "/measures/?q=jiaoshi",
    "/measures/?centre=finance&view=matrix",
    "/measures/2020-05/",
    "/measures/2020-05/history/",
    "/categories/well-being/",
    "/centres/finance/",
    "/audiences/families/",
    "/districts/futian/",
    "/plans/",
    "/plans/2020/",
    "/plans/2020/source/",
    "/glossary/",
    "/gaps/",
    "/data/",
    "/changes/",
]
FILES = ["/measures.csv", "/measures.json?category=well-being", "/measures.xlsx", "/datapackage.json"]
FILES += [f"/measures/2020-05{form}" for form in (".json", ".bib", ".ris")]
API = ["/api/measures/", "/api/categories/", "/api/changes/", "/api/measures/2020-05/", "/api/plans/2020/"]
PRESENT_ALONE = ["/about/", "/api/", "/api/schema/", "/measures.atom", "/changes.atom", "/opensearch.xml"]


def asked(address: str, moment: object) -> str:
    return f"{address}{'&' if '?' in address else '?'}as_of={moment}"


def change() -> int:
    """Rename a measure and a category, delete another measure; the result is the data version before."""
    before = live()
    with editing_as("lin"):
        Measure.objects.filter(code="2020-05").update(title_zh="甲乙丙的标题", headline_zh="甲乙丙的标题")
        Category.objects.filter(slug="well-being").update(name_zh="甲乙丙类别", name_en="Renamed")
    with editing_as("lin"):
        Measure.objects.get(code="2020-23").delete()
    return before


@pytest.fixture(scope="module")
def changed(databases):
    """The data version before `change`, for tests that only read."""
    yield change()
    databases.restore()


@pytest.fixture
def rewritten(changed, databases):
    """The same for tests that write: afterwards the database is as the others found it."""
    yield changed
    databases.restore()
    assert change() == changed


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_page_can_be_read_as_it_was(client, changed, prefix):
    for address in PAGES:
        response = client.get(prefix + asked(address, changed))
        assert response.status_code == 200, address
        assert "甲乙丙" not in response.text, address
        assert response.headers["X-Data-Version"] == str(changed)
        assert (
            f"{changed}"
            in re.search(r'<div class="note banner"[^>]*>.*?</strong>', response.text, re.DOTALL)[0]
        )


@pytest.mark.parametrize("address", [*FILES, *API])
def test_so_can_every_file_and_the_api(client, changed, address):
    response = client.get(asked(address, changed))
    assert response.status_code == 200
    assert "甲乙丙".encode() not in response.getvalue()
    assert response.headers["Cache-Control"] == "public, max-age=86400, immutable"


def test_numbers_are_those_of_the_time(client, changed):
    assert client.get("/api/measures/").json()["count"] == 27
    then = client.get(f"/api/measures/?as_of={changed}").json()
    assert (then["count"], then["version"]) == (28, changed)
    assert client.get("/en/measures/").context["listing"].count == 27
    page = client.get(f"/en/measures/?as_of={changed}")
    assert page.context["listing"].count == 28
    assert client.get("/measures/2020-23/").status_code == 404
    assert client.get(f"/measures/2020-23/?as_of={changed}").status_code == 200


LINK = re.compile(r'<a\b(?: (?!href)[\w-]+(?:="[^"]*")?)* href="(/[^"#]*)')


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("address", PAGES)
def test_every_link_stays_in_the_moment(client, changed, prefix, address):
    page = client.get(prefix + asked(address, changed)).text
    out = re.findall(r'<a data-now href="([^"]+)"', page)
    assert out == [
        (prefix + address).replace("&", "&amp;"),
        f"{prefix}/changes/?from={changed}",
    ]
    links = [link for link in LINK.findall(page) if "as_of=" not in link]
    excepted = ("/about/", "/api/", "/measures.atom", "/changes.atom", "/cite/verify/")
    left = {
        link
        for link in links
        if not re.search(r"/history/\d+/$|/static/", link) and not link.partition("?")[0].endswith(excepted)
    }
    assert left - set(out) == set()
    assert 'href="?' not in page
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        assert f'<input type="hidden" name="as_of" value="{changed}">' in form


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_address_that_is_printed_is_one_of_the_moment(client, changed, prefix):
    """What can be copied from a page of the past, or read on its paper, leads to what stands there."""
    for address in PAGES:
        page = unescape(client.get(prefix + asked(address, changed)).text)
        printed = re.findall(rf"{re.escape(settings.SITE_ORIGIN)}(/[^\s\"<>}}]*)", page)
        assert printed
        now = [link for link in printed if "as_of=" not in link and has_past(link.partition("?")[0])]
        assert now == [], address


@pytest.mark.parametrize("prefix", PREFIXES)
def test_pages_of_the_past_are_for_no_index(client, changed, prefix):
    for address in PAGES:
        response = client.get(prefix + asked(address, changed))
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex, nofollow">' in response.text
        assert "canonical" not in response.text
        assert "must-revalidate" in response.headers["Cache-Control"]
    assert "\nDisallow: /*as_of=\n" in client.get("/robots.txt").text


@pytest.mark.parametrize("address", PRESENT_ALONE)
def test_what_has_no_past_is_shown_as_it_is(client, changed, address):
    response = client.get(asked(address, changed))
    if response.status_code == 302:
        assert response.headers["Location"] == address
    else:
        assert response.status_code in {200, 400}  # a description takes no parameter


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "-1",
        "01",
        "+1",
        "1.0",
        "x",
        "%EF%BC%91",
        "9999999",
        "9" * 30,
        "1999-01-01",
        "2999-01-01",
        "2026-02-30",
    ],
)
def test_what_is_no_moment_is_refused_with_those_there_are(client, changed, value):
    for address in (
        "/en/measures/",
        "/measures.csv",
        "/api/measures/",
        "/en/measures/2020-05/",
        "/measures.xlsx",
    ):
        response = client.get(f"{address}?as_of={value}")
        assert response.status_code == 400, address
        assert f"There are {changed}–{live()}" in response.text


def test_numbers_in_the_gap_after_a_restoration_are_refused(client, rewritten):
    changed, newest = rewritten, live()
    with connection.cursor() as cursor:
        cursor.execute("SELECT measures_new_lineage(1)")
    response = client.get(f"/en/measures/?as_of={newest + 1}")
    assert response.status_code == 400
    assert f"There are {changed}–{newest}, {newest + 1000};" in response.text
    assert client.get(f"/en/measures/?as_of={newest}").status_code == 200
    assert client.get(f"/en/measures/?as_of={newest + 1000}").status_code == 200


def test_a_day_of_a_page_leads_to_its_number(client, rewritten):
    changed = rewritten
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE measures_dataversion SET at = at - interval '3 days' WHERE number <= %s", [changed + 1]
        )
    day = localdate() - timedelta(days=2)
    assert client.get(f"/en/measures/?role=pilot&as_of={day}").headers["Location"] == (
        f"/en/measures/?role=pilot&as_of={changed + 1}"
    )
    answer = client.get(f"/measures.json?as_of={day}&role=pilot")
    assert answer.json()["version"] == changed + 1
    assert answer.headers["Content-Location"] == f"/measures.json?role=pilot&as_of={changed + 1}"
    assert "immutable" not in answer.headers["Cache-Control"]


def test_today_is_the_present(client, changed):
    assert client.get(f"/en/measures/?as_of={localdate()}").headers["Location"] == "/en/measures/"
    answer = client.get(f"/measures.json?as_of={localdate()}")
    assert answer.content == client.get("/measures.json").content
    assert answer.headers["Content-Location"] == f"/measures.json?as_of={live()}"


def test_the_moment_is_the_last_parameter_of_a_page(client, changed):
    for query in (
        f"as_of={changed}&role=pilot",
        f"role=pilot&as_of=7&as_of={changed}",
        f"as%5Fof={changed}&role=pilot",
    ):
        response = client.get(f"/en/measures/?{query}")
        assert response.headers["Location"] == f"/en/measures/?role=pilot&as_of={changed}"
    redirect = client.get(f"/en/measures/?role=responsible&category=well-being&as_of={changed}")
    assert (
        redirect.headers["Location"] == f"/en/measures/?category=well-being&role=responsible&as_of={changed}"
    )
    assert client.get(f"/measures.csv?as_of={changed}&role=pilot").status_code == 200


def test_answers_of_the_past_are_mementos(client, changed):
    at = DataVersion.objects.get(number=changed).at.timestamp()
    for address in ("/en/measures/?role=pilot", "/measures.csv?role=pilot", "/measures/2020-05/"):
        headers = client.get(f"{asked(address, changed)}").headers
        assert headers["Memento-Datetime"] == http_date(at)
        assert headers["Link"] == (
            f'<{settings.SITE_ORIGIN}{address}>; rel="original", '
            f'<{settings.SITE_ORIGIN}/timemap{address}>; rel="timemap"; type="application/link-format"'
        )
        assert "Memento-Datetime" not in client.get(address).headers


def test_the_newest_data_version_has_its_address_already(client, changed):
    now = client.get("/measures.csv")
    assert client.get(f"/measures.csv?as_of={live()}").getvalue() == now.getvalue()
    assert "Nothing has changed since." in client.get(f"/en/measures/?as_of={live()}").text


def test_a_permanent_version_is_the_first_moment_of_it(client, changed):
    page = client.get("/en/measures/2020-05/history/1/")
    assert page.headers["X-Data-Version"] == str(changed)
    assert page.headers["Memento-Datetime"] == http_date(
        DataVersion.objects.get(number=changed).at.timestamp()
    )
    assert f'<{settings.SITE_ORIGIN}/en/measures/2020-05/>; rel="original"' in page.headers["Link"]
    assert "Renamed" not in page.text
    assert re.search(rf'href="/en/categories/[a-z-]+/\?as_of={changed}"', page.text)
    assert 'data-now href="/en/measures/2020-05/"' in page.text
    assert "It was followed by version 2." in page.text
    assert "This measure is no longer published." in client.get("/en/measures/2020-23/history/1/").text


def test_pages_of_the_api_stay_in_the_moment(client, changed):
    page = client.get(f"/api/changes/?as_of={changed}").json()
    assert page["next"] == f"{settings.SITE_ORIGIN}/api/changes/?page=2&as_of={changed}"
    assert client.get(page["next"].removeprefix(settings.SITE_ORIGIN)).json()["count"] == page["count"]


def test_an_error_of_the_past_leads_on_in_it(client, changed):
    response = client.get(f"/en/measures/2020-99/?as_of={changed}")
    assert response.status_code == 404
    assert f'href="/en/measures/?as_of={changed}"' in response.text


def test_a_request_that_is_asked_of_another_server_asks_for_the_same_moment(changed):
    request = RequestFactory().get(f"/measures.csv?role=pilot&as_of={changed}")
    seen = []

    def view(request):
        seen.append((request.META["QUERY_STRING"], request.GET.dict(), asked_moment.get().number))
        return HttpResponse()

    for _server in range(2):
        moments.answer(view, request)
    assert seen == [("role=pilot", {"role": "pilot"}, changed)] * 2
    assert request.GET["as_of"] == str(changed)
    assert asked_moment.get() is None
