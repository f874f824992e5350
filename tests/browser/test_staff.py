"""The staff desk in a real browser: two people in conflict, the keyboard, axe, and the strict CSP on every page.

`new_page` fails a test whose pages break the CSP, throw an error or ask another origin for anything.
"""

import json
import time
import urllib.request

import pytest
from django.contrib.auth.models import User

from measures.models import Category, Measure, Version
from tests.admin.desk import PASSWORD, account, code_of, second_factor, signed_in_page, type_at

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("restored")]


@pytest.fixture
def desk(new_page, live_site):
    """`desk(name, group)` is a page of that person's own browser, signed in already."""

    def page_of(name="lin", group="publisher", **options):
        page = new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        return signed_in_page(page, live_site, name, group)

    return page_of


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


def test_a_draft_is_published_by_keyboard_alone_and_public_within_a_second(page, live_site):
    app = second_factor(account("zhou", "publisher", PASSWORD))
    Measure.objects.filter(code="2020-07").update(status="draft")
    measure = Measure.objects.get(code="2020-07")
    page.goto("/en/admin/measures/measure/?q=2020-07")
    type_at(page, "#id_username", "zhou")
    page.keyboard.press("Tab")
    type_at(page, "#id_password", PASSWORD)
    page.keyboard.press("Enter")
    type_at(page, "#id_code", code_of(app))
    page.keyboard.press("Enter")
    page.wait_for_url("**/measure/?q=2020-07")

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
    type_at(page, ".select2-search__field", "15")
    page.wait_for_selector(".select2-results__option--highlighted:has-text('¶15 ')")
    page.keyboard.press("Enter")
    page.fill("#id_actions-6-text_zh", "新的措施")
    save(page)
    assert measure.actions.get(position=7).paragraph.number == 15


def preview_of_an_import(page) -> None:
    """Changes cells of the public CSV file and uploads it at the desk."""
    text = page.request.get("/measures.csv").text()
    title = Measure.objects.get(code="2020-07").title_en
    assert title in text
    page.goto("/en/admin/measures/measure/import/")
    file = {"name": "measures.csv", "mimeType": "text/csv"}
    page.set_input_files(
        "#id_file", {**file, "buffer": text.replace(title, "A title from the spreadsheet").encode()}
    )
    page.click(".upload input[type='submit']")
    assert page.locator("table.preview tbody tr").count() == 1
    assert page.locator("table.preview ins").count() > 0


def desk_pages() -> list[str]:
    """One of each kind of page."""
    measure, version = Measure.objects.get(code="2020-07"), Version.objects.get(kind="measure", key="2020-07")
    desk, of_measure = "/en/admin/measures", f"/en/admin/measures/measure/{measure.pk}"
    return [
        "/admin/",
        f"{desk}/measure/",
        f"{desk}/measure/add/",
        f"/admin/measures/measure/{measure.pk}/change/",
        *(f"{of_measure}/{view}/" for view in ("history", "delete", "preview")),
        f"{desk}/measure/import/",
        f"{desk}/district/",
        f"{desk}/category/add/",
        *(f"{desk}/{name}/1/change/" for name in ("category", "centre", "audience", "district", "plan")),
        f"{desk}/version/",
        f"{desk}/version/{version.pk}/change/",
        f"{desk}/version/{version.pk}/restore/",
        f"{desk}/version/compare/?old={version.pk}&new={version.pk}",
        "/en/admin/auth/user/",
        "/en/admin/auth/user/add/",
        f"/en/admin/auth/user/{User.objects.get(username='he').pk}/change/",
        "/en/admin/axes/accesslog/",
        "/en/admin/password_change/",
    ]


def test_every_kind_of_page_of_the_desk_keeps_to_the_strict_csp(desk):
    page = desk("he", "administrator")
    for address in desk_pages():
        response = page.goto(address)
        assert response.status == 200, address
        assert "unsafe" not in response.headers["content-security-policy"]
    preview_of_an_import(page)  # what breaks the policy is caught as everywhere: see new_page


def test_axe_finds_nothing_at_the_desk(desk, axe):
    page = desk("he", "administrator", bypass_csp=True)  # axe styles what it looks at
    measure = Measure.objects.get(code="2020-07")
    version = Version.objects.get(kind="measure", key="2020-07")
    Measure.objects.filter(pk=measure.pk).update(note_en="Changed")  # two versions to compare
    found = {}
    for address in (
        "/en/admin/",
        "/en/admin/measures/measure/",
        f"/en/admin/measures/measure/{measure.pk}/change/",
        f"/en/admin/measures/measure/{measure.pk}/history/",
        "/en/admin/measures/measure/import/",
        "/en/admin/measures/version/?kind__exact=category",
        f"/en/admin/measures/version/{version.pk}/change/",
    ):
        page.goto(address)
        if violations := axe(page):
            found[address] = violations
    preview_of_an_import(page)
    if violations := axe(page):
        found["the preview of an import"] = violations
    assert found == {}, json.dumps(found, indent=1)


def test_the_way_in_passes_axe(page, axe):
    page.goto("/admin/login/")
    assert axe(page) == []
