"""Plans at the desk: who may change what is public, publishing in one step, what can be mended until then."""

import re

import pytest
from django.contrib.auth.models import User

from measures.models import Category, DataVersion, Measure, Plan, Term, Version
from tests import second_plan
from tests.admin.desk import change_address, error_texts, opened, posted, saved, signed_in
from tests.second_plan import YEAR

pytestmark = pytest.mark.usefixtures("restored")


@pytest.fixture
def plan():
    return second_plan.enter("draft", "draft")


def message(response) -> str:
    (found,) = [str(said) for said in response.context["messages"]]
    return found


# --- Who may do what ---


def records() -> dict[str, tuple]:
    """Of each kind a public record and, where there are such, one of a draft plan."""
    from measures.models import Audience, Centre, District, Synonym

    glossary = {"name_zh": "词", "name_en": "Term", "gloss_zh": "义", "gloss_en": "Gloss"}
    for year in (2020, YEAR):
        Term.objects.create(plan_id=year, slug=f"term-{year}", **glossary)
    return {
        "plan": (Plan.objects.get(year=2020), Plan.objects.get(year=YEAR)),
        "category": (Category.objects.filter(plan=2020).first(), Category.objects.filter(plan=YEAR).first()),
        "term": (Term.objects.get(slug="term-2020"), Term.objects.get(plan=YEAR)),
        "centre": (Centre.objects.first(), None),
        "audience": (Audience.objects.first(), None),
        "district": (District.objects.first(), None),
        "synonym": (Synonym.objects.create(word="数币", means="数字人民币"), None),
    }


def test_the_matrix_of_roles_and_what_is_public(plan):
    """Editors change the texts of measures; of plans and vocabulary only what no reader sees."""
    clients = {role: signed_in(role, role) for role in ("editor", "publisher", "administrator")}
    found = records()
    for role, client in clients.items():
        publishes = role != "editor"
        for kind, (public, draft) in found.items():
            assert (client.post(change_address(public), {}).status_code != 403) is publishes, (role, kind)
            if draft:
                assert client.post(change_address(draft), {}).status_code != 403, (role, kind)
            version = Version.objects.of(kind, public.slug).first()
            restore = f"/en/admin/measures/version/{version.pk}/restore/"
            assert (client.get(restore).status_code == 200) is publishes, (role, kind)
            delete = client.post(f"/en/admin/measures/{kind}/{public.pk}/delete/", {}).status_code
            assert (delete != 403) is (role == "administrator"), (role, kind)
        for published in (Plan.objects.get(year=2020), plan):
            address = f"/en/admin/measures/plan/{published.pk}/publish/"
            assert (client.get(address).status_code == 200) is publishes
            if not publishes:
                assert client.post(address, {"status": "draft"}).status_code == 403
    assert dict(Plan.objects.values_list("year", "status")) == {2020: "published", YEAR: "draft"}


def test_an_editor_changes_the_text_of_a_public_measure(editor):
    measure = Measure.objects.get(code="2020-07")
    assert saved(editor, measure, opened(editor, measure), title_en="Changed").status_code == 302


def test_an_editor_adds_categories_to_draft_plans_alone(editor, plan):
    data = posted(editor.get("/en/admin/measures/category/add/"), "category_form")
    texts = {"slug": "new", "name_zh": "新", "name_en": "New", "intro_zh": "新", "intro_en": "New"}
    versions = DataVersion.objects.live().number
    for year, status in ((2020, 200), (YEAR, 302)):
        typed = {**data, **texts, "plan": str(year), "_save": "Save"}
        assert editor.post("/en/admin/measures/category/add/", typed).status_code == status
    assert (Category.objects.get(slug="new").plan_id, Category.objects.get(slug="new").number) == (YEAR, 4)
    assert DataVersion.objects.live().number == versions


def test_the_status_of_a_plan_is_in_no_form(publisher, plan):
    assert saved(publisher, plan, opened(publisher, plan), status="published").status_code == 302
    plan.refresh_from_db()
    assert plan.status == "draft"


# --- Publishing ---


def address(plan) -> str:
    return f"/en/admin/measures/plan/{plan.pk}/publish/"


