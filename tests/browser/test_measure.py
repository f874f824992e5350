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
