"""The import moves no text: lines stay beside the lines they belong to, and what is written is what was shown."""

import pytest

from measures.admin.imports.cells import GROUPS
from measures.models import Action, Centre, CentreLink, District, DistrictRole, Measure
from tests.admin.sheets import (
    as_csv,
    as_guarded_csv,
    as_ods,
    as_xlsx,
    changed_cells,
    check_random_sheets,
    confirm,
    faults,
    saved_table,
    upload,
)

pytestmark = pytest.mark.usefixtures("restored")
MODELS = {"actions": Action, "centres": CentreLink, "districts": DistrictRole}
# The columns whose lines may be empty beside another one.
FREE = [
    (group, column)
    for group, columns in GROUPS.items()
    for column, field in columns.items()
    if getattr(MODELS[group]._meta.get_field(field), "empty_strings_allowed", False)
    and MODELS[group]._meta.get_field(field).blank
]


def rows_of(measure, group):
    """The rows of a measure that the columns of the group tell, three at least."""
    if group == "centres":
        for centre in Centre.objects.exclude(links__measure=measure)[:2]:
            measure.centre_links.create(centre=centre, basis="text", reason_zh="因")
    if group == "districts":
        for place in District.objects.exclude(roles__measure=measure)[:2]:
            measure.district_roles.create(district=place, role="pilot")
    return MODELS[group].objects.filter(measure=measure)


@pytest.mark.parametrize("empty", [{0}, {0, 1}, {-1}, {-1, -2}], ids=str)
@pytest.mark.parametrize(("group", "column"), FREE)
def test_an_empty_line_stays_where_it_is(editor, measure, group, column, empty):
    """Beside its action, centre or place, when another line is changed; programs drop empty lines at the end."""
    rows, field = rows_of(measure, group), GROUPS[group][column]
    for row in rows.all():
        rows.filter(pk=row.pk).update(**{field: f"字 {row.pk}"})
    texts = saved_table()[measure.code][column].split("\n")
    rows.filter(**{f"{field}__in": [texts[place] for place in empty]}).update(**{field: ""})
    table = saved_table()
    lines = table[measure.code][column].split("\n")
    assert [place for place, line in enumerate(lines) if not line] == sorted(
        place % len(lines) for place in empty
    )
    lines[-1 if 0 in empty else 0] = "改"
    table[measure.code][column] = "\n".join(lines).rstrip("\n")
    response = upload(editor, as_xlsx(table))
    assert [code for _line, code, _label in changed_cells(response)] == [measure.code]
    assert confirm(editor, response).status_code == 302
    assert saved_table()[measure.code][column].split("\n") == lines


def test_an_empty_first_line_of_actions_stays_in_every_form_of_file(editor):
    """The English of action 1 is missing; only that of action 2 is changed in the file."""
    Action.objects.filter(measure__code="2020-07", position=1).update(text_en="")
    for number, as_file in enumerate((as_xlsx, as_guarded_csv, as_ods)):
        table = saved_table()
        lines = table["2020-07"]["actions_en"].split("\n")
        assert lines[0] == ""
        lines[1] = f"Line two, {number}"
        table["2020-07"]["actions_en"] = "\n".join(lines)
        response = upload(editor, as_file(table))
        assert changed_cells(response) == [(8, "2020-07", "Actions (English)")]
        assert confirm(editor, response).status_code == 302
        texts = Measure.objects.get(code="2020-07").actions.values_list("text_en", flat=True)
        assert list(texts) == lines


def test_what_is_written_is_what_was_shown(editor):
    Action.objects.filter(measure__number__in=(5, 7, 12), position__in=(1, 3)).update(text_en="")
    ended = check_random_sheets(editor, 25, seed=7)
    assert min(ended.values()) > 0


MISMATCHES = {
    "a line taken out of one column": ("actions_en", lambda lines: lines[1:]),
    "a line put into the first column": ("actions_zh", lambda lines: ["新的措施", *lines]),
    "a line too many": ("action_paragraphs", lambda lines: [*lines, "16"]),
}


@pytest.mark.parametrize("kind", MISMATCHES)
def test_lines_that_do_not_fit_are_an_error_that_names_both_columns(editor, kind):
    column, edit = MISMATCHES[kind]
    table = saved_table()
    row = table["2020-07"]
    row[column] = "\n".join(edit(row[column].split("\n")))
    found = faults(upload(editor, as_csv(table)))
    assert all("lines here, but" in fault[3] and "“actions_zh”" in fault[3] for fault in found)
    assert {fault[2] for fault in found} <= {"actions_en", "action_paragraphs", "action_background"}
    assert found


def test_a_line_break_inside_a_saved_line_is_kept(editor):
    """A cell shows it as a blank; whoever changes another line does not change this one."""
    text = "First\nand second"
    Action.objects.filter(measure__code="2020-07", position=1).update(text_en=text)
    table = saved_table()
    table["2020-07"]["actions_en"] += " more"
    assert confirm(editor, upload(editor, as_xlsx(table))).status_code == 302
    actions = Measure.objects.get(code="2020-07").actions
    assert actions.get(position=1).text_en == text
    assert actions.last().text_en.endswith(" more")


def test_a_group_whose_column_is_empty_changes_in_another_column(editor):
    """A single place without a note has an empty cell, which is a line all the same."""
    code = "2020-07"
    DistrictRole.objects.filter(measure__code=code).update(note_en="", note_zh="", role="site")
    row = saved_table()[code] | {"district_roles": "pilot"}
    for without in ((), ("district_notes_en", "district_notes_zh")):
        given = {name: cell for name, cell in row.items() if name not in without}
        response = upload(editor, as_csv({code: given}))
        assert changed_cells(response) == [(2, code, "Roles of the places")]
