"""Lines of every measure in every width; `make test` looks at some."""

import pytest

from tests.browser.line_breaks import broken_terms, lines_badly_begun, pages_of_measures
from tests.public_pages import PAGE_TYPES

pytestmark = pytest.mark.browser


def test_no_line_begins_with_a_mark_that_ends_something(new_page):
    assert lines_badly_begun(new_page(), [*PAGE_TYPES, *pages_of_measures()]) == {}


def test_no_term_is_broken(new_page):
    assert broken_terms(new_page(), pages_of_measures()) == {}
