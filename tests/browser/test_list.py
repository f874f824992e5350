"""The list narrowing in place in a real browser, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def shown(page) -> int:
    return page.locator("ol.rows > li").count()


def test_choice_updates_everything_in_place(page):
    page.goto("/en/measures/")
    page.evaluate("window.same = true")
    page.get_by_text("Citations: GB/T 7714, APA, BibTeX").click()
    box = page.get_by_role("checkbox", name=re.compile("^International Financial Centre"))
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator("h1")).to_have_text("3 measures linked to the International Financial Centre")
    assert page.evaluate("window.same")
    assert page.url.endswith("/en/measures/?centre=finance")
    assert shown(page) == 3
    assert page.title().startswith("3 measures linked to the International Financial Centre")
    expect(page.locator("[data-announce]")).to_have_text("3 measures")
    expect(box).to_be_focused()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".cite details")).to_contain_text("(3 measures, data version")
    expect(page.locator("#cite-bibtex")).to_be_visible()  # it stays open
    assert page.locator(".matrix .dot:not(.outside)").count() == 6
    assert page.locator("a[hreflang=zh-Hans]").first.get_attribute("href") == "/measures/?centre=finance"
    counts = page.locator("[data-facet=category] .option-count").all_inner_texts()
    assert counts == ["0", "1", "1", "0", "0", "1"]
    page.locator(".chip").click()
    expect(page.locator("h1")).to_have_text("All 28 measures")
    expect(page.locator("h1")).to_be_focused()
    expect(box).not_to_be_checked()


def test_back_and_forward_restore_the_selection(page):
    page.goto("/en/measures/")
    for name in ("International Financial Centre", "Innovation Centre"):
        page.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
        expect(page.locator(".chips")).to_contain_text(name)
    assert page.url.endswith("?centre=finance&centre=technology")
    both = shown(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text("3 measures linked to the International Financial Centre")
    expect(page.get_by_role("checkbox", name=re.compile("^Innovation Centre"))).not_to_be_checked()
    page.go_back()
    expect(page.locator("h1")).to_have_text("All 28 measures")
    page.go_forward()
    page.go_forward()
    expect(page.locator("ol.rows > li")).to_have_count(both)


def test_search_and_order_update_in_place(page):
    page.goto("/en/measures/")
    page.evaluate("window.same = true")
    page.get_by_role("searchbox").fill("jinrongkeji")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("1 measure found for “jinrongkeji”")
    expect(page.locator(".hit-pinyin")).to_contain_text("jīn róng kē jì")
    page.goto("/en/measures/")
    page.get_by_label("Order").select_option("title")
    page.wait_for_url("**/en/measures/?sort=title")
    expect(page.locator("ol.rows .folio").first).to_have_text("18")


def test_overtaken_request_never_shows(page):
    page.goto("/en/measures/")
    held = []
    page.route(re.compile(r"/measures/\?centre=finance$"), lambda route: held.append(route))
    page.get_by_role("checkbox", name=re.compile("^International Financial Centre")).check()
    page.get_by_role("checkbox", name=re.compile("^Innovation Centre")).check()
    expect(page.locator(".chip")).to_have_count(2)
    assert len(held) == 1
    for route in held:
        route.abort()
    assert page.url.endswith("?centre=finance&centre=technology")


@pytest.mark.parametrize("status", [500, 200])
def test_failure_ends_in_an_ordinary_load(page, status):
    page.goto("/en/measures/")
    page.evaluate("window.same = true")
    answers = []

    def fail_first(route):
        answers.append(route)
        if len(answers) == 1:
            route.fulfill(status=status, content_type="text/html", body="<p>Something else</p>")
        else:
            route.continue_()

    page.route(re.compile(r"/measures/\?centre=finance$"), fail_first)
    page.get_by_role("checkbox", name=re.compile("^International Financial Centre")).check()
    expect(page.locator("h1")).to_have_text("3 measures linked to the International Financial Centre")
    assert len(answers) == 2
    assert page.evaluate("window.same") is None


def test_back_to_the_list_returns_to_the_filtered_list(page):
    page.goto("/en/measures/?role=pilot")
    page.locator("ol.rows h3 a").first.click()
    page.locator("a[data-back-to-list]").first.click()
    expect(page.locator("h1")).to_have_text("3 measures with a named pilot site")
    page.goto("/measures/2020-15/")
    assert page.locator("a[data-back-to-list]").first.get_attribute("href") == "/measures/"


def test_phone_without_scripts_filters_through_the_disclosure(new_page):
    page = new_page(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page.goto("/en/measures/")
    summary = page.locator(".filter-panel > summary")
    expect(summary).to_contain_text("28 measures")
    summary.click()
    page.get_by_role("checkbox", name=re.compile("^No centre")).check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("h1")).to_have_text("12 measures linked to no centre")
    assert page.url.endswith("/en/measures/?centre=none")
    assert shown(page) == 12
    page.locator(".selection .clear").click()
    assert shown(page) == 28


def test_closest_titles_have_the_width_they_need(page):
    page.goto("/en/measures/?q=金融科枝")
    title = page.locator(".closest .titles a")
    expect(title).to_have_text("05 Building a demonstration zone for fintech clustering")
    one_line = page.locator(".closest .suggestion").bounding_box()["height"]
    assert title.locator("span").last.bounding_box()["height"] < 2 * one_line
