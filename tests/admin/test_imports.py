"""A spreadsheet brought back: only changed cells, all or nothing, every bad cell named, no silent overwrite."""

import csv
from io import StringIO

import pytest
from django.db import connection, transaction
from django.utils.translation import override

from measures.admin.imports.cells import EDITABLE, GROUPS, NAMED_BY
from measures.models import Action, Measure, Version
from measures.open_data.columns import COLUMNS
from measures.snapshots import editing_as
from tests.admin.desk import posted, signed_in
from tests.admin.sheets import (
    ADDRESS,
    as_csv,
    as_xlsx,
    changed_cells,
    confirm,
    faults,
    upload,
)

pytestmark = pytest.mark.usefixtures("restored")


@pytest.fixture
def sheet(client):
    """The public CSV file as rows: {code: {column: cell}}."""
    response = client.get("/measures.csv")
    text = response.getvalue().decode("utf-8-sig")
    return {row["code"]: row for row in csv.DictReader(StringIO(text, newline=""))}


def test_the_export_as_it_is_changes_nothing(editor, sheet):
    for content in (as_csv(sheet), as_csv(sheet, "gb18030"), as_xlsx(sheet)):
        response = upload(editor, content)
        assert response.context["unchanged"] == 28
        assert "rows" not in response.context


def test_the_preview_shows_only_changed_cells_and_writes_nothing(editor, sheet):
    sheet["2020-07"]["title_en"] = "A new title"
    sheet["2020-12"]["keywords_zh"] = "甲\n乙"
    before = Version.objects.count()
    response = upload(editor, as_csv(sheet))
    assert changed_cells(response) == [
        (8, "2020-07", "Title (English)"),
        (13, "2020-12", "Keywords (Chinese)"),
    ]
    assert Version.objects.count() == before
    assert confirm(editor, response, change_note="in Excel").status_code == 302
    assert list(Version.objects.order_by("id").values_list("key", "number", "actor", "note"))[before:] == [
        ("2020-07", 2, "lin", "in Excel"),
        ("2020-12", 2, "lin", "in Excel"),
    ]
    assert Measure.objects.get(code="2020-12").keywords_zh == ["甲", "乙"]


def test_one_bad_cell_in_28_rows_writes_nothing_and_is_named(editor, sheet):
    for row in sheet.values():
        row["note_en"] = "Changed in all 28 rows"
    sheet["2020-19"]["category"] = "no-such-category"
    before = Version.objects.count()
    assert faults(upload(editor, as_csv(sheet))) == [
        (20, "2020-19", "category", "There is no “no-such-category”.")
    ]
    assert Version.objects.count() == before


BAD = {
    "basis": ("rumour", "basis"),
    "title_zh": ("數字", "title_zh"),
    "title_en": ("", "title_en"),
    "paragraphs": ("15\n999", "paragraphs"),
    "audiences": ("nobody", "audiences"),
    "centres": ("moon", "centres"),
    "centre_basis": ("guess", "centre_basis"),
    "actions_zh": ("", "actions_en"),
    "action_paragraphs": ("x", "action_paragraphs"),
    "districts": ("atlantis", "districts"),
    "parent": ("2020-07", "basis"),
    "version": ("", "version"),
}


def test_every_kind_of_bad_cell_is_named(editor, sheet):
    """One in each row of a file: all are named at once, each with its line."""
    expected = set()
    for line, (column, (cell, named)) in enumerate(BAD.items(), start=8):
        code = f"2020-{line - 1:02}"
        sheet[code] |= {"note_en": "Changed", column: cell}
        expected.add((line, code, named))
    found = {(line, code, name) for line, code, name, _message in faults(upload(editor, as_csv(sheet)))}
    assert found >= expected
    assert {line for line, *_rest in found} == {line for line, *_rest in expected}


def test_a_record_changed_since_the_export_is_a_conflict(editor, sheet):
    Measure.objects.filter(code="2020-07").update(title_en="Changed meanwhile")
    sheet["2020-07"]["summary_en"] = "From Excel"
    (fault,) = faults(upload(editor, as_csv(sheet)))
    assert fault[:3] == (8, "2020-07", "version")
    assert fault[3].startswith("Changed since the export: the file has version 1, saved is version 2.")


