"""What goes wrong is explained, in the reader's language, and never a traceback."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

from measures.pages import views
from tests.admin.desk import signed_in

TOO_LONG = "The address is too long. Please shorten the search or choose fewer options."
NUL = "The address contains a character that no text may contain, such as NUL."


@pytest.mark.parametrize(
    ("address", "status", "explanation"),
    [
        ("/en/nowhere/", 404, "Perhaps the address was mistyped, or what it showed is not published."),
        ("/en/measures/2020-99/", 404, None),
        ("/en/measures/%00/", 400, NUL),
        ("/en/measures/%ff/", 404, "Perhaps the address was mistyped, or what it showed is not published."),
        ("/en/categories/nowhere/", 404, None),
        ("/en/measures/?page=9999", 404, "This list has 1 page; there is no page “9999”."),
        ("/en/measures/?page=x", 404, "This list has 1 page; there is no page “x”."),
        ("/en/measures/?page=-1", 404, "This list has 1 page; there is no page “-1”."),
        ("/en/measures/?page=%C2%B2", 404, "This list has 1 page; there is no page “²”."),
        ("/en/measures/?category=%00", 400, NUL),
        ("/en/measures/?category=" + "x" * 10_000, 400, TOO_LONG),
        ("/measures/?category=" + "x" * 10_000, 400, "网址太长。请缩短搜索词，或少选几项条件。"),
    ],
)
def test_the_page_says_what_is_wrong(client, address, status, explanation):
    response = client.get(address)
    assert response.status_code == status
    assert response.templates[0].name == "error.html"
    if explanation:
        assert response.context["explanation"] == explanation
    assert response.cookies == {}


@pytest.mark.parametrize("name", ["category", "centre", "link", "audience", "district", "role", "basis"])
@pytest.mark.parametrize("value", ["nonsense", "%ff", "1", "' OR 1=1", "%E2%80%AE"])
def test_an_unknown_value_is_refused_beside_its_field(client, name, value):
    response = client.get(f"/en/measures/?{name}={value}")
    assert response.status_code == 400
    assert response.templates[0].name == "measure_list.html"
    assert set(response.context["filter"].form.errors) == {name}
    assert b'class="row"' not in response.content


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("utm_source=x", ""),
        ("category=&from=x", ""),
        ("page=1", ""),
        ("basis=derived&category=well-being", "category=well-being&basis=derived"),
        ("category=well-being&category=well-being", "category=well-being"),
        ("category=well-being&category=modern-industry", "category=modern-industry&category=well-being"),
        ("centre=finance&centre=none&x=1", None),
    ],
)
def test_one_selection_has_one_address(client, query, canonical):
    response = client.get(f"/measures/?{query}")
    assert response.status_code == 302
    if canonical is not None:
        assert response.headers["Location"] == ("/measures/?" + canonical if canonical else "/measures/")
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed"), PoolTimeout("busy")])
def test_a_database_that_is_gone_is_a_503_with_a_hint_when_to_return(client, monkeypatch, error):
    client.raise_request_exception = False

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(views.Home, "get_context_data", fail)
    response = client.get("/en/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert response.context["title"] == "The database does not answer at the moment"


def test_a_fault_of_ours_is_a_500_that_shows_nothing_of_it(monkeypatch):
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)

    def fail(*args, **kwargs):
        raise RuntimeError("internal detail")

    monkeypatch.setattr(views.Home, "get_context_data", fail)
    response = client.get("/en/")
    assert response.status_code == 500
    assert response.context["title"] == "Something went wrong on our side"
    assert "internal detail" not in response.text


def test_an_unknown_host_is_refused():
    assert Client(headers={"host": "evil.example"}).get(reverse("home")).status_code == 400


@pytest.mark.parametrize("address", ["change", "restore"])
@pytest.mark.parametrize("key", [0, 99_999, 9_999_999_999])
def test_a_version_that_is_not_there_is_told_in_the_language_of_the_desk(restored, address, key):
    page = signed_in("he", "administrator").get(f"/admin/measures/version/{key}/{address}/")
    assert (page.status_code, page.context["explanation"]) == (404, "网址可能有误，或者原有内容没有公开。")
