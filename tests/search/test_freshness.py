"""What is found is as fresh as the record."""

from django.core.management import call_command
from django.db import connection

from measures.models import Action, Category, District, Measure, SearchRow
from measures.pages.listing import Listing
from measures.snapshots import editing_as

from .queries import filtered, found


def fresh(measure="2020-03", word="鸾凤") -> bool:
    return measure in found(word)


def test_search_follows_every_path_of_change(restored, tmp_path):
    measure = Measure.objects.get(code="2020-03")
    assert not fresh()
    with editing_as("editor"):
        measure.note_zh = "鸾凤"
        measure.save()
    assert fresh()
    Measure.objects.filter(pk=measure.pk).update(note_zh="")
    assert not fresh()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE measures_action SET text_zh = '鸾凤' WHERE measure_id = %s AND position = 1", [measure.pk]
        )
    assert fresh()
    Action.objects.filter(measure=measure, position=1).delete()
    assert not fresh()
    Action.objects.create(measure=measure, position=1, text_zh="鸾凤", paragraph=measure.paragraphs.first())
    assert fresh()
    measure.refresh_from_db()
    measure.status = "draft"
    measure.save()
    assert not fresh()
    assert not SearchRow.objects.present().filter(code=measure.code).exists()
    measure.status = "published"
    measure.save()
    assert fresh()
    fixture = tmp_path / "measure.json"
    with fixture.open("w") as file:
        call_command("dumpdata", "measures.action", natural_foreign=True, natural_primary=True, stdout=file)
    Action.objects.filter(measure=measure, position=1).update(text_zh="x")
    assert not fresh()
    call_command("loaddata", str(fixture), verbosity=0)
    assert fresh()


def test_renamed_vocabulary_is_found_by_its_new_name_only(restored):
    Category.objects.filter(slug="well-being").update(name_zh="鸾凤和鸣")
    District.objects.filter(slug="meicai").update(aliases=["琉璃"])
    assert set(found("鸾凤")) == set(
        Measure.objects.filter(category__slug="well-being").values_list("code", flat=True)
    )
    assert found("琉璃") == found("liuli") == ["2020-25"]
    assert found("民生幸福标杆") == []


def test_deleted_and_truncated_measures_leave_no_row(restored):
    Measure.objects.get(code="2020-28").delete()
    assert SearchRow.objects.present().count() == 27
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE measures_measure CASCADE")
    assert SearchRow.objects.present().count() == 0


def test_draft_is_not_found(restored):
    Measure.objects.filter(code="2020-05").update(status="draft", note_zh="鸾凤和鸣")
    listing = Listing(filtered("鸾凤和鸣"))
    assert (listing.count, listing.closest) == (0, [])
    assert found("数字货币") == []
