"""Two people at the desk, one with Firefox and one with WebKit: in conflict over a record, and signing in again meanwhile."""

import pytest
from django.contrib.sessions.models import Session

from measures.models import Measure, Version
from tests.admin.desk import PASSWORD, account, change_address
from tests.browser.conftest import required

from .other_browsers import BROWSERS, missing_for
from .test_other_browsers import Tab

pytestmark = pytest.mark.usefixtures("restored")
SAVED = "document.querySelector('.messagelist .success') !== null"


@pytest.fixture(scope="module", params=["firefox and webkit", "webkit and firefox"])
def drivers(request, tmp_path_factory):
    names = request.param.split(" and ")
    if missing := [missing for name in names if (missing := missing_for(name))]:
        report = pytest.fail if required() else pytest.skip
        report(f"Both browsers are needed ({'; '.join(missing)})")
    first, second = (BROWSERS[name](tmp_path_factory.mktemp(name)) for name in names)
    with first as one, second as other:
        yield one, other


@pytest.fixture
def people(drivers, live_site) -> list[Tab]:
    """Lin and Chen, each signed in with a browser."""
    tabs = [Tab(driver, live_site) for driver in drivers]
    for tab, name in zip(tabs, ("lin", "chen"), strict=True):
        account(name, "editor", PASSWORD)
        tab.open("/en/admin/login/?next=/en/admin/")
        sign_in(tab, name)
        tab.wait_for("document.getElementById('waiting') !== null")
    return tabs


def sign_in(tab: Tab, name: str) -> None:
    fill(tab, "#id_username", name)
    fill(tab, "#id_password", PASSWORD)
    tab.click('input[type="submit"]')


def fill(tab: Tab, selector: str, text: str) -> None:
    tab.run(f"document.querySelector('{selector}').select()")
    tab.find(selector).send_keys(text)


def save(tab: Tab) -> None:
    tab.click('input[name="_save"]')


def heading(tab: Tab, text: str) -> None:
    tab.wait_for(f"[...document.querySelectorAll('h1')].some((one) => one.textContent.trim() === '{text}')")


def test_a_conflict_between_two_browsers(people):
    lin, chen = people
    measure = Measure.objects.get(code="2020-07")
    for tab in people:
        tab.open(change_address(measure))
    fill(lin, "#id_title_en", "Title of Lin")
    fill(lin, "#id_actions-2-text_en", "Action of Lin")
    save(lin)
    lin.wait_for(SAVED)
    fill(chen, "#id_title_en", "Title of Chen")
    fill(chen, "#id_actions-2-text_en", "Action of Chen")
    fill(chen, "#id_note_en", "Note of Chen")
    save(chen)
    heading(chen, "Saved by somebody else meanwhile")
    assert chen.run("return document.querySelectorAll('.difference').length") == 3
    chen.click('input[type="submit"].default')  # the browser asks for the choices that nobody made yet
    heading(chen, "Saved by somebody else meanwhile")
    chen.click('input[name="choice-title_en"][value="own"]')
    chen.click('input[name="choice-actions-2-text_en"][value="saved"]')
    chen.click('input[type="submit"].default')
    chen.wait_for(SAVED)
    document = Version.objects.of("measure", "2020-07").first().document
    assert (document["title_en"], document["note_en"]) == ("Title of Chen", "Note of Chen")
    assert document["actions"][2]["text_en"] == "Action of Lin"


def test_signing_in_again_in_another_tab_while_a_colleague_saves(people):
    lin, chen = people
    measure = Measure.objects.get(code="2020-07")
    lin.open(change_address(measure))
    fill(lin, "#id_title_en", "Typed for an hour")
    Session.objects.all().delete()
    save(lin)
    heading(lin, "You are no longer signed in")
    here = lin.driver.current_window_handle
    lin.driver.switch_to.new_window("tab")
    lin.open("/en/admin/login/?next=/en/admin/")
    sign_in(lin, "lin")
    lin.wait_for("document.getElementById('waiting') !== null")
    lin.driver.close()
    lin.driver.switch_to.window(here)
    # Meanwhile the colleague signs in again too, and saves another field.
    chen.open(f"/en/admin/login/?next={change_address(measure)}")
    sign_in(chen, "chen")
    chen.wait_for("document.getElementById('id_note_en') !== null")
    fill(chen, "#id_note_en", "Note of Chen")
    save(chen)
    chen.wait_for(SAVED)
    # What Lin typed was opened before both: it comes through the new session and through the conflict.
    lin.click("#send-again button")
    heading(lin, "This form is older than your session")
    lin.click("#send-again button")
    heading(lin, "Saved by somebody else meanwhile")
    lin.click('input[type="submit"].default')
    lin.wait_for(SAVED)
    measure.refresh_from_db()
    assert (measure.title_en, measure.note_en) == ("Typed for an hour", "Note of Chen")
