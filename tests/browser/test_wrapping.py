"""In a real browser: nothing is broken inside a word of the site, no line begins with a comma, and no page is wider than a small phone."""

import pytest

from measures.models import Category, Measure
from measures.models.fields import MAX_WORD
from measures.selection.parameters import as_of
from tests import second_plan
from tests.models.steps import live
from tests.public_pages import PAGE_TYPES

from .line_breaks import broken_terms, lines_badly_begun, pages_of_measures

pytestmark = pytest.mark.browser

#: The codes of measures that stand on two lines.
BROKEN_CODES = """() => [...document.querySelectorAll('main .folio')].filter(folio => {
    const range = document.createRange()
    range.selectNodeContents(folio)
    return new Set([...range.getClientRects()].map(own => Math.round(own.top))).size > 1
}).map(folio => folio.textContent)"""
#: Labels on two lines whose field stands beside the second one.
TORN_LABELS = """() => [...document.querySelectorAll('main label[for]')].filter(label => {
    const field = document.getElementById(label.htmlFor).getBoundingClientRect()
    const lines = [...label.getClientRects()].filter(line => line.width > 1)
    return lines.length > 1 && field.top < lines.at(-1).bottom && field.bottom > lines.at(-1).top
}).map(label => label.textContent)"""
LONG = "/measures/?q=" + "abcdefghij" * 18


def test_no_line_begins_with_a_mark_that_ends_something(new_page):
    assert lines_badly_begun(new_page(), [*PAGE_TYPES, *pages_of_measures(nth=4)]) == {}


def test_no_term_is_broken(new_page):
    assert broken_terms(new_page(), pages_of_measures(nth=4), widths=(320, 768)) == {}


def test_no_field_stands_beside_half_of_its_label(new_page):
    page, torn = new_page(viewport={"width": 320, "height": 640}), {}
    for path in PAGE_TYPES:
        for address in (path, f"/en{path}"):
            page.goto(address)
            torn[address] = page.evaluate(TORN_LABELS)
    assert torn == dict.fromkeys(torn, [])


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


def test_no_page_scrolls_sideways_beside_another_plan_or_for_a_long_word(new_page, restored):
    """Codes stand where numbers did, and some word in each text has no place to break."""
    second_plan.enter("published")
    word = "W" * (MAX_WORD - 10)
    texts = dict.fromkeys(("title_en", "headline_en", "summary_en", "note_en"), word)
    Measure.objects.filter(code="2021-04").update(**texts, keywords_en=["K" * 70])
    Category.objects.filter(slug="yuheng-well-being").update(name_en="C" * 90)
    page = new_page(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    addresses = [
        "/",
        "/measures/",
        "/measures/2021-04/",
        "/plans/2021/",
        "/plans/2021/source/",
        "/categories/",
        "/centres/finance/",
        "/measures/?q=玉衡改革",
    ]
    addresses += [f"/measures/2020-{number:02}/" for number in (1, 2, 26)]
    wide, broken = {}, {}
    for address in addresses:
        # The server keeps what it has of the present, also when the database is restored.
        page.goto(as_of(f"/en{address}", live()))
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[address] = width
        if codes := page.evaluate(BROKEN_CODES):
            broken[address] = codes
    assert (wide, broken) == ({}, {})
