"""Public is what says so itself and whose plan does; nothing else is told, indexed or learnt."""

import pytest
from django.db import transaction

from measures.models import (
    Category,
    CharacterPair,
    DataVersion,
    Measure,
    Plan,
    PublicVersion,
    SearchName,
    SearchRow,
    Synonym,
    Term,
    Version,
    Word,
)
from measures.snapshots import editing_as

from .index_oracle import data_versions, read_from_index, read_plainly
from .steps import new_measure, new_plan

pytestmark = pytest.mark.usefixtures("restored")

BELONGING = [("category", "category-2031"), ("measure", "2031-01"), ("plan", "2031"), ("term", "phoenix")]


@pytest.fixture
def draft_plan():
    """A plan under way, with a category, a measure that says it is published, one that does not, and a term."""
    with editing_as("chen", "Under way"):
        plan = new_plan(2031, "draft")
        Category.objects.filter(plan=plan).update(name_zh="鸾类")
        measure = new_measure(1, "鸾凤", plan=2031)
        new_measure(2, "鸾鸾", plan=2031, status="draft")
        term = Term.objects.create(
            plan=plan, slug="phoenix", name_zh="鸾", name_en="Phoenix", gloss_zh="鸟", gloss_en="Phoenixlike"
        )
        term.measures.add(measure)
        measure.actions.create(
            position=1, text_zh="鸾鸟", text_en="Phoenixes", paragraph=plan.source_paragraphs.get()
        )
    return plan


def set_status(status: str) -> list[tuple]:
    """(kind, key, event, public) of the versions that the plan's new status leaves."""
    last = Version.objects.latest("id").id
    Plan.objects.filter(year=2031).update(status=status)
    written = Version.objects.filter(id__gt=last)
    return sorted(written.values_list("kind", "key", "event", "public"))


def test_a_plan_is_a_draft_unless_it_says_otherwise():
    assert Plan().status == "draft"
    assert set(Plan.objects.values_list("status", flat=True)) == {"published"}


def test_of_a_draft_plan_nothing_is_public_indexed_or_learnt(draft_plan):
    before = DataVersion.objects.live().number
    versions = Version.objects.filter(key__in=[*(key for _kind, key in BELONGING), "2031-02"])
    assert set(versions.values_list("public", "event")) == {(False, "")}
    Measure.objects.filter(code="2031-01").update(title_zh="鸾凤和鸣")
    assert DataVersion.objects.live().number == before == 1
    assert not SearchRow.objects.filter(plan_year=2031).exists()
    assert not SearchName.objects.filter(slug="category-2031").exists()
    assert not CharacterPair.objects.filter(first="鸾").exists()
    assert not Word.objects.filter(word__startswith="phoenix").exists()
    assert not PublicVersion.objects.filter(key__in=versions.values("key")).exists()


def test_publishing_a_plan_publishes_what_belongs_to_it_and_withdrawing_withdraws_it(draft_plan):
    before = DataVersion.objects.live().number
    assert set_status("published") == [(kind, key, "added", True) for kind, key in BELONGING]
    assert DataVersion.objects.live().number == before + 1
    assert set(SearchRow.objects.filter(plan_year=2031).values_list("code", flat=True)) == {"2031-01"}
    assert "plan:2031" in SearchRow.objects.get(code="2031-01").about.tokens
    assert CharacterPair.objects.get(first="鸾", second="凤").since == before + 1
    assert Word.objects.get(word="phoenixes").since == before + 1
    assert set_status("draft") == [(kind, key, "withdrawn", False) for kind, key in BELONGING]
    assert not SearchRow.objects.present().filter(plan_year=2031).exists()
    assert not SearchName.objects.present().filter(slug="category-2031").exists()
    assert set_status("published") == [(kind, key, "published_again", True) for kind, key in BELONGING]
    for number in data_versions():
        assert read_from_index(number) == read_plainly(number)


def test_a_measure_added_in_the_commit_that_publishes_its_plan_is_public_too(draft_plan):
    with transaction.atomic():
        new_measure(3, "同时", plan=2031)
        Plan.objects.filter(year=2031).update(status="published")
        new_measure(4, "随后", plan=2031)
    assert set(SearchRow.objects.filter(plan_year=2031).values_list("number", flat=True)) == {1, 3, 4}
    assert Version.objects.filter(key__in=["2031-03", "2031-04"]).count() == 2


def test_a_plan_touched_without_a_change_of_status_touches_nothing_else():
    last = Version.objects.latest("id").id
    Plan.objects.update(intro_en="New")
    assert list(Version.objects.filter(id__gt=last).values_list("kind", "event")) == [("plan", "changed")]


def test_until_the_plan_is_public_its_keys_can_be_mended(draft_plan):
    Category.objects.filter(slug="category-2031").update(slug="mended")
    Term.objects.filter(slug="phoenix").update(slug="mended")
    draft_plan.source_paragraphs.update(number=7)
    Plan.objects.filter(year=2031).update(slug="mended")
    assert Version.objects.of("plan", "mended").get().document["source_paragraphs"][0]["number"] == 7
    assert Version.objects.of("plan", "2031").first().document is None
    assert Version.objects.of("measure", "2031-01").first().document["category"] == "category-2031"


def test_terms_follow_the_codes_of_their_measures(draft_plan):
    Measure.objects.filter(code="2031-01").update(number=9)
    assert Version.objects.of("term", "phoenix").first().document["measures"] == ["2031-09"]
    Measure.objects.get(code="2031-09").delete()
    assert Version.objects.of("term", "phoenix").first().document["measures"] == []


def test_synonyms_are_always_public():
    synonym = Synonym.objects.create(word="先生", means="教师", both_ways=True)
    (version,) = Version.objects.of("synonym", synonym.slug)
    assert (version.public, version.event) == (True, "added")
    assert version.document == {"slug": synonym.slug, "word": "先生", "means": "教师", "both_ways": True}
    synonym.delete()
    assert Version.objects.of("synonym", synonym.slug).first().event == "deleted"
