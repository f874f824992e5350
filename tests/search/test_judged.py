"""What citizens might type, half of it without spaces and much of it questions: the first screen of each was judged by reading.

A line has a query and the measure that its first screen has to show or to lead to; nothing where the plan says nothing of it, and "-"
where the screen is known to be of no use yet.
"""

from itertools import islice
from pathlib import Path

import pytest

from measures.pages.listing import Listing

from .queries import filtered

FIRST_SCREEN = 5  # measures
JUDGED = [line.split("\t") for line in Path(__file__).with_name("judged.tsv").read_text("utf-8").splitlines()]
WANTED = [(q, code) for q, code in JUDGED if code != "-"]


def first_screen(q: str) -> set[str]:
    """The codes at the top of the list; where there is none, of the lists that it leads to."""
    filterset = filtered(q)
    lists = [filterset]
    if not filterset.fitting.total:
        listing = Listing(filterset)
        lists = [filtered(str(own.query)) for own in listing.closest]
        lists += [filtered(way.query) for way in filterset.search.without if way.found]
    return {
        measure.code
        for own in lists
        for measure in own.catalogue.measures(list(islice(own.keys, FIRST_SCREEN)))
    }


def test_nearly_all_are_of_use():
    assert len(JUDGED) >= 100
    assert len(WANTED) >= 0.95 * len(JUDGED)


@pytest.mark.parametrize(("q", "code"), WANTED)
def test_the_first_screen_of_a_judged_query(databases, q, code):
    shown = first_screen(q)
    assert code in shown if code else not shown
