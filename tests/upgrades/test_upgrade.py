"""What an earlier release left is upgraded with everything kept; any other state is refused, and the remedy works."""

import importlib
import json
import os
import subprocess
from collections import defaultdict

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from futian_reform.operations.embedded_postgres import programs
from measures.models import (
    CharacterPair,
    DataVersion,
    Measure,
    Plan,
    PublicVersion,
    SearchName,
    SearchRow,
    Version,
    Word,
)
from tests.models.index_oracle import (
    check_derived_columns,
    data_versions,
    read_from_index,
    read_plainly,
    whole_index,
)
from tests.models.steps import rebuilt, save_everything

from .make import PASSWORD, SECRET
from .scratch import address, as_before, contents, load, scratch_database

# What the upgrade adds rows to, and what it makes anew.
ADDED_TO = {
    "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations", "measures_version",
}  # fmt: skip
MADE_ANEW = {
    "measures_characterpair", "measures_dataversion", "measures_facetset", "measures_searchname", "measures_searchrow",
    "measures_touched", "measures_word",
}  # fmt: skip
# Where the second edition of the content, which follows the schema, changes texts.
CONTENT = {
    "measures_plan", "measures_category", "measures_centre", "measures_measure", "measures_action", "measures_centrelink",
}  # fmt: skip


@pytest.fixture(scope="module")
def upgraded(databases):
    """The name of a database with the new schema, what the dump held that it was made from, and what it held itself.

    The second edition of the content, which a later migration brings in, has tests of its own in test_content.py.
    """
    with scratch_database(databases, "upgrade") as name:
        load(databases, name)
        held = contents(databases, name)
        databases.use(name)
        call_command("migrate", "measures", "0004", verbosity=0)
        connections.close_all()
        yield name, held, contents(databases, name)


@pytest.fixture
def before(databases, upgraded):
    """What the dump held; the tests use the database that was made from it."""
    name, held, _after = upgraded
    databases.use(name)
    return held


def test_every_row_is_kept(upgraded):
    _name, before, after = upgraded
    assert len(before["measures_measure"]) > 28
    assert len(before["auth_user"]) == 5
    assert len(before["django_session"]) == 2
    for table in before.keys() - MADE_ANEW:
        old, new = as_before(before[table], before[table]), as_before(after[table], before[table])
        if table in ADDED_TO:
            assert set(old) <= set(new), table
        else:
            assert old == new, table
    assert after.keys() - before.keys() == {"measures_term", "measures_term_measures", "measures_synonym"}


def test_the_history_says_what_it_said(before, upgraded):
    _name, _before, after = upgraded
    columns = ("id", "kind", "key", "number", "document", "public", "actor", "at", "note", "data_version")
    old = [[row[name] for name in columns] for row in before["measures_version"]]
    new = {row["id"]: [row[name] for name in columns] for row in after["measures_version"]}
    assert len(old) > 100
    assert [new[row[0]] for row in old] == old
    assert {row["private_note"] for row in after["measures_version"]} == {""}
    assert Version.objects.of("measure", "2020-05").first().document is None  # the deleted one
    assert Version.objects.of("measure", "2020-30").first().public is False  # the withdrawn one


def test_accounts_sign_in_and_groups_may_what_the_new_records_need(before):
    for name in ("chen", "lin", "wu", "guest", "root"):
        assert User.objects.get(username=name).check_password(PASSWORD)
    groups = {user.username: [group.name for group in user.groups.all()] for user in User.objects.all()}
    assert groups == {
        "chen": ["editor"],
        "lin": ["publisher"],
        "wu": ["administrator"],
        "guest": [],
        "root": [],
    }
    for group in Group.objects.all():
        may = set(group.permissions.values_list("codename", flat=True))
        for model in ("term", "synonym"):
            assert {f"{do}_{model}" for do in ("view", "add", "change")} <= may
            assert (f"delete_{model}" in may) == (group.name == "administrator")


def in_new_shape(kind: str, document: dict) -> dict:
    """A document of the first release as this one writes it, nothing else changed."""
    if kind == "plan":
        return document | {"status": "published"}
    if kind != "measure":
        return document
    return document | {
        "headline_zh": "",
        "headline_en": "",
        "actions": [action | {"background": False} for action in document["actions"]],
        "audiences": sorted(document["audiences"]),
        "centres": sorted(document["centres"], key=lambda link: link["centre"]),
        "districts": sorted(document["districts"], key=lambda row: (row["district"], row["role"])),
    }


