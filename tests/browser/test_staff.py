"""The staff desk in a real browser: two people in conflict, the keyboard, axe, and the strict CSP on every page.

`new_page` fails a test whose pages break the CSP, throw an error or ask another origin for anything.
"""

import json
import time
import urllib.request

import pytest

from measures.models import Category, Measure, Version
from tests.desk import PASSWORD, account

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("restored")]


@pytest.fixture
def desk(new_page):
    """`desk(name, group)` is a page of that person's own browser, signed in through the form."""

    def sign_in(name="lin", group="publisher", **options):
        account(name, group, PASSWORD)
        page = new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        page.goto("/en/admin/")
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#user-tools")
        return page

    return sign_in


def change_address(record):
    return f"/en/admin/measures/{record._meta.model_name}/{record.pk}/change/"


def save(page):
    page.locator('input[name="_save"]').last.click()
    page.wait_for_load_state()


def test_two_people_in_conflict_on_a_measure_and_one_of_its_actions(desk, axe):
    measure = Measure.objects.get(code="2020-07")
    lin, chen = desk("lin"), desk("chen", bypass_csp=True)  # axe styles what it looks at
    for page in (lin, chen):
        page.goto(change_address(measure))
    lin.fill("#id_title_en", "Lin’s title")
    lin.fill("#id_actions-2-text_en", "Lin’s action")
    lin.fill("#change-note", "checked")
    save(lin)
    assert lin.locator(".messagelist .success").count() == 1
    chen.fill("#id_title_en", "Chen’s title")
    chen.fill("#id_actions-2-text_en", "Chen’s action")
    chen.fill("#id_note_en", "Chen’s note")
    save(chen)
    assert chen.locator("h1").inner_text() == "Saved by somebody else meanwhile"
    assert "saved by lin" in chen.locator(".saved-by-others").inner_text()
    legends = chen.locator(".difference legend").all_inner_texts()
    assert len(legends) == 3
    assert axe(chen) == []
    # The browser itself asks for the two choices that nobody made yet.
    chen.click('input[type="submit"].default')
    assert chen.locator("h1").inner_text() == "Saved by somebody else meanwhile"
    chen.check('input[name="choice-title_en"][value="own"]')
    chen.check('input[name="choice-actions-2-text_en"][value="saved"]')
    chen.click('input[type="submit"].default')
    chen.wait_for_url("**/measure/")
    document = Version.objects.of("measure", "2020-07").first().document
    assert document["title_en"] == "Chen’s title"
    assert document["note_en"] == "Chen’s note"
    assert document["actions"][2]["text_en"] == "Lin’s action"


def test_two_people_in_conflict_on_a_category(desk):
    category = Category.objects.first()
    lin, chen = desk("lin"), desk("chen")
    for page in (lin, chen):
        page.goto(change_address(category))
    lin.fill("#id_name_en", "Lin’s name")
    save(lin)
    chen.fill("#id_name_en", "Chen’s name")
    save(chen)
    sides = chen.locator(".side-text").all_inner_texts()
    assert sides == ["Lin’s name", "Chen’s name"]
    chen.check('input[name="choice-name_en"][value="own"]')
    chen.click('input[type="submit"].default')
    chen.wait_for_url("**/category/")
    category.refresh_from_db()
    assert category.name_en == "Chen’s name"