def test_a_version_that_a_restored_backup_has_lost_is_a_conflict(editor, sheet):
    """Another version has its number now. Where a program has rewritten the time, the number alone counts."""
    row = sheet["2020-07"] | {"summary_en": "From Excel", "edited": "2026-01-01T00:00:00Z"}
    (fault,) = faults(upload(editor, as_csv({"2020-07": row})))
    assert fault[:3] == (2, "2020-07", "version")
    assert "the file has version 1 (2026-01-01T00:00:00Z), saved is version 1 (" in fault[3]
    row["edited"] = "01/01/2026 00:00"
    response = upload(editor, as_csv({"2020-07": row}))
    assert changed_cells(response) == [(2, "2020-07", "Summary (English)")]
    assert confirm(editor, response).status_code == 302


def test_a_record_changed_between_preview_and_confirmation_is_a_conflict(editor, sheet):
    sheet["2020-07"]["summary_en"] = "From Excel"
    sheet["2020-08"]["summary_en"] = "From Excel"
    response = upload(editor, as_csv(sheet))
    Measure.objects.filter(code="2020-08").update(title_en="Changed meanwhile")
    before = Version.objects.count()
    assert [fault[:3] for fault in faults(confirm(editor, response))] == [(9, "2020-08", "version")]
    assert Version.objects.count() == before  # not the other row either


def test_a_preview_cannot_be_forged(editor, sheet):
    sheet["2020-07"]["summary_en"] = "From Excel"
    data = posted(upload(editor, as_csv(sheet)), "confirm-import")
    data["payload"] = [data["payload"][0][:-1] + "x"]
    response = editor.post(ADDRESS, {**data, "confirmed": "yes"})
    assert "This preview is no longer valid." in faults(response)[0][3]


@pytest.mark.parametrize("change", ["\n新的措施", "（改）"])
def test_what_the_file_does_not_say_of_an_action_stays(editor, sheet, change):
    with editing_as("test"):
        Action.objects.filter(measure__code="2020-07", position=6).update(background=True)
    sheet["2020-07"]["version"] = "2"
    sheet["2020-07"]["edited"] = ""
    for row in sheet.values():
        del row["action_background"]
    sheet["2020-07"]["actions_zh"] += change
    if change.startswith("\n"):
        sheet["2020-07"]["action_paragraphs"] += "\n15"
    assert confirm(editor, upload(editor, as_csv(sheet))).status_code == 302
    saved = Version.objects.get(kind="measure", key="2020-07", number=3).document
    assert [action["position"] for action in saved["actions"] if action["background"]] == [6]


def test_actions_centres_and_places_come_back_line_by_line(editor, sheet):
    row = sheet["2020-07"]
    for name, line in (
        ("actions_zh", "新的措施"),
        ("actions_en", "A new action"),
        ("action_paragraphs", "15"),
    ):
        row[name] += f"\n{line}"
    row["district_notes_en"] = "A new note"
    row["centre_basis"] = "editorial"
    response = upload(editor, as_xlsx(sheet))
    assert confirm(editor, response).status_code == 302
    old = Version.objects.get(kind="measure", key="2020-07", number=1).document
    new = Version.objects.get(kind="measure", key="2020-07", number=2).document
    action = {
        "position": 7,
        "text_zh": "新的措施",
        "text_en": "A new action",
        "paragraph": 15,
        "background": False,
    }
    assert new == old | {
        "actions": [*old["actions"], action],
        "paragraphs": [15, 16],  # what an action cites is among them
        "districts": [old["districts"][0] | {"note_en": "A new note"}],
        "centres": [old["centres"][0] | {"basis": "editorial"}],
    }


def test_guards_against_formulas_come_off_again(editor, client):
    texts = {"2020-06": "=SUM(A1)", "2020-07": "-dash", "2020-08": "@name", "2020-09": "'=quoted"}
    for code, text in texts.items():
        Measure.objects.filter(code=code).update(note_en=text)
    content = client.get("/measures.csv").getvalue()
    assert all(f"'{text}" in content.decode("utf-8-sig") for text in texts.values())
    assert upload(editor, content).context["unchanged"] == 28