def test_a_record_of_another_shape_has_one_more_version_which_is_no_event(before):
    last = max(row["id"] for row in before["measures_version"])
    added = list(Version.objects.filter(id__gt=last))
    assert {(version.actor, version.event, version.note) for version in added} == {("migration", "", "")}
    newest = before["measures_dataversion"][0]["number"]
    assert {version.data_version for version in added} == {newest + 1} == {DataVersion.objects.live().number}
    assert sorted(version.key for version in added) == sorted(
        ["2020", *Measure.objects.values_list("code", flat=True)]
    )
    for version in added:
        old = Version.objects.of(version.kind, version.key)[1]
        assert version.number == old.number + 1
        assert version.public == old.public
        assert version.document == in_new_shape(version.kind, old.document)


def test_data_versions_have_the_times_of_their_versions(before):
    (old,) = before["measures_dataversion"]
    first = {}
    for row in before["measures_version"]:
        first[row["data_version"]] = min(row["at"], first.get(row["data_version"], row["at"]))
    rows = DataVersion.objects.order_by("number")
    assert [row.number for row in rows] == list(range(old["number"] + 2))
    for row in rows[1 : old["number"]]:
        assert row.at.isoformat() == first[row.number].replace("Z", "+00:00")
    assert rows[old["number"]].at.isoformat() == old["at"]
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert len({row.lineage for row in rows}) == 1
    assert {row.restores for row in rows} == {0}


def test_past_versions_say_what_readers_were_told(before):
    told = defaultdict(list)
    for version in Version.objects.filter(kind="measure").order_by("number"):
        told[version.key].append(version.event)
    assert told["2020-07"] == ["added", "changed", "changed", ""]
    assert told["2020-05"] == ["added", "deleted"]
    assert told["2020-10"] == ["added", "withdrawn", "", "published_again", ""]
    assert told["2020-29"] == ["", "", ""]
    assert told["2020-30"] == ["", "added", "withdrawn", "", ""]
    assert told["2020-31"] == ["added", "deleted", "published_again", ""]
    assert told["2020-32"] == ["added", "withdrawn", ""]
    assert told["2020-33"] == ["", ""]


def test_every_data_version_can_be_read(before):
    numbers = data_versions()
    assert len(numbers) > 25
    for number in numbers:
        assert read_from_index(number) == read_plainly(number), number
    check_derived_columns()
    assert SearchName.objects.as_of(2).get(slug="technology-innovation").text.startswith("打造")
    assert SearchName.objects.present().get(slug="technology-innovation").text.startswith("深港融合新名称")
    # A measure that is no more has a number in the bitmaps that no other has.
    keys = dict(SearchRow.objects.values_list("code", "measure_id"))
    assert len(set(keys.values())) == len(keys)
    assert all(keys[code] == key for code, key in Measure.objects.values_list("code", "id") if code in keys)


def test_pairs_and_words_are_kept_and_have_their_first_data_version(before):
    pairs = {
        (first, second): in_name
        for first, second, in_name in CharacterPair.objects.values_list("first", "second", "in_name")
    }
    for row in before["measures_characterpair"]:
        assert pairs[row["first"], row["second"]] >= row["in_name"]
    old = {(row["first"], row["second"]) for row in before["measures_characterpair"]}
    assert {row["word"] for row in before["measures_word"]} <= set(
        Word.objects.values_list("word", flat=True)
    )
    # What is there besides comes of texts that were public, as they are read now.
    unexplained = CharacterPair.objects.filter(since=0).values_list("first", "second")
    assert set(unexplained) <= old
    assert set(Word.objects.filter(since=0).values_list("word", flat=True)) <= {
        row["word"] for row in before["measures_word"]
    }
    assert CharacterPair.objects.get(first="融", second="合").since == 1
    renamed = CharacterPair.objects.get(first="新", second="名")
    assert (renamed.in_name, renamed.name_since) == (True, 3)
    # That stood in public for less than a data version.
    assert CharacterPair.objects.get(first="片", second="刻").since == 0