def test_a_draft_is_published_by_keyboard_alone_and_public_within_a_second(desk, live_site):
    Measure.objects.filter(code="2020-07").update(status="draft")
    measure = Measure.objects.get(code="2020-07")
    page = desk("zhou")
    page.goto("/en/admin/measures/measure/?q=2020-07")

    def tab_to(selector):
        for _step in range(200):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with the Tab key")

    tab_to("th.field-code a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")
    tab_to("#id_title_en")
    page.keyboard.press("Control+a")
    page.keyboard.type("Typed with the keyboard")
    tab_to('input[name="status"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # saves, as in any form
    page.wait_for_selector(".messagelist .success")
    saved_at = time.monotonic()
    measure.refresh_from_db()
    assert (measure.status, measure.title_en) == ("published", "Typed with the keyboard")
    while True:
        with urllib.request.urlopen(f"{live_site}/en/measures/") as answer:
            if b"Typed with the keyboard" in answer.read():
                break
        assert time.monotonic() - saved_at < 1
        time.sleep(0.05)


def test_adding_an_action_proposes_the_next_number(desk):
    measure = Measure.objects.get(code="2020-07")
    page = desk("lin")
    page.goto(change_address(measure))
    assert page.input_value("#id_actions-6-position") == "7"
    page.click("#actions-group .add-row a")
    assert page.input_value("#id_actions-7-position") == "8"


def test_autocomplete_finds_a_paragraph(desk):
    measure = Measure.objects.get(code="2020-07")
    page = desk("lin")
    page.goto(change_address(measure))
    page.click("#id_actions-6-paragraph + .select2")
    page.keyboard.type("15")
    page.wait_for_selector(".select2-results__option--highlighted:has-text('¶15 ')")
    page.keyboard.press("Enter")
    page.fill("#id_actions-6-text_zh", "新的措施")
    save(page)
    assert measure.actions.get(position=7).paragraph.number == 15


def desk_pages() -> list[str]:
    measure, version = Measure.objects.get(code="2020-07"), Version.objects.get(kind="measure", key="2020-07")
    records = [
        f"/en/admin/measures/{name}/"
        for name in ("measure", "category", "centre", "audience", "district", "plan")
    ]
    return [
        "/admin/",
        "/en/admin/",
        *records,
        *(f"{address}add/" for address in records[:5]),
        *(f"{address}1/change/" for address in records),
        f"/admin/measures/measure/{measure.pk}/change/",
        *(f"/en/admin/measures/measure/{measure.pk}/{view}/" for view in ("history", "delete", "preview")),
        "/en/admin/measures/measure/import/",
        "/en/admin/measures/version/",
        f"/en/admin/measures/version/{version.pk}/change/",
        f"/en/admin/measures/version/{version.pk}/restore/",
        f"/en/admin/measures/version/compare/?old={version.pk}&new={version.pk}",
        "/en/admin/auth/user/",
        "/en/admin/auth/user/add/",
        "/en/admin/auth/user/1/change/",
        "/en/admin/auth/user/1/password/",
        "/en/admin/auth/group/",
        "/en/admin/axes/accesslog/",
        "/en/admin/axes/accessattempt/",
        "/en/admin/axes/accessfailurelog/",
        "/en/admin/password_change/",
    ]


def test_every_page_of_the_desk_keeps_to_the_strict_csp(desk):
    page = desk("he", "administrator")
    for address in desk_pages():
        response = page.goto(address)
        assert response.status == 200, address
        assert "unsafe" not in response.headers["content-security-policy"]


def test_axe_finds_nothing_at_the_desk(desk, axe):
    page = desk("he", "administrator", bypass_csp=True)  # axe styles what it looks at
    measure = Measure.objects.get(code="2020-07")
    found = {}
    for address in (
        "/en/admin/",
        "/en/admin/measures/measure/",
        f"/en/admin/measures/measure/{measure.pk}/change/",
        f"/en/admin/measures/measure/{measure.pk}/history/",
        "/en/admin/measures/category/1/change/",
        "/en/admin/measures/measure/import/",
        "/en/admin/measures/version/",
        f"/en/admin/measures/version/{Version.objects.get(kind='measure', key='2020-07').pk}/change/",
    ):
        page.goto(address)
        if violations := axe(page):
            found[address] = violations
    assert found == {}, json.dumps(found, indent=1)


def test_the_way_in_passes_axe(page, axe):
    page.goto("/admin/login/")
    assert axe(page) == []
