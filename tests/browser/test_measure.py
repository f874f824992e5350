"""The page of a measure on the first screen of a phone: the headline and the four facts, for every measure."""

import pytest

from measures.models import Measure

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
positions = """() => [
    document.querySelector("h1").getBoundingClientRect().y,
    ...[...document.querySelectorAll(".key-facts tr")].map((row) => row.getBoundingClientRect().bottom),
]"""


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_headline_and_four_facts_stand_on_the_first_screen_of_a_phone(new_page, prefix):
    page = new_page(**PHONE)
    below = []
    for code in Measure.objects.values_list("code", flat=True):
        page.goto(f"{prefix}/measures/{code}/")
        headline, *facts = page.evaluate(positions)
        assert len(facts) == 4
        below += [(code, headline, facts[-1])] if headline > 300 or facts[-1] > 844 else []
    assert below == []


def test_share_copies_headline_sentence_and_address(new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/measures/2020-22/")
    measure = Measure.objects.get(number=22)
    button = page.locator("[data-share]")
    button.click()
    page.get_by_role("button", name="已复制").wait_for()
    headline, sentence, address = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert (headline, address) == (measure.headline_zh, page.url)
    assert measure.summary_zh.startswith(sentence)
    assert sentence.endswith("。")


def test_share_gives_them_to_what_the_device_shares_with(new_page):
    page = new_page()
    page.add_init_script("navigator.share = async (shared) => { window.shared = shared }")
    page.goto("/en/measures/2020-22/")
    page.locator("[data-share]").click()
    shared = page.evaluate("window.shared")
    assert shared["title"] == Measure.objects.get(number=22).headline_en
    assert shared["url"] == page.url
    assert shared["text"].startswith(shared["title"] + "\n")