def test_what_was_never_public_still_is_not(before):
    shown = json.dumps(list(PublicVersion.objects.values()), default=str, ensure_ascii=False)
    searched = " ".join(SearchRow.objects.values_list("text", flat=True))
    for text in (SECRET, "绝密", "TOP-SECRET"):
        assert text not in shown
        assert text.lower() not in searched
    assert not CharacterPair.objects.filter(first="绝", second="密").exists()
    assert Measure.objects.get(code="2020-29").title_zh == SECRET
    assert set(Plan.objects.values_list("status", flat=True)) == {"published"}


def test_saving_every_record_as_it_is_writes_no_version(before):
    count, number = Version.objects.count(), DataVersion.objects.live().number
    save_everything()
    assert (Version.objects.count(), DataVersion.objects.live().number) == (count, number)


def test_rebuilding_the_index_changes_nothing(before):
    index = whole_index()
    assert rebuilt() == "Every row was as it should be.\n"
    assert whole_index() == index


def test_life_goes_on(databases, upgraded):
    connections.close_all()
    with scratch_database(databases, "life", upgraded[0]) as name:
        databases.use(name)
        number = DataVersion.objects.live().number
        Measure.objects.filter(code="2020-07").update(headline_en="A headline")
        version = Version.objects.of("measure", "2020-07").first()
        assert (version.data_version, version.event, version.document["headline_en"]) == (
            number + 1,
            "changed",
            "A headline",
        )
        assert SearchRow.objects.present().get(code="2020-07").version_number == version.number
        assert read_from_index(number + 1) == read_plainly(number + 1)


# --- Other states ---

OLDER = {
    "a function of another text": "CREATE OR REPLACE FUNCTION measures_title_key(t text) RETURNS text LANGUAGE sql STABLE "
    "STRICT AS $$ SELECT t $$",
    "a function less": "DROP FUNCTION measures_write_search_rows(bigint[])",
    "a trigger less": "DROP TRIGGER touch_all ON measures_action",
}


@pytest.fixture(params=OLDER)
def older(request, databases):
    """The name of a database in a state that no release left."""
    with scratch_database(databases, "older") as name:
        load(databases, name)
        with psycopg.connect(**databases.maintenance | {"dbname": name}) as database:
            database.execute(OLDER[request.param])
        yield name


def test_any_other_state_is_refused_and_nothing_is_changed(older, databases):
    held = contents(databases, older)
    databases.use(older)
    with pytest.raises(DatabaseError, match=r"Nothing was changed.*docs/upgrading\.md"):
        call_command("migrate", verbosity=0)
    connections.close_all()
    assert contents(databases, older) == held


@pytest.mark.parametrize("older", ["a function of another text"], indirect=True)
def test_the_remedy_keeps_everything(older, databases):
    guide = (settings.BASE_DIR / "docs/upgrading.md").read_text(encoding="utf-8")
    (recipe,) = (block.partition("```")[0] for block in guide.split("```sh\n")[1:])
    held = contents(databases, older)
    with scratch_database(databases, "direct") as name:
        load(databases, name)
        databases.use(name)
        call_command("migrate", verbosity=0)
        connections.close_all()
        direct = contents(databases, name)
    with scratch_database(databases, "new") as name:
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", recipe],
            env=os.environ
            | {"OLD": address(databases, older), "NEW": address(databases, name)}
            | {"PATH": f"{programs()}:{os.environ['PATH']}"},
            cwd=settings.BASE_DIR,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        now = contents(databases, name)
        for table in held.keys() - MADE_ANEW - ADDED_TO:
            wanted = direct if table in CONTENT else held
            assert as_before(now[table], held[table]) == as_before(wanted[table], held[table]), table
        old = set(as_before(held["measures_version"], held["measures_version"]))
        assert old < set(as_before(now["measures_version"], held["measures_version"]))
        databases.use(name)
        for number in data_versions():
            assert read_from_index(number) == read_plainly(number)
        assert User.objects.get(username="chen").check_password(PASSWORD)


def test_the_landed_state_is_what_the_migrations_before_leave(databases):
    migration = importlib.import_module("measures.migrations.0004_second_edition")
    with scratch_database(databases, "landed") as name:
        databases.use(name)
        call_command("migrate", "measures", "0003", verbosity=0)
        with connection.cursor() as cursor:
            assert migration.fingerprint(cursor) == migration.LANDED
