"""Restoring what cannot come back as it was: the reason is said in the words of the desk, and nothing is changed."""

import pytest

from measures.models import Category, Version
from tests.admin.desk import opened, posted, saved
from tests.admin.test_surprises import deletable, delete, documents, restored_again

#: Kind -> what of a deleted record another one may have taken meanwhile, as the desk calls it.
TAKEN = {
    "plan": "Year",
    "category": "Plan and Number",
    "audience": "Order",
    "centre": "Order",
    "district": "Division code",
    "measure": "Plan and Slug",
    "synonym": "Word and Means",
}


def take_its_place(record) -> None:
    """Enter another record with all that the deleted one had but its key."""
    record.pk = None
    if hasattr(record, "number") and hasattr(record, "basis"):
        record.number = 99
    else:
        record.slug = "another"
    record.save(force_insert=True)


@pytest.mark.parametrize("kind", TAKEN)
def test_what_another_record_has_taken_meanwhile_is_named(administrator, kind):
    record = deletable(administrator)[kind]
    if kind == "district":
        record.code = "440304999"
        record.save()
    key = record.code if kind == "measure" else record.slug
    delete(administrator, record)
    take_its_place(record)
    before = documents()
    _page, answer = restored_again(administrator, kind, key)
    assert f"with this {TAKEN[kind]} already exists." in answer.text
    assert "refuses this" not in answer.text
    assert documents() == before


def test_a_plan_goes_back_to_the_year_that_it_had_with_all_that_belongs_to_it(administrator):
    """As in its form. The constraints of the database once answered in its own words."""
    plan = deletable(administrator)["plan"]
    category = Category.objects.create(plan=plan, number=1, slug="of-2019", name_zh="类", name_en="Category")
    version = Version.objects.of("plan", plan.slug).first()
    saved(administrator, plan, opened(administrator, plan), year="2018")
    category.refresh_from_db()
    assert category.plan_id == 2018
    address = f"/en/admin/measures/version/{version.pk}/restore/"
    answer = administrator.post(address, posted(administrator.get(address), ""))
    assert answer.status_code == 302
    for record in (plan, category):
        record.refresh_from_db()
    assert (plan.year, category.plan_id, plan.source_paragraphs.get().plan_id) == (2019, 2019, 2019)
