"""The site as a browser sees it."""

import pytest

pytestmark = pytest.mark.browser


def test_the_site_answers_a_browser(page):
    answer = page.goto("/measures/2020-15/")
    assert answer.status == 200
    assert page.locator("h1").count() == 1
