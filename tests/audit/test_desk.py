"""Every kind of page of the desk on a phone and with the Tab key alone."""

import pytest

from tests.browser.test_staff import desk, desk_pages  # noqa: F401

pytestmark = pytest.mark.usefixtures("restored")

PHONES = ({"width": 390, "height": 844}, {"width": 320, "height": 568})
# Elements that are wider than the page, in no box that scrolls by itself.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("#content *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((one) => one.outerHTML.slice(0, 120))"""
# Where the Tab key leads, in the order of the page.
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({visibilityProperty: true})).length"""
ORDER = """() => {
    window.stops = [];
    document.addEventListener("focusin", (event) => window.stops.push(event.target));
}"""
OUT_OF_ORDER = """() => window.stops.slice(1).filter((one, place) =>
    !one.matches(".skip-to-content-link") &&  // after the last one
    window.stops[place].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING)
    .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("size", PHONES, ids=lambda size: str(size["width"]))
def test_no_page_scrolls_sideways_on_a_phone(desk, size):  # noqa: F811
    page, found = desk("he", "administrator", viewport=size, has_touch=True, is_mobile=True), {}
    for address in desk_pages():
        page.goto(address)
        if wider := page.evaluate(WIDER):
            found[address] = wider
    assert found == {}


def test_the_tab_key_goes_down_every_page(desk):  # noqa: F811
    """Through what can be used, each once, in the order in which it stands there."""
    page, found = desk("he", "administrator"), {}
    for address in desk_pages():
        page.goto(address)
        page.evaluate("document.activeElement.blur()")
        page.evaluate(ORDER)
        for _stop in range(min(page.evaluate(STOPS), 120)):
            page.keyboard.press("Tab")
        if wrong := page.evaluate(OUT_OF_ORDER):
            found[address] = wrong
        assert page.evaluate("window.stops.length") > 5, address
    assert found == {}
