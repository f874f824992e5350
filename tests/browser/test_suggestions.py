"""The search field's suggestions as readers meet them: keyboard, input method, pointer, small phone, no scripts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
FIELD = {"home": "/en/", "list": "/en/measures/"}


def field(page):
    return page.get_by_role("combobox", name="Search the measures")


def options(page):
    return page.locator("[role=option]:visible")


def count_requests(page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: "suggestions.json" in request.url and asked.append(request.url))
    return asked


@pytest.mark.parametrize("address", FIELD.values(), ids=FIELD)
def test_by_keyboard(page, axe, address):
    asked = count_requests(page)
    page.clock.install()  # so that a busy machine makes no pause between two letters
    page.goto(address)
    field(page).focus()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    for letter in "fina":
        page.clock.run_for(20)
        page.keyboard.type(letter)
    assert asked == []
    page.clock.resume()
    expect(options(page).first).to_be_visible()
    assert len(asked) == 1, "one request for a pause"
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    expect(field(page)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    assert axe(page) == []
    count = options(page).count()
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    assert field(page).get_attribute("aria-activedescendant") == options(page).first.get_attribute("id")
    page.keyboard.press("ArrowUp")
    expect(options(page).nth(count - 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(field(page)).to_have_value("fina")
    page.keyboard.press("Alt+ArrowDown")
    expect(options(page)).to_have_count(count)
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    address = options(page).first.get_attribute("data-address")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    assert len(asked) == 1


@pytest.mark.parametrize("address", FIELD.values(), ids=FIELD)
def test_enter_without_a_choice_searches(page, address):
    page.goto(address)
    field(page).focus()
    page.keyboard.type("finance")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url("/en/measures/?q=finance")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_what_an_input_method_composes_is_not_asked_for(page):
    asked = count_requests(page)
    page.goto("/measures/")
    page.locator("#q").focus()
    keys = page.context.new_cdp_session(page)
    for composed in ("j", "jiao", "jiao yu"):
        keys.send(
            "Input.imeSetComposition", {"text": composed, "selectionStart": 0, "selectionEnd": len(composed)}
        )
        page.wait_for_timeout(300)
    assert asked == []
    keys.send("Input.insertText", {"text": "教育"})
    expect(options(page).first).to_contain_text("教育")
    assert len(asked) == 1
    keys.send("Input.imeSetComposition", {"text": "g", "selectionStart": 1, "selectionEnd": 1})
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_by_pointer_and_what_is_said(page):
    page.goto("/en/measures/")
    field(page).fill("xiangm")
    expect(options(page)).to_have_count(2)
    expect(page.locator("[data-said]")).to_have_text("2 suggestions")
    expect(options(page).last).to_have_text("Xiangmihu Sub-district District or place · 1")
    options(page).last.click()
    expect(page).to_have_url("/en/measures/?district=xiangmihu")
    expect(page.locator(".rows > .row")).to_have_count(1)


def test_leaving_the_field_closes_the_list_and_nothing_is_asked_for_twice(page):
    asked = count_requests(page)
    page.goto("/en/measures/")
    field(page).fill("fina")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)
    for typed in ("financ", "fina", "fina "):
        field(page).fill(typed)
        expect(options(page).first).to_be_visible()
        page.wait_for_timeout(250)
    field(page).fill("")
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert len(asked) == 2


def test_the_form_works_where_suggestions_fail(page):
    page.route("**/suggestions.json*", lambda route: route.abort())
    page.goto("/en/")
    field(page).fill("finance")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/en/measures/?q=finance")


@pytest.mark.parametrize("address", FIELD.values(), ids=FIELD)
def test_on_a_small_phone(new_page, axe, address):
    page = new_page(**PHONE)
    page.goto(address)
    field(page).fill("fut")
    expect(options(page).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = [option.bounding_box() for option in options(page).all()]
    assert all(box["height"] >= 43.5 and box["x"] >= 0 and box["x"] + box["width"] <= 320 for box in boxes)
    assert axe(page) == []
    options(page).last.tap()
    expect(page).to_have_url(re.compile("glossary/#"))


@pytest.mark.parametrize("address", FIELD.values(), ids=FIELD)
def test_without_scripts_it_is_a_plain_field(new_page, address):
    page = new_page(java_script_enabled=False)
    page.goto(address)
    page.get_by_role("searchbox", name="Search the measures").fill("finance")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/en/measures/?q=finance")
