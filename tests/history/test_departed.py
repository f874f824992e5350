"""Old versions refer to what is gone since. Their pages call it as it was called then, lists of changes by its last name."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from measures.catalogue import Catalogue
from measures.history.events import described
from measures.history.names import public_names, saved_names
from measures.history.records import later_version, measure_of_version
from measures.models import Audience, Category, Centre, District, Measure, PublicVersion
from measures.snapshots import editing_as

GONE = {
    "category": "gone-category",
    "centre": "gone-centre",
    "audience": "gone-people",
    "district": "gone-place",
}


@pytest.fixture
def measure(restored):
    """Measure 7, whose version 2 refers to a category, a centre, an audience and a place that were renamed, then deleted."""
    measure = Measure.objects.get(code="2020-07")
    with editing_as("lin"):
        own = {
            "category": Category.objects.create(
                plan_id=2020, number=90, slug=GONE["category"], name_zh="旧类", name_en="Old category"
            ),
            "centre": Centre.objects.create(
                slug=GONE["centre"],
                order=90,
                name_zh="旧中心",
                name_en="Old centre",
                short_zh="旧",
                short_en="Old",
            ),
            "audience": Audience.objects.create(
                slug=GONE["audience"], order=90, name_zh="旧人", name_en="Old people"
            ),
            "district": District.objects.create(
                slug=GONE["district"],
                kind="subdistrict",
                name_zh="旧地",
                name_en="Old place",
                pinyin="jiu di",
            ),
        }
    category, old = measure.category, {name: record.name_en for name, record in own.items()}
    with editing_as("lin"):
        Measure.objects.filter(pk=measure.pk).update(category=own["category"])
        measure.audiences.add(own["audience"])
        measure.centre_links.create(centre=own["centre"], basis="editorial", reason_zh="因", reason_en="why")
        measure.district_roles.create(district=own["district"], role="pilot")
    with editing_as("lin"):
        for record in own.values():
            type(record).objects.filter(pk=record.pk).update(name_en=f"{record.name_en}, renamed")
    with editing_as("lin"):
        Measure.objects.filter(pk=measure.pk).update(category=category)
        measure.audiences.remove(own["audience"])
        measure.centre_links.filter(centre=own["centre"]).delete()
        measure.district_roles.filter(district=own["district"]).delete()
    with editing_as("lin"):
        for record in own.values():
            record.delete()
    assert set(old.values()) == {"Old category", "Old centre", "Old people", "Old place"}
    return measure


def test_an_old_version_is_read_with_what_is_gone_since(measure):
    catalogue = Catalogue.current()
    read = measure_of_version("2020-07", 2)
    with override("en"):
        assert read.category.name == "Old category"
        assert read.audiences[-1].name == "Old people"
        assert read.centres[-1].centre.name == "Old centre"
        assert read.districts[-1].district.name == "Old place"
    assert read.version_number == 2
    assert read.published_at < read.edited_at
    assert read.plan == catalogue.plans[0]
    first = measure_of_version("2020-07", 1)
    assert first.category == catalogue.vocabulary.category[first.category.slug]
    assert first.edited_at == first.published_at
    assert [later_version("2020-07", number) for number in (1, 2, 3)] == [2, 3, None]


def test_the_latest_version_is_the_record_of_the_catalogue(restored):
    catalogue = Catalogue.current()
    for code in ("2020-01", "2020-07", "2020-28"):
        assert replace(measure_of_version(code, 1), key=0) == replace(catalogue.measure(code), key=0)


def test_a_version_that_is_not_public_is_not_read(restored):
    Measure.objects.filter(code="2020-07").update(status="draft")
    assert measure_of_version("2020-07", 2) is None
    assert measure_of_version("2020-07", 9) is None
    assert measure_of_version("2020-90", 1) is None
    assert measure_of_version("2020-07", 1).code == "2020-07"


def test_differences_call_what_is_gone_by_its_last_name(measure):
    names = public_names(Catalogue.current().vocabulary)
    second = described(PublicVersion.objects.events().of("measure", "2020-07"), names)[1]
    with override("en"):
        labels = [change.label for change in second.changes]
        assert "centre “Old centre, renamed”: reason (English)" in labels
        assert "place “Old place, renamed” (Pilot)" in labels
    assert names("centre", "never-there") == "never-there"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_desk_and_the_public_call_things_the_same(language):
    vocabulary = Catalogue.current().vocabulary
    public, desk = public_names(vocabulary), saved_names()
    with override(language):
        for kind in ("category", "centre", "audience", "district"):
            for slug, record in vocabulary.records(kind).items():
                assert public(kind, slug) == desk(kind, slug) == str(record.name)
