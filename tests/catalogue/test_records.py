"""Records read from documents say what the tables say."""

import pytest

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure as Record
from measures.models import Audience, Category, Centre, District, Measure, Plan, Version
from tests.oracle import edit_times

TEXTS = ("title", "summary", "note", "keywords")


def test_a_measure_is_read_as_the_tables_hold_it(databases):
    catalogue = Catalogue.current()
    times = edit_times()
    for measure in Measure.objects.filter(status="published"):
        record = catalogue.measure(measure.code)
        for name in TEXTS:
            assert getattr(record, f"{name}_zh") == getattr(measure, f"{name}_zh")
            assert getattr(record, f"{name}_en") == getattr(measure, f"{name}_en")
        assert (record.code, record.number, record.slug, record.basis, record.official_name_zh) == (
            measure.code, measure.number, measure.slug, measure.basis, measure.official_name_zh
        )  # fmt: skip
        assert (record.plan.slug, record.category.slug) == (measure.plan.slug, measure.category.slug)
        assert record.parent == (measure.parent and measure.parent.code)
        assert list(record.parts) == list(measure.parts.values_list("code", flat=True))
        assert record.paragraphs == list(measure.paragraphs.values_list("number", flat=True))
        assert [audience.slug for audience in record.audiences] == list(
            measure.audiences.values_list("slug", flat=True)
        )
        assert [(action.position, action.text_zh, action.text_en, action.paragraph) for action in record.actions] == list(
            measure.actions.values_list("position", "text_zh", "text_en", "paragraph__number")
        )  # fmt: skip
        assert [(link.centre.slug, link.basis, link.reason_zh, link.reason_en) for link in record.centres] == list(
            measure.centre_links.values_list("centre__slug", "basis", "reason_zh", "reason_en")
        )  # fmt: skip
        assert {(role.district.slug, role.role, role.note_zh, role.note_en) for role in record.districts} == set(
            measure.district_roles.values_list("district__slug", "role", "note_zh", "note_en")
        )  # fmt: skip
        assert (record.published_at, record.edited_at, record.version_number) == times[measure.code]


def test_the_vocabulary_stands_in_the_order_of_the_tables(databases):
    vocabulary = Catalogue.current().vocabulary
    for kind, model in (
        ("plan", Plan),
        ("category", Category),
        ("centre", Centre),
        ("audience", Audience),
        ("district", District),
    ):
        assert list(vocabulary.records(kind)) == list(model.objects.values_list("slug", flat=True))
        for record in model.objects.all():
            read = vocabulary.records(kind)[record.slug]
            name = "title" if kind == "plan" else "name"
            assert getattr(read, f"{name}_zh") == getattr(record, f"{name}_zh")
    assert vocabulary.with_places_above("meicai") == ["meicai", "futian"]
    assert [place.slug for place in vocabulary.places_in("futian")] == list(
        District.objects.filter(parent__slug="futian").values_list("slug", flat=True)
    )


def test_codes_lead_to_keys_and_to_neighbours(restored):
    Measure.objects.filter(number__in=(4, 28)).update(status="draft")
    register = Catalogue.current().register
    codes = list(Measure.objects.filter(status="published").values_list("code", flat=True))
    assert list(register.codes()) == codes
    for code, before, after in zip(codes, [None, *codes], [*codes[1:], None], strict=False):
        assert register.neighbours(code) == (before, after)
        assert list(
            register.keys_of(1 << register.position(register.key_of(code)), register.in_plan_order)
        ) == [register.key_of(code)]
    # What is not public has no key, but neighbours for a preview.
    assert (register.key_of("2020-04"), register.neighbours("2020-04")) == (None, ("2020-03", "2020-05"))
    assert (register.key_of("2020-28"), register.neighbours("2020-28")) == (None, ("2020-27", None))
    for unknown in ("2019-01", "2021-01", "2020-007", "2020-99"):
        assert register.key_of(unknown) is None
    assert register.neighbours("2021-01") == (None, None)


@pytest.mark.parametrize(("key", "default"), [("headline_zh", ""), ("headline_en", "")])
def test_a_key_that_an_old_document_lacks_has_its_default(databases, key, default):
    """And a key that nothing reads is passed over."""
    document = Version.objects.of("measure", "2020-07").first().document
    document.pop(key, None)
    document["unheard of"] = 1
    catalogue = Catalogue.current()
    assert catalogue.measure("2020-07").slug == document["slug"]
    resolved = dict.fromkeys(
        ("key", "plan", "category", "parent", "audiences", "actions", "centres", "districts"),
    )
    record = Record.of_document(document, **resolved, version_number=1, published_at=None, edited_at=None)
    assert getattr(record, key) == default


def test_what_is_derived_is_made_once_and_kept_with_the_catalogue(databases):
    catalogue, made = Catalogue.current(), []
    for key in ("a", "a", "b"):
        assert catalogue.kept(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b"]


def test_a_parent_that_is_not_public_is_not_told(client, restored):
    """Not on the page of its part, in no file and nowhere in the API; nor is a part that is not public on its parent's page."""
    part = Measure.objects.filter(parent__isnull=False, status="published").first()
    title = part.parent.title_en
    Measure.objects.filter(pk=part.parent_id).update(status="draft", title_en=title + " SECRET")
    assert Catalogue.current().measure(part.code).parent is None
    assert (
        part.parent.code
        not in client.get(f"/en/measures/{part.code}/").text.split("<article")[1].split("</article>")[0]
    )
    assert client.get(f"/measures/{part.code}.json").json()["parent"] is None
    assert client.get(f"/api/measures/{part.code}/").json()["parent"] is None
    Measure.objects.filter(pk=part.parent_id).update(status="published")
    Measure.objects.filter(pk=part.pk).update(status="draft")
    assert part.code not in Catalogue.current().measure(part.parent.code).parts
    assert client.get(f"/api/measures/{part.parent.code}/").json()["parts"] == list(Measure.objects.filter(parent=part.parent, status="published").values_list("code", flat=True))  # fmt: skip
