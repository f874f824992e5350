"""The desk in a browser: every kind of page on a phone and with the Tab key alone, and a form larger than the site accepts."""

import pytest

from measures.models import Measure
from tests.admin.desk import change_address
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


# A text of 11 MB; a browser would take minutes to lay it out.
LONG = """() => {
    const note = document.getElementById("id_note_en");
    note.hidden = true;
    note.value = "long ".repeat(2_200_000);
}"""


def test_a_form_larger_than_the_site_accepts_keeps_its_text(desk):  # noqa: F811
    """The answer is the site's own 413; what was typed is still in the form that the tab goes back to."""
    measure = Measure.objects.get(code="2020-07")
    page = desk("lin", "editor")
    page.goto(change_address(measure))
    page.fill("#id_title_en", "Typed before")
    page.evaluate(LONG)
    page.locator('input[name="_save"]').last.click()
    page.wait_for_selector("text=This is larger than the site accepts")
    page.go_back()
    page.wait_for_selector("#id_title_en")
    assert page.input_value("#id_title_en") == "Typed before"
    assert page.evaluate("document.getElementById('id_note_en').value.length") == 11_000_000
