"""In a real browser: nothing is broken inside a word of the site, no line begins with a comma, and no page is wider than a small phone."""

import pytest

from measures.models import Measure
from tests.language.test_wrapping import terms
from tests.public_pages import PAGE_TYPES

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 768, 1280)
LONG = "/measures/?q=" + "abcdefghij" * 18
# Each text with the terms in it that stand on two lines. A line is known by the top of a character's box.
broken = """(terms) => {
    const found = [];
    for (const element of document.querySelectorAll(
        "h1, .official, .titles a > span, .actions > li > p:not(.gloss), .told h4, .neighbours span")) {
        if (!element.checkVisibility()) continue;
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const lines = [];
        let text = "";
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (let at = 0; at < node.data.length; at += 1) {
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                lines.push(Math.round(range.getBoundingClientRect().top));
            }
            text += node.data;
        }
        for (const term of terms) {
            for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
                const own = lines.slice(at, at + term.length);
                if (Math.max(...own) - Math.min(...own) > 8) found.push(`${term} in ${text}`);
            }
        }
    }
    return found;
}"""

# Lines that begin with a mark that belongs to what stands before it, on the whole page.
badly_begun = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.checkVisibility()) continue;
        for (let at = 1; at < node.data.length; at += 1) {
            if (!"。，、；：！？）》」』”’".includes(node.data[at])) continue;
            const range = document.createRange();
            const boxes = [at - 1, at].map((from) => {
                range.setStart(node, from);
                range.setEnd(node, from + 1);
                return range.getBoundingClientRect();
            });
            if (boxes[0].width && boxes[1].width && boxes[1].top > boxes[0].bottom - 4) {
                const place = node.parentElement.closest("[class]");
                found.push(`${place.className}: ${node.data.slice(Math.max(0, at - 12), at + 3)}`);
            }
        }
    }
    return found;
}"""


def test_no_line_begins_with_a_mark_that_ends_something(new_page):
    page = new_page()
    addresses = [f"/measures/{code}/" for code in Measure.objects.values_list("code", flat=True)]
    found = {}
    for address in [*PAGE_TYPES, *addresses]:
        page.goto(address)
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 900})
            if begun := page.evaluate(badly_begun):
                found[address, width] = begun
    assert found == {}


def test_no_term_is_broken(new_page):
    page = new_page()
    known = sorted({part for term in terms() for part in term.split("、")})  # a line may end at a comma
    addresses = [f"/measures/{code}/" for code in Measure.objects.values_list("code", flat=True)]
    found = {}
    for address in ["/", "/plans/2020/", "/centres/technology/", *addresses]:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if cut := page.evaluate(broken, known):
                found[address, width] = cut
    assert found == {}


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