def test_a_plan_is_published_with_its_ready_measures_in_one_step(publisher, client, plan):
    Measure.objects.filter(code="2021-09").update(summary_en="")
    Measure.objects.get(code="2021-08").actions.all().delete()
    Measure.objects.filter(code="2021-02").update(title_en="")
    before = DataVersion.objects.live().number
    page = publisher.get(address(plan))
    text = page.text.partition('class="ready"')[2]
    ready, refused = text.partition('class="refused"')[::2]
    assert [f"2021-{number:02}" in ready for number in range(1, 10)] == [
        number not in (2, 8, 9) for number in range(1, 10)
    ]
    assert "missing: summary (English)" in refused
    assert "missing: action" in refused
    assert "2021-03 was split from 2021-02, which is not public." in page.text
    data = posted(page, "publish-plan")
    assert data["with_measures"] == ["on"]
    response = publisher.post(address(plan), {**data, "change_note": "checked"}, follow=True)
    assert message(response) == "The plan is public now, with 6 measures."
    assert DataVersion.objects.live().number == before + 1
    assert client.get("/en/plans/2021/").context["counts"]["total"] == 6
    assert client.get("/measures/2021-09/").status_code == 404
    version = Version.objects.of("plan", "2021").first()
    assert (version.event, version.actor, version.note) == ("added", "zhou", "checked")
    # The form that published it says nothing new.
    again = publisher.post(address(plan), data, follow=True)
    assert message(again) == "This was saved already; nothing was changed twice."


def test_a_plan_is_published_without_its_drafts_where_that_is_wanted(publisher, client, plan):
    data = posted(publisher.get(address(plan)), "publish-plan")
    del data["with_measures"]
    response = publisher.post(address(plan), data, follow=True)
    assert message(response) == "The plan is public now, with 0 measures."
    assert client.get("/en/plans/2021/").context["counts"]["total"] == 0


def test_an_empty_plan_is_not_published(publisher):
    plan = Plan.objects.create(slug="2022", year=2022, **second_plan.PLAN)
    page = publisher.get(address(plan))
    assert "The plan cannot be public yet. Missing: source paragraph, category." in page.text
    publisher.post(address(plan), {"status": "published"})
    plan.refresh_from_db()
    assert plan.status == "draft"


def test_a_plan_is_withdrawn_with_all_that_belongs_to_it(publisher, client):
    plan = second_plan.enter("published")
    page = publisher.get(address(plan))
    assert "its categories and 9 measures disappear from the public site" in page.text
    publisher.post(address(plan), posted(page, "publish-plan"))
    assert client.get("/plans/2021/").status_code == 404
    assert client.get("/measures/2021-01/").status_code == 404
    assert client.get("/en/measures/2021-01/history/").status_code == 200
    assert {version.event for version in Version.objects.filter(key__startswith="2021-")[:9]} == {"withdrawn"}


def test_measures_of_a_draft_plan_are_said_to_wait_for_it(publisher, plan):
    chosen = {
        "action": "publish",
        "confirmed": "1",
        "_selected_action": list(plan.measures.values_list("pk", flat=True)),
    }
    response = publisher.post("/en/admin/measures/measure/", chosen, follow=True)
    assert message(response) == "9 measures become public with their plan, which is still a draft."


# --- Families ---


def test_publishing_a_part_of_a_draft_and_withdrawing_a_parent_warn(publisher, plan):
    Plan.objects.filter(pk=plan.pk).update(status="published")
    part, parent = Measure.objects.get(code="2021-03"), Measure.objects.get(code="2021-02")

    def asked(action, measure) -> str:
        chosen = {"action": action, "_selected_action": [measure.pk]}
        return publisher.post("/en/admin/measures/measure/", chosen).text

    told = "2021-03 was split from 2021-02, which is not public."
    assert told in asked("publish", part)
    response = saved(publisher, part, opened(publisher, part), status="published")
    assert told in publisher.get(response.headers["Location"]).text
    saved(publisher, parent, opened(publisher, parent), status="published")
    assert "2021-03 were split from 2021-02 and stay public." in asked("unpublish", parent)
    both = {"action": "unpublish", "_selected_action": [parent.pk, part.pk]}
    assert "stay public" not in publisher.post("/en/admin/measures/measure/", both).text


# --- What can be mended ---


