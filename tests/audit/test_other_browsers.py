"""Narrowing in place as tests/browser/ tries it in Chromium, in WebKit and in Firefox."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import required

from .other_browsers import BROWSERS, missing_for

LIST = "/en/measures/"
WELL_BEING = 'input[name="category"][value="well-being"]'

state = """
    const query = new URLSearchParams(location.search);
    const boxes = [...document.querySelectorAll("#filters input[type=checkbox]")];
    return {
        address: location.pathname + location.search,
        rows: document.querySelectorAll(".rows > .row").length,
        title: parseInt(document.title) || null,
        heading: parseInt(document.querySelector("h1").textContent.replace(/^\\D+/, "")),
        same: window.same === true,
        waiting: document.querySelectorAll("[aria-busy]").length,
        wrong: boxes.filter((box) => box.checked !== query.getAll(box.name).includes(box.value)).map((box) => box.value),
    };
"""
hold = """
    const fetchNow = window.fetch;
    window.held = [];
    window.fetch = (...asked) => new Promise((resolve, reject) => {
        window.held.push(() => fetchNow(...asked).then(resolve, reject));
    });
    window.arrive = () => { window.fetch = fetchNow; window.held.forEach((release) => release()); };
"""


OPEN_ALL = "document.querySelectorAll('.filter-panel, .filter-panel details').forEach((panel) => { panel.open = true });"


class Tab:
    """A tab whose page says when it is as expected."""

    def __init__(self, driver, origin: str):
        self.driver, self.origin = driver, origin

    def open(self, address: str = LIST) -> "Tab":
        self.driver.get(self.origin + address)
        self.run(
            "document.querySelectorAll('.filter-panel, .filter-panel details').forEach((each) => { each.open = true });"
            "window.same = true"
        )
        return self

    def run(self, script: str):
        return self.driver.execute_script(script)

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        element = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def wait_for(self, script: str) -> None:
        WebDriverWait(self.driver, 15).until(lambda _driver: self.run(f"return {script}"), script)

    def shows(self, address: str, count: int, same: bool = True) -> None:
        """The list of that address, in place: rows, title, heading and boxes."""
        expected = {"address": address, "rows": count, "title": count, "heading": count, "same": same}
        expected |= {"waiting": 0, "wrong": []}
        if count == 28:  # “All 28 measures”
            expected["title"] = None
        try:
            WebDriverWait(self.driver, 15).until(lambda _driver: self.run(state) == expected)
        except Exception:
            assert self.run(state) == expected
            raise


@pytest.fixture(scope="module", params=BROWSERS)
def other_browser(request, tmp_path_factory):
    if missing := missing_for(request.param):
        report = pytest.fail if required() else pytest.skip
        report(f"No {request.param} that can be driven on this machine ({missing})")
    with BROWSERS[request.param](tmp_path_factory.mktemp(request.param)) as driver:
        yield driver


@pytest.fixture
def tab(other_browser, live_site) -> Tab:
    return Tab(other_browser, live_site).open()


def test_a_choice_and_the_way_back(tab):
    tab.shows(LIST, 28)
    tab.click(WELL_BEING)
    tab.shows(f"{LIST}?category=well-being", 6)
    tab.driver.back()
    tab.shows(LIST, 28)
    tab.driver.forward()
    tab.shows(f"{LIST}?category=well-being", 6)
    tab.click(".chip")
    tab.shows(LIST, 28)


def test_a_search_and_an_order(tab):
    tab.find("#q").send_keys("jinrongkeji", Keys.ENTER)
    tab.shows(f"{LIST}?q=jinrongkeji", 1)
    tab.click(".chip")
    tab.shows(LIST, 28)
    tab.run("""
        const order = document.getElementById("sort");
        order.value = "title";
        order.dispatchEvent(new Event("change", {bubbles: true}));
    """)
    tab.shows(f"{LIST}?sort=title", 28)


@pytest.mark.parametrize("name", ["URLSearchParams.prototype.size", "Element.prototype.replaceChildren"])
def test_without_what_is_new(tab, name):
    """The same result, or a plain load of the same address."""
    tab.run(f"delete {name}")
    tab.click(WELL_BEING)
    tab.shows(f"{LIST}?category=well-being", 6, same="size" in name)


def test_back_then_forward_on_a_slow_line(tab):
    tab.click(WELL_BEING)
    tab.shows(f"{LIST}?category=well-being", 6)
    tab.run(hold)
    tab.run("history.back()")
    tab.wait_for("held.length === 1")
    tab.run("history.forward()")
    tab.wait_for("location.search === '?category=well-being'")
    tab.run("arrive()")
    tab.shows(f"{LIST}?category=well-being", 6)


def test_text_typed_while_an_answer_arrives_stays(tab):
    tab.run(hold)
    tab.click(WELL_BEING)
    tab.wait_for("held.length === 1")
    tab.find("#q").send_keys("school")
    tab.run("arrive()")
    tab.shows(f"{LIST}?category=well-being", 6)
    assert tab.run("return document.getElementById('q').value") == "school"


def test_a_page_that_was_left_with_an_unanswered_choice(tab):
    """However the browser brings it back: kept as it was, or loaded anew with its boxes restored."""
    tab.run(hold)
    tab.click(WELL_BEING)
    tab.wait_for("held.length === 1")
    tab.click(".rows > .row h3 a")
    tab.wait_for("document.querySelector('a[data-back-to-list]') !== null")
    tab.driver.back()
    tab.wait_for("document.querySelectorAll('.rows > .row').length === 28")
    assert tab.run(state)["wrong"] == []


def test_the_way_back_to_the_list_is_the_one_that_was_come_by(tab):
    tab.open(f"{LIST}?role=pilot")
    tab.click(".masthead .main a")
    tab.wait_for("document.querySelectorAll('.rows > .row').length === 28")
    tab.driver.back()
    tab.wait_for("document.querySelectorAll('.rows > .row').length === 3")
    tab.click(".rows > .row h3 a")
    tab.wait_for("document.querySelector('a[data-back-to-list]') !== null")
    tab.click("a[data-back-to-list]")
    tab.wait_for("document.querySelectorAll('.rows > .row').length === 3")
    assert tab.run("return location.search") == "?role=pilot"
