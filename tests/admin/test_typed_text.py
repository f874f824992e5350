"""Typed text survives: whatever refuses a form gives back what was typed in it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.admin.desk import BACKEND, account, change_address, opened, posted, signed_in

pytestmark = pytest.mark.usefixtures("restored")
TEXT = "Typed for an hour"
ORIGIN = {"origin": "http://localhost"}


@pytest.fixture
def careful():
    """A client that is asked for its token, as browsers are."""
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    client.force_login(account("lin", "editor"), backend=BACKEND)
    return client


def typed(client, measure) -> dict:
    return {**opened(client, measure), "summary_en": TEXT, "_save": "Save"}


def signs_in_again(client, measure):
    client.logout()
    client.force_login(User.objects.get(username="lin"), backend=BACKEND)
    client.get(change_address(measure))  # the other tab: a new token


def session_lost(client, measure):
    client.session.flush()


def account_disabled(client, measure):
    User.objects.filter(username="lin").update(is_active=False)


def no_longer_staff(client, measure):
    User.objects.filter(username="lin").update(is_staff=False)


def no_longer_editor(client, measure):
    User.objects.get(username="lin").groups.clear()


KINDS = {
    "signed in again in another tab": signs_in_again,
    "session lost": session_lost,
    "account disabled": account_disabled,
    "no longer staff": no_longer_staff,
    "no longer an editor": no_longer_editor,
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_gives_back_what_was_typed(careful, measure, kind, language):
    data = typed(careful, measure)
    KINDS[kind](careful, measure)
    address = change_address(measure).removeprefix("" if language == "en" else "/en")
    response = careful.post(address, data, headers=ORIGIN)
    assert response.status_code == 403
    assert re.search(rf"<textarea[^>]*>\s*{TEXT}</textarea>", response.text)
    assert ("What you typed" in response.text) is (language == "en")
    assert response.headers["Cache-Control"] == "no-store"


def test_after_signing_in_again_the_text_is_sent_once_more(careful, measure):
    data = typed(careful, measure)
    signs_in_again(careful, measure)
    response = careful.post(change_address(measure), data, headers=ORIGIN)
    again = posted(response, "send-again")
    assert careful.post(change_address(measure), again, headers=ORIGIN).status_code == 302
    measure.refresh_from_db()
    assert measure.summary_en == TEXT


def test_another_site_is_not_helped_to_send_a_form(careful, measure):
    data = typed(careful, measure) | {"csrfmiddlewaretoken": "x" * 64}
    for headers in ({"origin": "https://evil.example"}, {}):
        response = careful.post(change_address(measure), data, headers=headers)
        assert response.status_code == 403
        assert "Send it again" not in response.text


def test_a_session_that_ended_on_the_sign_in_page_is_explained():
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    response = client.post("/en/admin/login/", {"username": "lin", "password": "secret"}, headers=ORIGIN)
    assert response.status_code == 403
    assert "This form is older than your session" in response.text
    assert "secret" not in response.text


def test_a_large_form_is_given_back_and_a_larger_one_explained(measure):
    client = signed_in("lin", "editor")
    data = typed(client, measure) | {"note_en": "long " * 700_000}  # more than Django reads by default
    response = client.post(change_address(measure), data)
    assert response.status_code == 200  # no text is as long; the form says so
    assert TEXT in response.text
    response = client.generic("POST", change_address(measure), b"", CONTENT_LENGTH=str(11 * 2**20))
    assert response.status_code == 413
    assert "This is larger than the site accepts" in response.text
