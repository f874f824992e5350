"""A second plan with four measures is entered and published in a real browser. `make audit` enters nine and crawls more."""

import pytest

from tests.second_plan import MEASURES

from .second_plan_entry import check_second_plan, desk

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("restored")]


@pytest.mark.no_cover
def test_a_second_plan_from_the_first_save_to_its_publication(new_page, live_site, client):
    assert len(check_second_plan(desk(new_page, live_site), client, MEASURES[:4], [""])) > 10
