"""What the address says is the only state of a list: on a slow line, back and forth, while one types, in browsers that lack something."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import OPTIONS, chromium

pytestmark = pytest.mark.browser

WELL_BEING = 'input[name="category"][value="well-being"]'
FINANCE = 'input[name="centre"][value="finance"]'
FAMILIES = 'input[name="audience"][value="families"]'
LIST = "/en/measures/"


def rows(page):
    return page.locator(".rows > .row")


def open_panel(page) -> None:
    page.evaluate(
        "document.querySelectorAll('.filter-panel, .filter-panel details').forEach((each) => { each.open = true })"
    )


class SlowLine:
    """Holds what a page asks of the list until `arrive()`."""

    def __init__(self, page, addresses: str):
        self.page, self.addresses, self.held = page, re.compile(addresses), []
        page.route(self.addresses, lambda route: self.held.append(route))

    def wait(self, count: int) -> None:
        for _attempt in range(100):
            if len(self.held) >= count:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{len(self.held)} requests instead of {count}")

    def arrive(self) -> None:
        for route in self.held:
            route.continue_()
        self.held.clear()
        self.page.unroute(self.addresses)
        self.page.wait_for_timeout(300)  # whatever comes of it has come by then


def in_step(page) -> bool:
    """Whether boxes and search say what the address says, and nothing else."""
    query = parse_qs(urlsplit(page.url).query)
    boxes = page.locator("#filters input:checked").all()
    chosen = sorted((box.get_attribute("name"), box.get_attribute("value")) for box in boxes)
    asked = sorted((name, value) for name in {*query} - {"q", "sort"} for value in query[name])
    return chosen == asked and page.locator("#q").input_value() == query.get("q", [""])[0]


@pytest.fixture
def narrowed(page):
    """A list that has been narrowed in place."""
    page.goto(LIST)
    open_panel(page)
    page.locator(WELL_BEING).check()
    expect(rows(page)).to_have_count(6)
    page.evaluate("window.same = true")
    return page


def test_back_then_forward_on_a_slow_line(narrowed):
    page = narrowed
    line = SlowLine(page, r"/en/measures/$")
    page.evaluate("history.back()")
    line.wait(1)
    page.evaluate("history.forward()")
    page.wait_for_url("**/measures/?category=well-being")
    line.arrive()
    expect(rows(page)).to_have_count(6)
    expect(page.locator("h1")).to_contain_text("6 measures")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert in_step(page)
    assert page.evaluate("window.same")


def test_a_choice_that_was_overtaken_by_back_and_forward_is_taken_back(narrowed):
    page = narrowed
    line = SlowLine(page, r"/en/measures/($|.*finance)")
    page.locator(FINANCE).check()
    line.wait(1)
    page.evaluate("history.back()")
    line.wait(2)
    page.evaluate("history.forward()")
    page.wait_for_url("**/measures/?category=well-being")
    line.arrive()
    expect(rows(page)).to_have_count(6)
    assert in_step(page)


def test_a_link_within_the_page_does_not_stop_an_answer(narrowed):
    page = narrowed
    line = SlowLine(page, "finance")
    page.locator(FINANCE).check()
    line.wait(1)
    page.evaluate("location.hash = 'content'")
    line.arrive()
    page.wait_for_url("**/measures/?category=well-being&centre=finance")
    assert in_step(page)


def test_going_back_to_a_page_that_was_left_with_an_unanswered_choice(page):
    """The browser restores the boxes as they were left, not as the address says."""
    page.goto(LIST)
    open_panel(page)
    line = SlowLine(page, "well-being")
    page.locator(WELL_BEING).check()
    line.wait(1)
    rows(page).locator("h3 a").first.click()
    page.wait_for_url("**/measures/2020-*/")
    page.go_back()
    expect(rows(page)).to_have_count(28)
    assert in_step(page)


def test_text_typed_while_an_answer_arrives_stays(page):
    page.goto(LIST)
    open_panel(page)
    line = SlowLine(page, "well-being")
    page.locator(WELL_BEING).check()
    line.wait(1)
    page.locator("#q").press_sequentially("school")
    line.arrive()
    expect(rows(page)).to_have_count(6)
    expect(page.locator("#q")).to_have_value("school")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/?q=school&category=well-being")


def test_text_composed_while_an_answer_arrives_stays(page):
    page.goto(LIST)
    open_panel(page)
    line = SlowLine(page, "well-being")
    page.locator(WELL_BEING).check()
    line.wait(1)
    page.locator("#q").focus()
    method = page.context.new_cdp_session(page)
    method.send("Input.imeSetComposition", {"text": "xue xiao", "selectionStart": 8, "selectionEnd": 8})
    line.arrive()
    expect(rows(page)).to_have_count(6)
    expect(page.locator("#q")).to_have_value("xue xiao")
    method.send("Input.insertText", {"text": "学校"})
    expect(page.locator("#q")).to_have_value("学校")


def test_a_composition_survives_the_answer_to_what_was_asked_before_it_ends(page):
    """Back while one composes: the answer comes into the middle of it."""
    page.goto(LIST)
    open_panel(page)
    page.locator(WELL_BEING).check()
    expect(rows(page)).to_have_count(6)
    page.locator("#q").focus()
    method = page.context.new_cdp_session(page)
    method.send("Input.imeSetComposition", {"text": "xue xiao", "selectionStart": 8, "selectionEnd": 8})
    page.evaluate("history.back()")
    expect(rows(page)).to_have_count(28)
    expect(page.locator("#q")).to_have_value("xue xiao")


def test_the_search_box_says_what_the_address_says(page):
    page.goto(LIST)
    page.locator("#q").fill("school")
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/?q=school")
    page.locator(".chip").click()
    page.wait_for_url("**/measures/")
    assert in_step(page)
    page.go_back()
    page.wait_for_url("**/measures/?q=school")
    expect(page.locator("#q")).to_have_value("school")


def test_the_first_tap_after_the_results_are_shown_is_not_lost(new_page):
    """Nothing moves under the finger when the focus leaves what a phone's “Show 6 measures” has led to."""
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(LIST)
    page.locator(".filter-panel > summary").tap()
    page.locator("[data-facet=category]").evaluate("(facet) => { facet.open = true }")
    page.locator("label", has=page.locator(WELL_BEING)).tap()
    expect(rows(page)).to_have_count(6)
    page.locator(".filter-actions button").tap()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    with page.expect_download():
        page.locator(".downloads a").first.tap()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_order_survives_an_empty_list(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto(f"{LIST}?sort=title")
    page.locator("#q").fill("nothing says this")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(0)
    page.locator("#q").fill("")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(28)
    assert page.url.endswith("/en/measures/?sort=title")


@pytest.fixture
def keeping_page(browser, live_site) -> Iterator:
    """A tab of a browser that keeps the pages one leaves for going back, as those of readers do."""
    keeping = browser.browser_type.launch(
        executable_path=chromium(), args=OPTIONS, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = keeping.new_context(base_url=live_site, viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(10_000)
    page.add_init_script("addEventListener('pageshow', (event) => { window.kept = event.persisted })")
    yield page
    keeping.close()


def test_the_way_back_to_the_list_is_the_one_that_was_come_by(keeping_page):
    page = keeping_page
    page.goto(f"{LIST}?role=pilot")
    page.locator(".masthead .main a").first.click()  # the whole list
    expect(rows(page)).to_have_count(28)
    page.go_back(wait_until="commit")
    assert page.evaluate("window.kept")
    expect(rows(page)).to_have_count(3)
    rows(page).locator("h3 a").first.click()
    page.locator("a[data-back-to-list]").first.click()
    page.wait_for_url("**/measures/?role=pilot")


def test_a_kept_page_says_what_its_address_says(keeping_page):
    page = keeping_page
    page.goto(LIST)
    open_panel(page)
    line = SlowLine(page, "well-being")
    page.locator(WELL_BEING).check()
    line.wait(1)
    rows(page).locator("h3 a").first.click()
    page.wait_for_url("**/measures/2020-*/")
    page.go_back(wait_until="commit")
    assert page.evaluate("window.kept")
    expect(rows(page)).to_have_count(28)
    line.arrive()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert page.url.endswith(LIST)
    assert in_step(page)


# Takes a name away from every interface and from the window; the answer is whether anything had it.
remove = """(name) => {
    const owners = [window, ...Object.getOwnPropertyNames(window)
        .map((global) => Object.getOwnPropertyDescriptor(window, global).value)
        .filter((value) => typeof value === "function" && value.prototype)
        .map(({prototype}) => prototype)];
    return owners.filter((owner) => Object.hasOwn(owner, name) && delete owner[name]).length > 0;
}"""


def narrow(page) -> None:
    """Choose an audience; where nothing comes of it, as the page is made to be used without its script."""
    page.goto(LIST)
    page.locator(".filter-panel > summary").click()
    option = page.locator(".option", has=page.locator(FAMILIES))
    count = int(option.locator(".option-count").inner_text())
    page.locator(FAMILIES).check()
    try:
        page.wait_for_url("**/measures/?audience=families", timeout=3000)
    except Error:
        page.locator(".filter-actions button").click()
    expect(rows(page)).to_have_count(count)
    page.wait_for_url("**/measures/?audience=families")
    expect(page).to_have_title(re.compile(f"^{count} measures?"))
    assert in_step(page)


def without(browser, origin: str, names: list[str]) -> tuple[dict[str, str], list[str]]:
    """In browsers that lack one name each: where narrowing ended in neither the same result nor a plain load of its
    address, and which of the names a browser has.
    """
    context = browser.new_context(base_url=origin, viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    faults, tried = {}, []
    for name in names:
        page = context.new_page()
        if page.evaluate(remove, name):
            tried.append(name)
            page.add_init_script(f"({remove})('{name}')")
            try:
                narrow(page)
            except (AssertionError, Error) as fault:
                faults[name] = str(fault)[:200]
        page.close()
    context.close()
    return faults, tried


def test_without_what_is_newest(browser, live_site):
    """`make audit` takes away each name that the script uses."""
    names = ["size", "AbortController", "replaceChildren", "URLSearchParams", "toggleAttribute"]
    assert without(browser, live_site, names) == ({}, names)
