"""The second factor: who needs it, setting it up, losing the device; sessions, the log of sign-ins, the lock-out's language."""

import re
from importlib import reload

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import clear_url_caches
from django_otp.plugins.otp_totp.models import TOTPDevice

from futian_reform import urls
from measures.models import Measure
from tests.admin.desk import (
    PASSWORD,
    account,
    change_address,
    code_of,
    opened,
    posted,
    second_factor,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("restored")
LOGIN, DESK, OWN = "/en/admin/login/", "/en/admin/", "/en/admin/sign-in/"


def with_password(name: str, group: str) -> Client:
    """A client that has given name and password, and no more."""
    if not User.objects.filter(username=name).exists():
        account(name, group, PASSWORD)
    client = Client(headers={"host": "localhost"})
    data = {"username": name, "password": PASSWORD}
    assert client.post(f"{LOGIN}?next={DESK}", data).status_code == 302
    return client


def enrolled(name: str, group: str) -> tuple[Client, list[str]]:
    """A client that has set up an app, and the recovery codes."""
    client = with_password(name, group)
    client.get(f"{OWN}app/")
    device = TOTPDevice.objects.get(user__username=name, confirmed=False)
    response = client.post(f"{OWN}app/", {"code": code_of(device)})
    return client, response.context["codes"]


def let_time_pass(name: str) -> TOTPDevice:
    """The app of the account as if its last code were long past: each is good for once."""
    TOTPDevice.objects.filter(user__username=name).update(last_t=-1, throttling_failure_count=0)
    return TOTPDevice.objects.get(user__username=name, confirmed=True)


@pytest.mark.parametrize("role", ["publisher", "administrator"])
def test_whoever_publishes_or_keeps_accounts_must_set_one_up(role):
    client = with_password("zhou", role)
    for address in (
        DESK,
        "/en/admin/measures/measure/",
        "/en/admin/styleguide/",
        "/en/admin/password_change/",
    ):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(f"{OWN}?next=")
    assert "a password alone is not enough" in client.get(OWN).text
    client, codes = enrolled("zhou", role)
    assert len(set(codes)) == 10
    assert client.get(DESK).status_code == 200


def test_editors_may_and_a_closed_network_may_do_without(settings):
    assert with_password("lin", "editor").get(DESK).status_code == 200
    settings.SECOND_FACTOR_REQUIRED = False
    assert with_password("zhou", "publisher").get(DESK).status_code == 200
    enrolled("zhou", "publisher")
    assert with_password("zhou", "publisher").get(DESK).status_code == 302  # who has one is asked for it


def test_the_code_is_asked_for_and_good_for_once():
    enrolled("zhou", "publisher")
    client = with_password("zhou", "publisher")
    response = client.get("/en/admin/measures/measure/")
    assert response.headers["Location"] == f"{OWN}verify/?next=/en/admin/measures/measure/"
    where = response.headers["Location"]
    device = let_time_pass("zhou")
    assert "This code does not fit" in client.post(where, {"code": "000000"}).text
    assert client.get(DESK).status_code == 302
    device = let_time_pass("zhou")
    code = code_of(device)
    response = client.post(where, {"code": code})
    assert response.headers["Location"] == "/en/admin/measures/measure/"
    assert client.get(DESK).status_code == 200
    other = with_password("zhou", "publisher")
    assert other.post(f"{OWN}verify/", {"code": code}).status_code == 200
    # What was typed wrong stands in the log of sign-ins.
    assert len(client.get(OWN).context["failures"]) == 2


def test_guessing_codes_is_slowed_down():
    enrolled("zhou", "publisher")
    client = with_password("zhou", "publisher")
    let_time_pass("zhou")
    for _time in range(3):
        client.post(f"{OWN}verify/", {"code": "000000"})
    response = client.post(f"{OWN}verify/", {"code": code_of(let_device("zhou"))})
    assert response.status_code == 200
    assert "Too many wrong codes" in response.text


def let_device(name):
    return TOTPDevice.objects.get(user__username=name, confirmed=True)


def test_a_lost_device_a_recovery_code_lets_in_once():
    _client, codes = enrolled("zhou", "publisher")
    client = with_password("zhou", "publisher")
    assert client.post(f"{OWN}verify/", {"code": codes[0].upper()}).status_code == 302
    assert client.get(OWN).context["codes_left"] == 9
    again = with_password("zhou", "publisher")
    assert again.post(f"{OWN}verify/", {"code": codes[0]}).status_code == 200
    # The lost app cannot be removed before there is another one.
    device = let_device("zhou")
    response = client.post(OWN, {"app": device.pk}, follow=True)
    assert "set up another one before you remove this one" in response.text
    codes = client.post(OWN, {"codes": "1"}).context["codes"]
    assert client.get(OWN).context["codes_left"] == 10 == len(codes)
    # The app is set up on another phone; the lost one no longer counts.
    assert f'href="{OWN}app/"' in client.get(OWN).text
    client.get(f"{OWN}app/")
    new = TOTPDevice.objects.get(user__username="zhou", confirmed=False)
    assert len(client.post(f"{OWN}app/", {"code": code_of(new)}).context["codes"]) == 10
    assert TOTPDevice.objects.get(user__username="zhou") == new != device
    assert client.get(DESK).status_code == 200
    assert _client.get(DESK).status_code == 302  # whoever has the lost phone


def test_without_device_and_codes_an_administrator_helps():
    lost, _codes = enrolled("zhou", "publisher")
    administrator = signed_in("he", "administrator")
    zhou = User.objects.get(username="zhou")
    data = {"action": "remove_second_factor", "_selected_action": [zhou.pk]}
    assert administrator.post("/en/admin/auth/user/", data).status_code == 302
    assert lost.get(DESK).status_code == 302  # its sessions have ended
    assert with_password("zhou", "publisher").get(DESK).headers["Location"].startswith(f"{OWN}?next=")


def test_an_administrator_does_not_take_it_from_a_superuser():
    root = User.objects.create_superuser("root", password=None)
    second_factor(root)
    data = {"action": "remove_second_factor", "_selected_action": [root.pk]}
    signed_in("he", "administrator").post("/en/admin/auth/user/", data)
    assert TOTPDevice.objects.filter(user=root).exists()


def test_nobody_sets_up_a_device_without_the_one_there_is():
    """Name and password alone do not lead around the second factor."""
    enrolled("zhou", "publisher")
    client = with_password("zhou", "publisher")
    for address in (OWN, f"{OWN}app/"):
        for response in (client.get(address), client.post(address, {"codes": "1", "code": "1"})):
            assert response.status_code == 302
            assert response.headers["Location"] == f"{OWN}verify/"
    assert client.get(f"{OWN}app/picture/").status_code == 404
    assert client.post(f"{OWN}passkey/register/begin/").status_code == 403


def test_the_key_is_shown_as_a_picture_without_breaking_the_policy():
    client = with_password("lin", "editor")
    page = client.get(f"{OWN}app/")
    assert "style=" not in page.text
    picture = client.get(f"{OWN}app/picture/")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture.headers["Cache-Control"]


def test_what_was_typed_is_given_back_before_the_second_factor():
    client = with_password("zhou", "publisher")
    measure = Measure.objects.get(code="2020-07")
    data = opened(signed_in("he", "administrator"), measure)
    response = client.post(change_address(measure), {**data, "title_en": "Typed", "_save": "Save"})
    assert response.status_code == 403
    assert "Typed</textarea>" in response.text


def test_sessions_are_listed_and_ended():
    here, there = with_password("lin", "editor"), with_password("lin", "editor")
    other = with_password("chen", "editor")
    sessions = here.get(OWN).context["sessions"]
    assert [(session.is_this, session.address) for session in sessions] == [
        (False, "127.0.0.1"),
        (True, "127.0.0.1"),
    ]
    here.post(OWN, {"end": sessions[0].name})
    assert there.get(DESK).status_code == 302
    assert here.get(DESK).status_code == other.get(DESK).status_code == 200
    # Nobody ends those of others.
    (own,) = other.get(OWN).context["sessions"]
    here.post(OWN, {"end": own.name})
    assert other.get(DESK).status_code == 200
    third = with_password("lin", "editor")
    here.post(OWN, {"end_others": "1"})
    assert (third.get(DESK).status_code, here.get(DESK).status_code) == (302, 200)
    assert len(here.get(OWN).context["sign_ins"]) == 3


def test_the_lockout_speaks_the_language_of_the_desk():
    for number in range(8):
        data = {"username": "lin", "password": "wrong"}
        response = Client(headers={"host": "localhost"}).post(
            "/admin/login/", data, REMOTE_ADDR=f"192.0.2.{number}"
        )
    assert response.status_code == 429
    assert "登录失败次数过多" in response.text or "尝试次数" in response.text


def test_a_password_is_reset_only_where_mail_is_configured():
    page = Client(headers={"host": "localhost"}).get(LOGIN)
    assert "password-reset" not in page.text
    assert Client(headers={"host": "localhost"}).get("/en/admin/password-reset/").status_code in (302, 404)


@pytest.fixture
def with_mail(settings):
    """The site as it starts where mail is configured."""
    settings.EMAIL_HOST = "mail.example.org"
    reload(urls)
    clear_url_caches()
    yield
    settings.EMAIL_HOST = ""
    reload(urls)
    clear_url_caches()


def test_where_mail_is_configured_a_password_is_reset_but_not_the_second_factor(with_mail, mailoutbox):
    enrolled("zhou", "publisher")
    User.objects.update(email="zhou@example.org")
    client = Client(headers={"host": "localhost"})
    page = client.get(LOGIN).text
    assert 'href="/en/admin/password-reset/"' in page
    for address in ("zhou@example.org", "nobody@example.org"):  # neither is told from the other
        answer = client.post("/en/admin/password-reset/", {"email": address})
        assert answer.headers["Location"] == "/en/admin/password-reset/sent/"
    (mail,) = mailoutbox
    address = re.search(r"https?://[^/]+(/\S+)", mail.body)[1]
    address = client.get(address).headers["Location"]
    typed = {"new_password1": "another pass phrase", "new_password2": "another pass phrase"}
    assert client.post(address, typed).status_code == 302
    data = {"username": "zhou", "password": "another pass phrase"}
    assert client.post(f"{LOGIN}?next={DESK}", data).status_code == 302
    assert client.get(DESK).headers["Location"] == f"{OWN}verify/?next={DESK}"


def test_forms_of_the_sign_in_pages_can_be_posted_as_they_are():
    client = with_password("lin", "editor")
    assert "code" in posted(client.get(f"{OWN}app/"), "second-factor")
