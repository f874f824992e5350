"""Signing in with real browsers: a second factor and its loss, passkeys, signing in again in another tab, text that never arrived."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from measures.models import Measure
from tests.admin.desk import PASSWORD, account, code_of, signed_in_page

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("restored")]
DESK = "/en/admin/"


def sign_in(page, name: str, address: str = DESK):
    page.goto(address)
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click('input[type="submit"]')
    page.wait_for_load_state()


def app_of(name: str, confirmed: bool) -> TOTPDevice:
    """The app of the account; its last code is long past."""
    TOTPDevice.objects.filter(user__username=name).update(last_t=-1, throttling_failure_count=0)
    return TOTPDevice.objects.get(user__username=name, confirmed=confirmed)


def give_code(page, code: str):
    page.fill("#id_code", code)
    page.click('#second-factor input[type="submit"]')
    page.wait_for_load_state()


def test_enrolling_and_losing_the_device(new_page, axe):
    account("zhou", "publisher", PASSWORD)
    page = new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)
    sign_in(page, "zhou")
    assert "a password alone is not enough" in page.locator(".errornote").inner_text()
    assert axe(page) == []
    page.click("text=Set up an authenticator app")
    page.wait_for_load_state()
    picture = page.locator("#content-main img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    assert axe(page) == []
    give_code(page, code_of(app_of("zhou", confirmed=False)))
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.click("text=I have kept them")
    assert page.locator("#waiting").count() == 1

    # Another browser, without the phone: a recovery code.
    other = new_page(viewport={"width": 1280, "height": 900})
    sign_in(other, "zhou", "/en/admin/measures/measure/")
    assert other.locator("h1").first.inner_text() == "Second factor"
    give_code(other, codes[0])
    assert other.url.endswith("/en/admin/measures/measure/")
    other.goto(f"{DESK}sign-in/")
    assert "9 recovery codes are left." in other.locator(".factors").inner_text()
    # Whoever has the phone now is sent out.
    other.click("text=End this session")
    assert "1 session has ended." in other.locator(".messagelist").inner_text()
    page.goto(DESK)
    assert page.locator("#id_username").count() == 1
    # A new app takes the place of the lost one.
    lost = app_of("zhou", confirmed=True)
    other.goto(f"{DESK}sign-in/")
    other.click("text=Set up the app on another phone")
    give_code(other, code_of(app_of("zhou", confirmed=False)))
    assert other.locator(".codes code").count() == 10
    assert app_of("zhou", confirmed=True) != lost


def test_without_device_and_codes_an_administrator_helps(new_page, live_site):
    """Three browsers: with the phone, of the administrator, and without either phone or codes."""
    account("zhou", "publisher", PASSWORD)
    page, administrator, other = (new_page(viewport={"width": 1280, "height": 900}) for _browser in range(3))
    sign_in(page, "zhou")
    page.click("text=Set up an authenticator app")
    give_code(page, code_of(app_of("zhou", confirmed=False)))
    signed_in_page(administrator, live_site, "he", "administrator")
    administrator.goto(f"{DESK}auth/user/?q=zhou")
    administrator.check('input[name="_selected_action"]')
    administrator.select_option('select[name="action"]', "remove_second_factor")
    administrator.click('button[name="index"]')
    administrator.wait_for_selector(".messagelist .success")
    page.goto(DESK)
    assert page.locator("#id_username").count() == 1  # whoever has the phone is sent out
    sign_in(other, "zhou")
    other.click("text=Set up an authenticator app")
    give_code(other, code_of(app_of("zhou", confirmed=False)))
    other.click("text=I have kept them")
    assert other.locator("#waiting").count() == 1


def test_a_passkey_is_added_and_used(new_page, live_site):
    account("lin", "editor", PASSWORD)
    here = live_site.replace("127.0.0.1", "localhost")  # browsers give no passkeys to numbers
    page = new_page(viewport={"width": 1280, "height": 900})
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, "lin", f"{here}{DESK}")
    page.goto(f"{here}{DESK}sign-in/")
    page.click("text=Add a passkey of this device")
    page.wait_for_selector("text=Remove the passkey")
    assert WebAuthnCredential.objects.get().user.username == "lin"
    page.context.clear_cookies()
    sign_in(page, "lin", f"{here}{DESK}")
    assert page.locator("h1").first.inner_text() == "Second factor"
    page.click("text=Use a passkey")
    page.wait_for_selector("#waiting")


def test_signing_in_again_in_another_tab_loses_nothing(new_page):
    account("lin", "editor", PASSWORD)
    measure = Measure.objects.get(code="2020-07")
    address = f"/en/admin/measures/measure/{measure.pk}/change/"
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, "lin", address)
    page.fill("#id_title_en", "Typed for an hour")
    Session.objects.all().delete()
    page.locator('input[name="_save"]').last.click()
    page.wait_for_selector("text=You are no longer signed in")
    with page.context.expect_page() as opened:
        page.click("text=Sign in (in a new tab)")
    tab = opened.value
    tab.wait_for_load_state()
    tab.fill("#id_username", "lin")
    tab.fill("#id_password", PASSWORD)
    tab.click('input[type="submit"]')
    tab.wait_for_selector("#id_title_en")
    page.click("#send-again button")
    page.wait_for_selector("text=This form is older than your session")
    assert "Typed for an hour" in page.content()
    page.click("#send-again button")
    page.wait_for_selector(".messagelist .success")
    measure.refresh_from_db()
    assert measure.title_en == "Typed for an hour"


# However a save fails on its way: a server that restarts, a body that came too slowly, answers of proxies.
LOST = (None, 408, 413, 502, 504)


def failing(status: int | None):
    """The end of a request on its way: no answer, or that of a proxy. Playwright counts the parameters of what it calls."""

    def fail(route):
        if status:
            route.fulfill(status=status, body="<h1>Error of a proxy</h1>", content_type="text/html")
        else:
            route.abort("connectionrefused")

    return fail


def test_what_never_arrived_is_kept_in_the_tab(new_page):
    account("lin", "editor", PASSWORD)
    measure = Measure.objects.get(code="2020-07")
    address = f"/en/admin/measures/measure/{measure.pk}/change/"
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, "lin", address)
    for status in LOST:
        page.fill("#id_title_en", f"Sent into the void, {status}")
        page.route("**/change/", failing(status))
        page.locator('input[name="_save"]').last.click()
        page.wait_for_timeout(300)
        page.unroute("**/change/")
        page.goto(address)
        assert page.input_value("#id_title_en") == measure.title_en
        assert page.locator("#kept-text").is_visible()
    page.click("#kept-text [data-again]")
    page.wait_for_selector(".messagelist .success")
    measure.refresh_from_db()
    assert measure.title_en == f"Sent into the void, {LOST[-1]}"
    page.goto(address)
    assert page.locator("#kept-text").is_hidden()


def test_a_disabled_account_keeps_its_text(new_page):
    account("lin", "editor", PASSWORD)
    measure = Measure.objects.get(code="2020-07")
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, "lin", f"/en/admin/measures/measure/{measure.pk}/change/")
    page.fill("#id_summary_en", "Mine")
    User.objects.filter(username="lin").update(is_active=False)
    page.locator('input[name="_save"]').last.click()
    page.wait_for_selector("text=What you typed")
    assert page.locator(".typed textarea").first.input_value() == "Mine"
