"""A whole second plan is entered and published in a real browser; the site is crawled in all languages, with its selections."""

import pytest

from tests import second_plan
from tests.browser.second_plan_entry import check_second_plan, desk
from tests.crawl import crawl
from tests.public_pages import PREFIXES
from tests.second_plan import MEASURES
from tests.test_second_plan import faults_of

pytestmark = pytest.mark.usefixtures("restored")


@pytest.mark.browser
def test_a_second_plan_from_the_first_save_to_its_publication(new_page, live_site, client):
    assert len(check_second_plan(desk(new_page, live_site), client, MEASURES, PREFIXES)) > 60


def test_each_of_two_plans_is_told_truthfully(client):
    second_plan.enter("published")
    assert faults_of(client, crawl(client)) == {}
