"""In a real browser: nothing is broken inside a word of the site, no line begins with a comma, and no page is wider than a small phone."""

import pytest

from tests.public_pages import PAGE_TYPES

from .line_breaks import broken_terms, lines_badly_begun, pages_of_measures

pytestmark = pytest.mark.browser

LONG = "/measures/?q=" + "abcdefghij" * 18


def test_no_line_begins_with_a_mark_that_ends_something(new_page):
    assert lines_badly_begun(new_page(), [*PAGE_TYPES, *pages_of_measures(nth=4)]) == {}


def test_no_term_is_broken(new_page):
    assert broken_terms(new_page(), pages_of_measures(nth=4), widths=(320, 768)) == {}


def test_no_page_scrolls_sideways_in_large_text(new_page):
    page = new_page(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page.add_init_script("localStorage.setItem('reading', 'large')")
    wide = {}
    for address in [
        *PAGE_TYPES,
        LONG,
        f"/en{LONG}",
        "/en/",
        "/en/measures/2020-14/",
        "/en/centres/technology/",
    ]:
        page.goto(address)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[address] = width
    assert wide == {}