def test_slug_year_and_numbers_are_mended_until_the_first_publication(publisher, plan):
    data = opened(publisher, plan)
    changes = {"slug": "twenty-two", "year": "2022", "source_paragraphs-11-number": "44"}
    response = saved(publisher, plan, data, **changes)
    assert response.status_code == 302, error_texts(response)
    plan.refresh_from_db()
    assert (plan.slug, plan.year) == ("twenty-two", 2022)
    assert list(plan.source_paragraphs.values_list("number", flat=True)) == [*range(1, 12), 44]
    codes = list(plan.measures.values_list("code", flat=True))
    assert codes == [f"2022-{number:02}" for number in range(1, 10)]
    assert Version.objects.of("measure", "2022-03").first().document["parent"] == "2022-02"
    assert set(plan.categories.values_list("slug", flat=True)) == {
        slug for slug, _zh, _en in second_plan.CATEGORIES
    }
    Plan.objects.filter(pk=plan.pk).update(status="published")
    data = opened(publisher, plan)
    assert {"slug", "year"}.isdisjoint(data)
    saved(publisher, plan, data, slug="other", year="2023", **{"source_paragraphs-0-number": "99"})
    plan.refresh_from_db()
    assert (plan.slug, plan.year, plan.source_paragraphs.first().number) == ("twenty-two", 2022, 1)


def test_only_what_readers_see_has_a_link_to_its_page(administrator, plan, client):
    for kind, (public, draft) in records().items():
        page = administrator.get(change_address(public)).text
        link = re.search('href="([^"]*)" class="viewsitelink"', page)
        assert bool(link) is (kind != "synonym"), kind
        if link:
            assert client.get(link[1]).status_code == 200, link[1]
        if draft:
            assert "viewsitelink" not in administrator.get(change_address(draft)).text, kind


def test_an_emptied_number_is_the_next_one_also_where_the_plan_stands_for_good(publisher):
    category = Category.objects.filter(plan=2020).first()
    after = Category.objects.filter(plan=2020).last().number + 1
    response = saved(publisher, category, opened(publisher, category), number="")
    assert response.status_code == 302, error_texts(response)
    category.refresh_from_db()
    assert category.number == after


def test_a_refused_form_leaves_the_year_as_it_was(publisher, plan):
    response = saved(publisher, plan, opened(publisher, plan), year="2022", title_zh="")
    assert (response.status_code, error_texts(response)) == (200, ["This field is required."])
    assert posted(response, "plan_form")["year"] == ["2022"]
    plan.refresh_from_db()
    assert plan.year == YEAR
    response = saved(publisher, plan, opened(publisher, plan), year="2020")
    assert error_texts(response) == ["There is a plan of 2020 already."]
    assert set(Plan.objects.values_list("year", flat=True)) == {2020, YEAR}


def test_a_plan_entered_by_mistake_can_be_deleted(plan):
    root = signed_in(User.objects.create_superuser("root", password=None).username)
    delete = f"/en/admin/measures/plan/{plan.pk}/delete/"
    refused = root.get(delete).text
    assert "2021-01" in refused
    assert "¶" not in refused.partition("cannot")[2].partition("<li>Measure")[0].partition("Category")[0]
    root.post(delete, {"post": "yes"})
    assert Plan.objects.filter(pk=plan.pk).exists()
    Measure.objects.filter(code="2021-03").delete()
    plan.measures.all().delete()
    plan.categories.all().delete()
    assert root.post(delete, {"post": "yes"}).status_code == 302
    assert not Plan.objects.filter(pk=plan.pk).exists()


# --- Numbers ---


def test_numbers_are_proposed_within_the_plan(editor, plan):
    add = "/en/admin/measures/measure/add/"
    assert "number" not in {
        name for name, value in posted(editor.get(add), "measure_form").items() if value != [""]
    }
    chosen = posted(editor.get(f"{add}?plan=2021"), "measure_form")
    assert (chosen["plan"], chosen["number"]) == (["2021"], ["10"])
    data = posted(editor.get(add), "measure_form")
    category = Category.objects.get(slug="yuheng-port")
    typed = {"plan": "2021", "slug": "ten", "title_zh": "十", "basis": "named", "category": str(category.pk)}
    response = editor.post(add, {**data, **typed, "_save": "Save"})
    assert response.status_code == 302, error_texts(response)
    assert Measure.objects.get(slug="ten").code == "2021-10"
