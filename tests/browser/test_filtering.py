"""Narrowing the list as readers do: by keyboard, on a small phone, without scripts, back and forth."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WELL_BEING = 'input[name="category"][value="well-being"]'


def open_categories(page):
    page.locator("[data-facet=category] > summary").click()


def rows(page):
    return page.locator(".rows > .row")


def test_by_keyboard_alone(page):
    page.goto("/en/measures/")
    expect(rows(page)).to_have_count(28)
    option = page.locator(WELL_BEING)
    for _ in range(40):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.parentElement.dataset.facet") == "category"
        ):  # closed till now
            page.keyboard.press("Enter")
        if option.evaluate("(element) => element === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(rows(page)).to_have_count(6)
    expect(page).to_have_url("/en/measures/?category=well-being")
    expect(option).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("6 measures")


def test_a_facet_that_shows_other_options_now_keeps_the_focus(page):
    """As it is where there are more options than are shown."""

    def with_one_less(route):
        answer = route.fetch()
        option = r'<li class="option[^>]*><label><input type="checkbox" name="category" value="motivating-officials">.*?</li>'
        route.fulfill(response=answer, body=re.sub(option, "", answer.text()))

    page.goto("/en/measures/")
    page.evaluate("window.same = true")
    page.route("**/measures/?category=well-being", with_one_less)
    open_categories(page)
    page.locator(WELL_BEING).check()
    expect(rows(page)).to_have_count(6)
    expect(page.locator('input[name="category"]')).to_have_count(5)
    expect(page.locator(WELL_BEING)).to_be_focused()
    expect(page.locator(WELL_BEING)).to_be_checked()
    assert page.evaluate("window.same")


def test_downloads_and_citation_follow_the_selection(page):
    page.goto("/en/measures/")
    links = page.locator(".downloads li:first-child a")
    addresses = "links => links.map((link) => link.getAttribute('href'))"
    forms = ("/measures.xlsx", "/measures.csv", "/measures.json", "/en/measures.atom")
    assert links.evaluate_all(addresses) == [*forms]
    page.evaluate("window.same = true")
    open_categories(page)
    page.locator(WELL_BEING).check()
    expect(rows(page)).to_have_count(6)
    assert page.evaluate("window.same")
    assert links.evaluate_all(addresses) == [f"{form}?category=well-being" for form in forms]
    expect(page.locator(".downloads li").first).to_contain_text("These 6 measures")
    expect(page.locator(".cite blockquote")).to_contain_text("6")
    # The same in every language, and of this moment.
    cited = page.locator(".cite dd a").first.get_attribute("href")
    assert cited == f"{page.url.replace('/en/', '/')}&as_of=1"


def test_back_and_forward(page):
    page.goto("/en/measures/")
    open_categories(page)
    page.locator(WELL_BEING).check()
    expect(rows(page)).to_have_count(6)
    page.go_back()
    expect(rows(page)).to_have_count(28)
    expect(page.locator(WELL_BEING)).not_to_be_checked()
    page.go_forward()
    expect(rows(page)).to_have_count(6)
    expect(page.locator(WELL_BEING)).to_be_checked()


def test_the_count_is_announced_once(page):
    page.goto("/en/measures/")
    page.evaluate("""() => {
        window.said = [];
        for (const region of document.querySelectorAll('[role="status"], [aria-live]')) {
            new MutationObserver(() => region.textContent.trim() && window.said.push(region.textContent.trim()))
                .observe(region, {childList: true, characterData: true, subtree: true});
        }
    }""")
    open_categories(page)
    page.locator(WELL_BEING).check()
    expect(rows(page)).to_have_count(6)
    page.wait_for_function("window.said.length > 0")
    page.wait_for_timeout(300)
    said = page.evaluate("window.said")
    assert len(said) == 1
    assert "6 measures" in said[0]


def test_on_a_small_phone(new_page):
    page = new_page(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page.goto("/en/measures/")
    page.locator(".filter-panel > summary").tap()
    open_categories(page)
    page.locator(".option", has=page.locator(WELL_BEING)).locator("label").tap()
    expect(rows(page)).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_scripts(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/en/measures/")
    if not page.locator("[data-facet=category]").is_visible():
        page.locator(".filter-panel > summary").click()
    open_categories(page)
    page.locator(WELL_BEING).check()
    page.locator(".filter-actions button").click()
    expect(page).to_have_url("/en/measures/?category=well-being")
    expect(rows(page)).to_have_count(6)
    page.get_by_role("navigation", name="Language").get_by_role("link", name="简体中文").click()
    expect(page).to_have_url("/measures/?category=well-being")
    expect(rows(page)).to_have_count(6)
