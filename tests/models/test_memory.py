"""The memory of the database: every path of change, once, with who, when and why; and the rules that it holds."""

import json
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from measures.models import (
    Action,
    Audience,
    Category,
    CentreLink,
    DataVersion,
    District,
    DistrictRole,
    Measure,
    Plan,
    SourceParagraph,
    Synonym,
    Version,
)
from measures.snapshots import editing_as

pytestmark = pytest.mark.usefixtures("restored")


@pytest.fixture
def measure():
    return Measure.objects.get(code="2020-07")


def written_by(change) -> list[Version]:
    """The versions that `change` leaves behind, oldest first."""
    last = Version.objects.order_by("-id").values_list("id", flat=True).first()
    change()
    return list(Version.objects.filter(id__gt=last).order_by("id"))


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_the_shipped_content_is_there_once():
    assert Version.objects.count() == 1 + 6 + 4 + 9 + 15 + 28 + 25 + Synonym.objects.count()
    assert set(Version.objects.values_list("number", "public")) == {(1, True)}
    numbers = Version.objects.values_list("data_version", flat=True)
    assert max(numbers) == DataVersion.objects.live().number


PATHS = {
    "save": lambda m: m.save() if setattr(m, "title_en", "New") is None else None,
    "update": lambda m: Measure.objects.filter(pk=m.pk).update(title_en="New"),
    "bulk_update": lambda m: (
        setattr(m, "title_en", "New"),
        Measure.objects.bulk_update([m], ["title_en"]),
    ),
    "plain SQL": lambda m: sql("UPDATE measures_measure SET title_en = 'New' WHERE id = %s", m.pk),
    "row: create": lambda m: m.actions.create(
        position=90, text_zh="新", paragraph=SourceParagraph.objects.first()
    ),
    "row: bulk_create": lambda m: Action.objects.bulk_create(
        [Action(measure=m, position=p, text_zh="新", paragraph_id=1) for p in (90, 91)]
    ),
    "row: update": lambda m: m.actions.update(text_en="New"),
    "row: delete": lambda m: m.actions.first().delete(),
    "row: plain SQL": lambda m: sql("DELETE FROM measures_centrelink WHERE measure_id = %s", m.pk),
    "many to many: add": lambda m: m.audiences.add(*Audience.objects.all()),
    "many to many: clear": lambda m: m.paragraphs.clear(),
    "place": lambda m: m.district_roles.update(note_en="New"),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_change_leaves_one_version_with_who_when_and_why(measure, path):
    began, data_version = timezone.now() - timedelta(seconds=1), DataVersion.objects.live().number

    def change():
        with editing_as("lin", "because"):
            PATHS[path](measure)

    (version,) = written_by(change)
    assert (version.kind, version.key, version.number) == ("measure", "2020-07", 2)
    assert (version.actor, version.note, version.public) == ("lin", "because", True)
    assert began < version.at < timezone.now() + timedelta(seconds=1)
    assert version.data_version == DataVersion.objects.live().number == data_version + 1
    assert version.document != Version.objects.get(kind="measure", key="2020-07", number=1).document


def test_plain_sql_is_signed_with_the_account_and_the_program(measure):
    (version,) = written_by(lambda: PATHS["plain SQL"](measure))
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user || ' (' || current_setting('application_name') || ')'")
        assert version.actor == cursor.fetchone()[0]


def test_deleting_leaves_a_version_without_a_document():
    record = Measure.objects.get(code="2020-03")  # no term stands in it
    (version,) = written_by(record.delete)
    assert (version.key, version.number, version.document, version.public) == ("2020-03", 2, None, False)


def test_deleting_a_measure_changes_the_terms_that_stand_in_it():
    versions = written_by(Measure.objects.get(code="2020-06").delete)
    assert {(version.kind, version.key, version.number) for version in versions} == {
        ("measure", "2020-06", 2),
        ("term", "silicon-building", 2),
        ("term", "shantytown-and-old-area-redevelopment", 2),
    }
    assert Version.objects.of("term", "silicon-building").first().document["measures"] == []


def test_truncate_is_remembered(measure):
    codes = sorted(set(CentreLink.objects.values_list("measure__code", flat=True)))
    versions = written_by(lambda: sql("TRUNCATE measures_centrelink"))
    assert sorted(version.key for version in versions) == codes
    assert all(version.document["centres"] == [] for version in versions)


def test_loaddata_over_the_same_content_changes_nothing_and_over_edits_is_remembered(measure):
    fixtures = ("plan", "vocabulary", "measures")
    assert written_by(lambda: call_command("loaddata", *fixtures, verbosity=0)) == []
    Measure.objects.filter(pk=measure.pk).update(title_en="Edited")
    (version,) = written_by(lambda: call_command("loaddata", *fixtures, verbosity=0))
    assert (version.key, version.number) == ("2020-07", 3)
    assert version.document == Version.objects.get(kind="measure", key="2020-07", number=1).document


def test_many_records_in_one_transaction_raise_the_data_version_once():
    before = DataVersion.objects.live().number
    versions = written_by(lambda: Measure.objects.update(note_en="For all"))
    assert len(versions) == 28
    assert DataVersion.objects.live().number == before + 1


def test_a_draft_is_remembered_but_raises_nothing():
    before = DataVersion.objects.live()
    (version,) = written_by(
        lambda: Measure.objects.create(
            plan_id=2020, category_id=1, number=90, slug="draft", title_zh="草案", basis="named"
        )
    )
    assert (version.public, version.number) == (False, 1)
    assert DataVersion.objects.live().number == before.number


def test_what_was_rolled_back_leaves_nothing(measure):
    before = DataVersion.objects.live().number

    def change():
        with transaction.atomic():
            Measure.objects.update(title_en="New")
            transaction.set_rollback(True)

    assert written_by(change) == []
    assert DataVersion.objects.live().number == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM measures_touched")
        assert cursor.fetchone() == (0,)


def test_what_is_changed_back_before_the_commit_leaves_nothing(measure):
    def change():
        with transaction.atomic():
            title = measure.title_en
            Measure.objects.filter(pk=measure.pk).update(title_en="New")
            Measure.objects.filter(pk=measure.pk).update(title_en=title)

    assert written_by(change) == []


@pytest.mark.parametrize("statement", ["UPDATE measures_version SET note = 'x'", "DELETE FROM measures_version",
                                       "TRUNCATE measures_version"])  # fmt: skip
def test_the_history_is_append_only(statement):
    with pytest.raises(DatabaseError, match="append-only"):
        sql(statement)


def test_concurrent_commits_never_hide_one_another(measure):
    """Real threads, real commits: every action of one measure is changed by a thread of its own, at once."""
    actions = list(measure.actions.values_list("pk", flat=True))
    rounds = 8
    start = threading.Barrier(len(actions))
    faults = []

    def edit(pk):
        try:
            for number in range(rounds):
                start.wait(30)
                with editing_as(f"editor {pk}", str(number)):
                    Action.objects.filter(pk=pk).update(text_en=f"{pk}: {number}")
        except Exception as fault:
            faults.append(fault)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=(pk,)) for pk in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    versions = list(Version.objects.of("measure", "2020-07").order_by("number"))[1:]
    assert [version.number for version in versions] == list(range(2, 2 + rounds * len(actions)))
    # Each version holds what its author wrote and everything that the versions before it hold.
    texts = Version.objects.of("measure", "2020-07").last().document["actions"]
    shown = [action["text_en"] for action in texts]
    for version in versions:
        pk = int(version.actor.split()[1])
        shown[actions.index(pk)] = f"{pk}: {version.note}"
        assert [action["text_en"] for action in version.document["actions"]] == shown
    numbers = [version.data_version for version in versions]
    assert numbers == sorted(set(numbers))


