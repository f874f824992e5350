"""What machine addresses answer when they cannot be read, and that they can only be read."""

from html import unescape
from urllib.parse import unquote

import pytest
from django.urls import resolve

from measures.models import Measure
from measures.pages import urls
from measures.snapshots import editing_as

from .forms import FORMS, body, codes_of_csv

LONG = "x" * 5000


@pytest.mark.parametrize(
    ("path", "status", "content_type"),
    [
        ("/measures.csv?centre=atlantis", 400, "text/plain; charset=utf-8"),
        ("/measures.xlsx?centre=atlantis", 400, "text/plain; charset=utf-8"),
        ("/en/measures.atom?centre=atlantis", 400, "text/plain; charset=utf-8"),
        ("/measures.json?centre=atlantis", 400, "application/problem+json"),
        ("/api/measures/?centre=atlantis", 400, "application/problem+json"),
        ("/measures/?centre=atlantis", 400, "text/html; charset=utf-8"),
        ("/api/measures/?page=9", 404, "application/problem+json"),
        ("/measures/?page=9", 404, "text/html; charset=utf-8"),
        (f"/measures.csv?q={LONG}", 400, "text/plain; charset=utf-8"),
        (f"/measures.json?q={LONG}", 400, "application/problem+json"),
        (f"/api/measures/?q={LONG}", 400, "application/problem+json"),
        (f"/measures.atom?q={LONG}", 400, "text/plain; charset=utf-8"),
        (f"/measures/?q={LONG}", 400, "text/html; charset=utf-8"),
        ("/measures.pdf", 404, "text/html; charset=utf-8"),
        ("/measures/2020-99.json", 404, "application/problem+json"),
        ("/measures/2020-99.bib", 404, "text/plain; charset=utf-8"),
        ("/api/nothing/", 404, "application/problem+json"),
        ("/measures.csv?q=%00", 400, "text/plain; charset=utf-8"),
    ],
)
def test_errors_come_in_the_form_asked_for(client, path, status, content_type):
    response = client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (status, content_type)


def test_a_problem_names_the_parameter_and_the_value(client):
    problem = client.get("/measures.json?role=pilot&centre=atlantis").json()
    (error,) = problem["errors"]
    assert error["parameter"] == "centre"
    assert "atlantis" in error["detail"]
    assert "atlantis" in error["detail_zh"]
    assert problem["detail"] == "A parameter of the address has a value that does not exist."
    assert problem["detail_zh"] == "网址中有一个参数的取值不存在。"
    text = client.get("/measures.csv?centre=atlantis").text
    assert error["detail"] in text
    assert error["detail_zh"] in text


@pytest.mark.parametrize("path", ["/en/measures/", "/en/measures.atom", "/api/measures/", "/api/plans/"])
def test_a_page_too_many_is_refused_in_the_same_words_everywhere(client, path):
    assert "This list has 1 page; there is no page “9”." in unescape(client.get(f"{path}?page=9").text)


#: Each kind of machine form, and what it takes.
LIST = ("q", "plan", "category", "centre", "link", "audience", "district", "role", "basis", "sort")
TAKEN = {
    "/measures.csv": (*LIST, "as_of"),
    "/measures.xlsx": (*LIST, "as_of"),
    "/measures.json": (*LIST, "as_of"),
    "/api/measures/": (*LIST, "page", "as_of"),
    "/api/centres/": ("page", "as_of"),
    "/api/changes/": ("from", "to", "page", "as_of"),
    "/api/measures/2020-07/": ("as_of",),
    "/api/centres/finance/": ("as_of",),
    "/measures/2020-07.json": ("as_of",),
    "/measures/2020-07.bib": ("as_of",),
    "/measures/2020-07.ris": ("as_of",),
    "/datapackage.json": ("as_of",),
    "/timemap/measures/": (*LIST, "page", "view", "p"),
    "/api/schema/": (),
}
TRACKED = "from=timeline&isappinstalled=0&utm_source=a&fbclid=b&spm=1.2"


@pytest.mark.parametrize(("path", "taken"), TAKEN.items(), ids=TAKEN)
@pytest.mark.parametrize(
    "name", ["catgory", "yaer", "Category", "pages", "x", "教育", "%3Cb%3E", "page[]", "download"]
)
def test_unknown_names_are_refused_and_the_nearest_is_named(client, path, taken, name):
    near = {"catgory": "category", "Category": "category", "pages": "page", "page[]": "page"}.get(name)
    for query in (f"{name}=1", f"{name}", f"{name}=", f"{TRACKED}&{name}=1&{name}=2"):
        response = client.get(f"{path}?{query}")
        assert (response.status_code, response.headers.get("Location")) == (400, None)
        assert response.headers["Content-Type"] in ("application/problem+json", "text/plain; charset=utf-8")
        assert f"does not take “{unquote(name)}”" in response.text
        assert f"本网址没有参数“{unquote(name)}”" in response.text
        assert not taken or (near if near in taken else ", ".join(taken)) in response.text
        if "json" in response.headers["Content-Type"]:
            assert [error["parameter"] for error in response.json()["errors"]] == [unquote(name)]


@pytest.mark.parametrize("path", TAKEN)
def test_trackers_of_messengers_change_no_answer(client, path):
    assert body(client.get(f"{path}?{TRACKED}")) == body(client.get(path))


def test_machine_forms_are_all_in_the_table():
    """So that no new one ignores what it does not know."""
    addresses = {pattern.name: str(pattern.pattern) for pattern in urls.machine_urlpatterns}
    found = {resolve(path).url_name for path in TAKEN}
    details = {name for name in addresses if name and name.startswith("api-")}
    assert {name for name in addresses if name} - details <= found


@pytest.mark.parametrize("path", ["/measures.csv", "/api/measures/", "/measures.json", "/changes.atom"])
def test_data_are_read_from_everywhere_and_written_from_nowhere(client, path):
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    preflight = client.options(path)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Methods"]) == (
        204,
        "GET, HEAD, OPTIONS",
    )
    for method in (client.post, client.put, client.patch, client.delete):
        response = method(path)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    for response in (client.get(path), preflight):
        assert not response.cookies


@pytest.mark.parametrize("path", ["/measures.csv", "/measures.xlsx", "/measures.json", "/api/measures/"])
def test_head_has_the_headers_and_no_body(client, path):
    head, get = client.head(path), client.get(path)
    assert body(head) == b""
    assert head.headers.get("Content-Disposition") == get.headers.get("Content-Disposition")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_drafts_are_in_no_form(client, restored):
    with editing_as("test"):
        Measure.objects.filter(code="2020-05").update(status="draft")
    for codes in FORMS.values():
        assert "2020-05" not in codes(client, "")
    for path in ("/measures/2020-05.json", "/measures/2020-05.bib", "/api/measures/2020-05/"):
        assert client.get(path).status_code == 404
    assert len(codes_of_csv(client, "")) == 27