def test_codes_that_excel_took_for_months_are_read(editor, sheet):
    for code, cell in {"2020-07": "Jul-20", "2020-08": "2020/8/1", "2020-09": "2020年9月"}.items():
        sheet[code] |= {"code": cell, "note_en": "From Excel"}
    response = upload(editor, as_csv(sheet))
    assert [code for _line, code, _label in changed_cells(response)] == ["2020-07", "2020-08", "2020-09"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The submitted file is empty."),
        (b"a,b\r\n1,2\r\n", "Missing columns: code, version. Start from a file exported here."),
        (b"code,version,colour\r\n2020-07,1,red\r\n", "Unknown or repeated columns: colour."),
        (b"code,version,version\r\n2020-07,1,1\r\n", "Unknown or repeated columns: version."),
        (
            b"PK\x03\x04 not a workbook",
            "The file is damaged or incomplete. Open it in your spreadsheet program, save it anew, and upload that.",
        ),
        (b"code,version\r\n2020-07,\xff\xff\r\n", "The text of this file is neither UTF-8 nor GB 18030."),
        (
            b"code,version\r\n2020-99,1\r\n",
            "There is no measure “2020-99”. To enter a new one, leave its version empty.",
        ),
        (b"code,version\r\n2020-07,1\r\n2020-07,1\r\n", "This measure stands in the file twice."),
    ],
)
def test_files_that_cannot_be_read_are_explained(editor, content, message):
    response = upload(editor, content)
    form = response.context["form"]
    with override("en"):  # lazy texts of Django's own
        said = [*form.errors.get("file", []), *(fault[3] for fault in response.context.get("faults") or ())]
    assert said == [message]


def test_viewers_without_the_right_cannot_import(client):
    assert client.get(ADDRESS).status_code == 302
    assert signed_in("guest", "").get(ADDRESS).status_code == 302


def test_background_comes_back_line_by_line(editor, sheet):
    sheet["2020-15"]["action_background"] = "no\nno\nno\nno\nno\nYes\nyes\nno"
    assert confirm(editor, upload(editor, as_xlsx(sheet))).status_code == 302
    new = Version.objects.get(kind="measure", key="2020-15", number=2).document["actions"]
    assert [row["position"] for row in new if row["background"]] == [6, 7]
    sheet["2020-15"] |= {"version": "2", "edited": "", "action_background": "no\n" * 7 + "perhaps"}
    assert [fault[1:] for fault in faults(upload(editor, as_xlsx(sheet)))] == [
        ("2020-15", "action_background", "Line 8: “perhaps” is neither “yes” nor “no”.")
    ]


def test_a_file_is_no_older_for_what_a_migration_wrote(editor, sheet):
    with transaction.atomic():
        connection.cursor().execute("SELECT set_config('futian.migration', 'yes', true)")
        Measure.objects.filter(code="2020-07").update(headline_en="Brought in")
    assert Version.objects.of("measure", "2020-07").first().number == 2
    sheet["2020-07"] |= {"note_en": "From Excel", "headline_en": "Brought in"}
    assert changed_cells(upload(editor, as_csv(sheet))) == [(8, "2020-07", "Editors’ note (English)")]
    with editing_as("chen"):
        Measure.objects.filter(code="2020-07").update(note_en="By hand")
    assert [fault[:3] for fault in faults(upload(editor, as_csv(sheet)))] == [(8, "2020-07", "version")]


def test_what_no_column_holds_stays_as_it_is(editor, sheet):
    action = Measure.objects.get(code="2020-07").actions.get(position=2)
    action.background = True
    action.save()
    sheet["2020-07"]["version"] = "2"
    for row in sheet.values():
        row.pop("edited", None)
        del row["action_background"]
    sheet["2020-07"]["actions_en"] = "Reworded" + sheet["2020-07"]["actions_en"]
    assert confirm(editor, upload(editor, as_xlsx(sheet))).status_code == 302
    new = Version.objects.get(kind="measure", key="2020-07", number=3).document["actions"]
    assert new[0]["text_en"].startswith("Reworded")
    assert [row["position"] for row in new if row["background"]] == [2]


def test_every_column_that_is_not_derived_can_come_back():
    of_measures = {field.name for field in Measure._meta.get_fields()}
    in_groups = {name for columns in GROUPS.values() for name in columns}
    assert set(EDITABLE) - in_groups <= of_measures
    related = {name for name in set(EDITABLE) - in_groups if Measure._meta.get_field(name).is_relation}
    assert related == set(NAMED_BY)
    assert {column.name for column in COLUMNS} >= {"code", "version"}