# --- What the database refuses ---

REFUSED = {
    "one number twice": lambda m: Measure.objects.create(
        plan_id=2020, category_id=1, number=7, slug="x", title_zh="x", basis="named"
    ),
    "one link per centre": lambda m: CentreLink.objects.create(
        measure=m, centre=m.centre_links.first().centre, basis="text", reason_zh="x"
    ),
    "one role per place": lambda m: DistrictRole.objects.create(
        measure=m, district=m.district_roles.first().district, role=m.district_roles.first().role
    ),
    "two actions with one number": lambda m: Action.objects.create(
        measure=m, position=1, text_zh="x", paragraph_id=1
    ),
    "an action numbered 0": lambda m: m.actions.filter(position=1).update(position=0),
    "an unknown status": lambda m: Measure.objects.filter(pk=m.pk).update(status="secret"),
    "an unknown basis": lambda m: Measure.objects.filter(pk=m.pk).update(basis="rumour"),
    "derived without a parent": lambda m: Measure.objects.filter(pk=m.pk).update(
        basis="derived", parent=None
    ),
    "its own parent": lambda m: Measure.objects.filter(pk=m.pk).update(basis="derived", parent=m.pk),
    "another plan's category": lambda m: Measure.objects.filter(pk=m.pk).update(category=other_plan()[1]),
    "another plan's paragraph": lambda m: m.paragraphs.add(other_plan()[2]),
    "an action citing another plan": lambda m: m.actions.update(paragraph=other_plan()[2]),
    "a measure's public number": lambda m: Measure.objects.filter(pk=m.pk).update(number=77),
    "a category's slug": lambda m: Category.objects.filter(pk=m.category_id).update(slug="other"),
    "a place's slug": lambda m: District.objects.filter(slug="futian").update(slug="other"),
    "a plan's slug": lambda m: Plan.objects.update(slug="other"),
    "a paragraph's number": lambda m: SourceParagraph.objects.filter(number=1).update(number=99),
}


def other_plan():
    names = ("title", "short_title", "issuer", "source", "intro", "method")
    texts = {f"{name}_{language}": "x" for name in names for language in ("zh", "en")}
    plan = Plan.objects.create(slug="later", year=2021, **texts)
    texts = {"name_zh": "x", "name_en": "x", "intro_zh": "x", "intro_en": "x"}
    category = Category.objects.create(plan=plan, number=1, slug="later", **texts)
    return plan, category, SourceParagraph.objects.create(plan=plan, number=1, opening="x")


@pytest.mark.parametrize("rule", REFUSED)
def test_the_database_holds_its_rules(measure, rule):
    before = Version.objects.of("measure", "2020-07").first().document

    def break_it():
        with transaction.atomic():
            REFUSED[rule](measure)

    with pytest.raises(IntegrityError):
        break_it()
    with connection.cursor() as cursor:
        cursor.execute("SELECT measures_document('measure', '2020-07') = %s::jsonb", [json.dumps(before)])
        assert cursor.fetchone() == (True,)


def test_a_draft_may_still_get_another_number():
    draft = Measure.objects.create(
        plan_id=2020, category_id=1, number=90, slug="draft", title_zh="草案", basis="named"
    )
    versions = written_by(lambda: Measure.objects.filter(pk=draft.pk).update(number=91))
    assert {(version.key, version.document is None) for version in versions} == {
        ("2020-90", True),
        ("2020-91", False),
    }


def test_actions_swap_numbers_in_one_transaction(measure):
    with transaction.atomic():
        measure.actions.filter(position=1).update(position=100)
        measure.actions.filter(position=2).update(position=1)
        measure.actions.filter(position=100).update(position=2)
    assert list(measure.actions.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
