"""The second edition of the content reaches a database that has the first: texts that staff have edited stay as they are."""

import pytest
from django.core.management import call_command

from measures.catalogue import Catalogue
from measures.models import (
    Action,
    CentreLink,
    DataVersion,
    Measure,
    PublicVersion,
    SearchRow,
    SourceParagraph,
    Term,
    Version,
)
from measures.snapshots import editing_as
from tests.models.index_oracle import data_versions, read_from_index, read_plainly, whole_index
from tests.models.test_index import rebuilt
from tests.models.test_versions import save_everything

from .scratch import load, scratch_database

OURS = "Written at the desk."


def documents() -> dict[tuple[str, str], dict]:
    """(kind, key) -> the record as it is now, for those that are there."""
    latest = Version.objects.order_by("kind", "key", "-number").distinct("kind", "key")
    return {(version.kind, version.key): version.document for version in latest if version.document}


def said(record: dict) -> dict[str, object]:
    """The fields of a record; those of its actions and links by position and centre."""
    fields = {name: value for name, value in record.items() if name not in ("actions", "centres")}
    for action in record.get("actions", ()):
        fields |= {f"action {action['position']} {name}": value for name, value in action.items()}
    for link in record.get("centres", ()):
        fields |= {f"centre {link['centre']} {name}": value for name, value in link.items()}
    return fields


def differences(old: dict, new: dict) -> dict[tuple[str, str], tuple]:
    """(key of the record, field) -> what it said and what it says."""
    found = {}
    for kind, key in old.keys() | new.keys():
        before, after = said(old.get((kind, key), {})), said(new.get((kind, key), {}))
        for name in before.keys() | after.keys():
            if before.get(name) != after.get(name):
                found[key, name] = (before.get(name), after.get(name))
    return found


def edit() -> None:
    """Edits of what the second edition changes too, between the two."""
    actions = Action.objects.filter
    with editing_as("chen"):
        actions(measure__code="2020-01", position=5).update(text_en=OURS)
        actions(measure__code="2020-06", position=3).update(text_zh="本台所写。", text_en=OURS)
        four, five = actions(measure__code="2020-15", position__in=(4, 5))
        actions(pk=four.pk).update(position=9)
        actions(pk=five.pk).update(position=4)
        actions(pk=four.pk).update(position=5)
        for action in actions(measure__code="2020-21").order_by("-position"):
            actions(pk=action.pk).update(position=action.position + 1)
        Measure.objects.get(code="2020-21").actions.create(
            position=1, text_zh="新增的一项", text_en=OURS, paragraph=SourceParagraph.objects.get(number=36)
        )
        CentreLink.objects.filter(measure__code="2020-18").update(reason_zh="本台所写。")
        CentreLink.objects.filter(measure__code="2020-11").update(reason_en=OURS)
        Measure.objects.filter(code="2020-28").update(keywords_zh=["干部"])
        Measure.objects.filter(code="2020-26").update(
            basis="derived", parent=Measure.objects.get(code="2020-25")
        )
        Measure.objects.filter(code="2020-09").update(headline_en=OURS)
        term = Term.objects.create(
            plan_id=2020,
            slug="one-plus-n",
            name_zh="1+N",
            name_en="1+N",
            gloss_zh="本台所写。",
            gloss_en=OURS,
        )
        term.measures.set(Measure.objects.filter(code="2020-16"))


@pytest.fixture(scope="module")
def unedited(databases):
    """The documents of a first edition that nobody has edited, before and after the second came."""
    with scratch_database(databases, "unedited") as name:
        load(databases, name, "1.0-unedited")
        databases.use(name)
        call_command("migrate", "measures", "0004", verbosity=0)
        before = documents()
        call_command("migrate", verbosity=0)
        return before, documents()


@pytest.fixture(scope="module")
def second_edition(databases):
    """The name of a lived-in database that has the second edition, and what it held before."""
    with scratch_database(databases, "second_edition") as name:
        load(databases, name)
        databases.use(name)
        call_command("migrate", "measures", "0004", verbosity=0)
        edit()
        held = {
            "documents": documents(),
            "version": Version.objects.first().pk,
            "data_version": DataVersion.objects.live().number,
            "events": list(PublicVersion.objects.events().values_list("pk", flat=True)),
            "rows": list(told_of_measures()),
            "edited": [measure.code for measure in Catalogue.current().edited_last(50)],
        }
        call_command("migrate", verbosity=0)
        yield name, held


