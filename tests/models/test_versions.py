"""What a version says beside its document: event, digest, private note; data versions, lineages, and who waits for whom."""

import hashlib
import json
import threading

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from measures.models import Audience, DataVersion, District, Measure, PublicVersion, SearchRow, Version
from measures.snapshots import editing_as

from .index_oracle import data_versions, read_from_index, read_plainly, whole_index
from .steps import live, new_measure, rebuilt, rows_of, save_everything

pytestmark = pytest.mark.usefixtures("restored")


def sql(statement: str, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def events_of(code: str) -> list[str]:
    return list(Version.objects.of("measure", code).order_by("number").values_list("event", flat=True))


# --- Events ---


def test_the_life_of_a_measure_in_events():
    new_measure(90, "一生", status="draft")
    for change in (
        {"title_en": "In a drawer"},
        {"status": "published"},
        {"title_en": "Seen"},
        {"status": "draft"},
        {"title_en": "In a drawer again"},
        {"status": "published"},
    ):
        Measure.objects.filter(code="2020-90").update(**change)
    Measure.objects.get(code="2020-90").delete()
    new_measure(90, "又一生")
    Measure.objects.filter(code="2020-90").update(status="draft")
    Measure.objects.get(code="2020-90").delete()
    assert events_of("2020-90") == [
        *("", "", "added", "changed", "withdrawn", "", "published_again", "deleted"),
        *("published_again", "withdrawn", ""),
    ]


def test_the_shipped_content_was_added():
    assert set(Version.objects.values_list("event", flat=True)) == {"added"}


def migrating(change) -> None:
    with transaction.atomic():
        sql("SELECT set_config('futian.migration', 'yes', true)")
        change()


def test_what_a_migration_writes_is_signed_and_no_event():
    before = live()
    migrating(lambda: Measure.objects.filter(code="2020-07").update(title_en="Corrected"))
    version = Version.objects.of("measure", "2020-07").first()
    assert (version.number, version.actor, version.event, version.public) == (2, "migration", "", True)
    assert live() == before + 1
    row, old = (rows.get(code="2020-07") for rows in (present(), as_of(before)))
    assert (row.version_id, row.version_number, row.edited_at) == (version.id, 1, old.edited_at)
    Measure.objects.filter(code="2020-07").update(title_en="Edited")
    assert Version.objects.of("measure", "2020-07").first().event == "changed"
    assert present().get(code="2020-07").version_number == 3
    migrating(lambda: Measure.objects.filter(code="2020-07").update(title_en="Corrected again"))
    assert present().get(code="2020-07").version_number == 3


def present():
    return SearchRow.objects.present()


def as_of(number: int):
    return SearchRow.objects.as_of(number)


def test_a_migration_that_takes_something_away_says_so():
    migrating(lambda: Measure.objects.filter(code="2020-07").update(status="draft"))
    assert events_of("2020-07") == ["added", "withdrawn"]


def test_somebody_called_migration_is_nobody_special():
    with editing_as("migration"):
        Measure.objects.filter(code="2020-07").update(title_en="By a person")
    assert events_of("2020-07") == ["added", "changed"]


# --- What stands beside the document ---


def test_the_digest_is_that_of_the_document_as_it_is_printed():
    Measure.objects.filter(code="2020-07").update(title_en="New")
    Measure.objects.get(code="2020-05").delete()
    for digest, text in sql("SELECT digest, document::text FROM measures_version"):
        assert digest == (hashlib.sha256(text.encode()).hexdigest() if text else "")
    assert not Version.objects.filter(document=None).exclude(digest="").exists()


def test_a_private_note_is_for_staff_alone(restored):
    with editing_as("lin", "For all", "For us"):
        Measure.objects.filter(code="2020-07").update(title_en="New")
    version = Version.objects.of("measure", "2020-07").first()
    assert (version.note, version.private_note) == ("For all", "For us")
    assert PublicVersion.objects.get(id=version.id).note == "For all"
    with editing_as("lin"):
        Measure.objects.filter(code="2020-07").update(title_en="Newer")
    assert Version.objects.of("measure", "2020-07").first().private_note == ""


def test_reordering_a_vocabulary_changes_no_measure():
    measure = Measure.objects.get(code="2020-07")
    measure.audiences.set(Audience.objects.all())
    measure.district_roles.create(district=District.objects.get(slug="meicai"), role="site")
    last = Version.objects.latest("id").id
    with transaction.atomic():
        for audience in Audience.objects.all():
            Audience.objects.filter(pk=audience.pk).update(order=100 - audience.order)
        District.objects.filter(slug="meicai").update(code="999")
    assert set(Version.objects.filter(id__gt=last).values_list("kind", flat=True)) == {"audience", "district"}
    document = Version.objects.of("measure", "2020-07").first().document
    assert document["audiences"] == sorted(document["audiences"])
    assert [row["district"] for row in document["districts"]] == ["futian", "meicai"]


def test_saving_every_record_as_it_is_writes_nothing():
    before = Version.objects.count()
    save_everything()
    assert Version.objects.count() == before


# --- The view ---


def test_the_public_view_shows_public_versions_and_ends():
    with editing_as("lin", "Why it changed"):
        Measure.objects.filter(code="2020-07").update(title_en="New")
    with editing_as("lin", "Why it goes: SECRET", "PRIVATE"):
        Measure.objects.filter(code="2020-07").update(status="draft", title_en="SECRET")
    with editing_as("lin", "SECRET"):
        Measure.objects.filter(code="2020-07").update(note_en="SECRET")
        new_measure(90, "SECRET", status="draft")
        Measure.objects.get(code="2020-03").delete()  # no term stands in it
    seen = PublicVersion.objects.filter(key__in=["2020-03", "2020-07", "2020-90"]).order_by("id")
    columns = ("key", "number", "public", "event", "note")
    assert list(seen.values_list(*columns)) == [
        ("2020-03", 1, True, "added", ""),
        ("2020-07", 1, True, "added", ""),
        ("2020-07", 2, True, "changed", "Why it changed"),
        ("2020-07", 3, False, "withdrawn", ""),
        ("2020-03", 2, False, "deleted", ""),
    ]
    assert [version.document is None for version in seen] == [not version.public for version in seen]
    assert [version.digest == "" for version in seen] == [not version.public for version in seen]
    everything = sql("SELECT string_agg(v::text, '') FROM measures_publicversion v")[0][0]
    assert "SECRET" not in everything
    assert "PRIVATE" not in everything


# --- Data versions and lineages ---


def test_data_versions_have_a_row_each_with_time_and_lineage():
    before = DataVersion.objects.live()
    Measure.objects.filter(code="2020-07").update(title_en="New")
    new_measure(90, "草案", status="draft")
    after = DataVersion.objects.live()
    assert (after.number, after.lineage, after.restores) == (before.number + 1, before.lineage, 0)
    assert after.at > before.at
    assert sorted(DataVersion.objects.values_list("number", flat=True)) == [0, 1, 2]
    versions = Version.objects.filter(data_version=after.number, public=True)
    assert 0 <= (versions.get().at - after.at).total_seconds() < 1


def test_a_restored_database_goes_on_where_nobody_has_been():
    Measure.objects.filter(code="2020-07").update(title_en="Before")
    before, index = DataVersion.objects.live(), whole_index()
    number = sql("SELECT measures_new_lineage(3)")[0][0]
    after = DataVersion.objects.live()
    assert (number, after.number, after.restores) == (before.number + 3_000, number, 3)
    assert after.lineage != before.lineage
    assert after.at > before.at
    assert whole_index() == index
    assert read_from_index(number) == read_plainly(before.number)
    # The next version of a record skips what may have been given out; the one after follows.
    Measure.objects.filter(code="2020-07").update(title_en="First")
    Measure.objects.filter(code="2020-07").update(title_en="Second")
    new_measure(90, "备份不知道")
    assert numbers_of("2020-07") == [1, 2, 3_003, 3_004]
    assert numbers_of("2020-90") == [3_001]
    assert events_of("2020-07") == ["added", "changed", "changed", "changed"]
    assert [version.number for version in DataVersion.objects.all()[:4]] == [
        *range(number + 3, number - 1, -1)
    ]
    assert DataVersion.objects.live().lineage == after.lineage
    assert sql("SELECT measures_new_lineage(4)") == [(number + 3 + 4_000,)]
    Measure.objects.filter(code="2020-07").update(title_en="Third")
    assert numbers_of("2020-07") == [1, 2, 3_003, 3_004, 7_005]
    for moment in data_versions():
        assert read_from_index(moment) == read_plainly(moment)
    assert rebuilt() == "Every row was as it should be.\n"
    assert [since for since, _until in rows_of("2020-07")] == [1, 2, number + 1, number + 2, number + 4_004]


def numbers_of(code: str) -> list[int]:
    return list(Version.objects.of("measure", code).order_by("number").values_list("number", flat=True))


@pytest.mark.parametrize("restores", [0, -1, None])
def test_a_lineage_is_always_a_later_one(restores):
    with pytest.raises(DatabaseError, match="restored 0 times already"):
        sql("SELECT measures_new_lineage(%s)", restores)
    sql("SELECT measures_new_lineage(1)")
    with pytest.raises(DatabaseError, match="restored 1 times already"):
        sql("SELECT measures_new_lineage(1)")


# --- Who waits for whom ---


def test_two_commits_stand_in_line_and_each_tells_the_truth(restored):
    """The second waits for the first and sees what it left, whatever the two change; see decision 4."""
    address = restored.maintenance | {"dbname": restored.name}
    with psycopg.connect(**address) as first, psycopg.connect(**address) as second:
        first.execute("UPDATE measures_plan SET status = 'draft'; SET CONSTRAINTS ALL IMMEDIATE")
        second.execute("UPDATE measures_measure SET title_en = 'Meanwhile' WHERE number = 7")
        committed = threading.Event()

        def commit():
            second.commit()
            committed.set()

        waiting = threading.Thread(target=commit)
        waiting.start()
        assert not committed.wait(0.5)
        first.commit()
        waiting.join(10)
    newest = Version.objects.of("measure", "2020-07").first()
    assert (newest.document["title_en"], newest.public) == ("Meanwhile", False)
    assert not present().exists()


def test_under_repeatable_read_the_second_gets_an_error_and_no_wrong_document(restored):
    address = restored.maintenance | {"dbname": restored.name}
    with psycopg.connect(**address) as first, psycopg.connect(**address) as second:
        second.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        second.execute(
            "UPDATE measures_action SET text_en = 'Seconds late' WHERE id = (SELECT max(id) FROM measures_action)"
        )
        first.execute(
            "UPDATE measures_action SET text_en = 'First' WHERE id = (SELECT min(id) FROM measures_action)"
        )
        first.commit()
        with pytest.raises(psycopg.errors.SerializationFailure):
            second.commit()
    assert not Version.objects.filter(document__icontains="Seconds late").exists()


def test_without_the_row_that_commits_lock_nothing_is_committed():
    sql("DELETE FROM measures_dataversion WHERE number = 0")
    with pytest.raises((DatabaseError, OperationalError), match="data version 0"):
        Measure.objects.filter(code="2020-07").update(title_en="New")


def test_json_of_a_document_is_what_its_record_is():
    """The document of a measure has every column of the new schema."""
    document = Version.objects.of("measure", "2020-07").first().document
    assert {"headline_zh", "headline_en"} <= document.keys()
    assert all(action["background"] is False for action in document["actions"])
    assert Version.objects.of("plan", "2020").first().document["status"] == "published"
    assert json.dumps(document["districts"]) == json.dumps(
        sorted(document["districts"], key=lambda row: (row["district"], row["role"]))
    )