@pytest.fixture
def before(databases, second_edition):
    """What the lived-in database held; the tests use it as it is with the second edition."""
    name, held = second_edition
    databases.use(name)
    return held


def told_of_measures():
    """What lists, feeds and citations say of the versions of measures."""
    present = SearchRow.objects.present().order_by("code")
    return present.values_list("code", "version_number", "edited_at", "published_at")


# Fields that the second edition changes and that staff had written before.
KEPT = {
    ("2020", "intro_en"),
    ("modern-industry", "intro_en"),
    ("technology", "description_en"),
    ("2020-01", "action 5 text_en"),
    ("2020-06", "action 3 text_en"),
    ("2020-07", "note_en"),
    ("2020-09", "headline_en"),
    ("2020-11", "centre services reason_en"),
    *(("2020-18", f"centre services {name}") for name in ("centre", "basis", "reason_zh", "reason_en")),
    ("2020-20", "summary_en"),
    ("2020-26", "basis"),
    ("2020-28", "keywords_zh"),
    *(
        ("one-plus-n", name)
        for name in ("slug", "plan_year", "name_zh", "name_en", "gloss_zh", "gloss_en", "measures")
    ),
}
# What had been deleted, with the term that stands nowhere else.
GONE = {"2020-05", "third-party-evidence"}
# Measures whose actions staff had put into another order, or added to.
OTHER_ORDER = {"2020-15", "2020-21"}


def in_order(key: tuple[str, str]) -> bool:
    """Whether the field is not one of an action in another order."""
    return not (key[0] in OTHER_ORDER and key[1].startswith("action"))


def test_a_first_edition_that_nobody_edited_becomes_what_a_new_installation_has(databases, unedited):
    databases.use(databases.name)
    assert set(Version.objects.values_list("actor", "number")) == {("load_content", 1)}
    assert documents() == unedited[1]


def test_every_changed_field_changes_unless_staff_have_written_it(before, unedited):
    everywhere, here = differences(*unedited), differences(before["documents"], documents())
    assert len(everywhere) > 400
    assert everywhere.keys() > KEPT
    assert {key: pair for key, pair in here.items() if in_order(key)} == {
        key: pair
        for key, pair in everywhere.items()
        if key not in KEPT and key[0] not in GONE and in_order(key)
    }


def test_actions_keep_the_order_that_staff_gave_them(before):
    def actions(code: str) -> list[tuple]:
        return list(Action.objects.filter(measure__code=code).values_list("text_en", "background"))

    fifteen = [
        (text.partition(",")[0].partition(" when")[0].partition(" and")[0], old)
        for text, old in actions("2020-15")
    ]
    assert fifteen == [
        (
            "Pilot in Xiangmihu Sub-district over the previous year: move the former workstations’ duties to the sub-district",
            True,
        ),
        ("Same pilot: vet", True),
        ("Improve the community management pilot in Xiangmihu Sub-district", False),
        ("Put into practice the rule that departments respond", False),
        ("Clarify the duties of district departments", False),
        ("Set up two-way assessment between district", False),
        ("Use sub-district integrated social governance centres to coordinate work", False),
        ("Open “Tongxin e-Station” branches in sub-districts", False),
    ]
    assert [text for text, _old in actions("2020-21")][:2] == [
        OURS,
        "Help put the national pilot in standardising basic public services into practice",
    ]
    assert actions("2020-21")[5][0].startswith("Explore how to put the standards into effect")


def test_readers_are_told_nothing(before):
    written = Version.objects.filter(pk__gt=before["version"])
    assert set(written.values_list("actor", "event", "note", "private_note", "data_version")) == {
        ("migration", "", "", "", before["data_version"] + 1)
    }
    assert DataVersion.objects.live().number == before["data_version"] + 1
    assert list(PublicVersion.objects.events().values_list("pk", flat=True)) == before["events"]
    assert list(told_of_measures()) == before["rows"]
    assert [measure.code for measure in Catalogue.current().edited_last(50)] == before["edited"]


def test_the_past_and_the_present_can_be_read(before):
    for number in data_versions():
        assert read_from_index(number) == read_plainly(number), number
    headline = SearchRow.objects.present().get(code="2020-15").text
    assert "划清区、街道和社区各管什么" in headline
    index = whole_index()
    assert rebuilt() == "Every row was as it should be.\n"
    assert whole_index() == index


def test_saving_every_record_as_it_is_writes_no_version(before):
    count, number = Version.objects.count(), DataVersion.objects.live().number
    save_everything()
    assert (Version.objects.count(), DataVersion.objects.live().number) == (count, number)
