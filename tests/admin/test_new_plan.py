"""New measures and whole plans from a workbook: the template, the preview, drafts, and who may enter what."""

from io import BytesIO

import openpyxl
import pytest

from measures.models import Category, DataVersion, Measure, Plan, Version
from tests import second_plan
from tests.admin.desk import signed_in
from tests.admin.sheets import ADDRESS, as_csv, changed, confirm, saved_book, saved_table, upload
from tests.second_plan import CATEGORIES, PARAGRAPHS, PLAN, YEAR

pytestmark = pytest.mark.usefixtures("restored")
SHEETS = ("plan 计划", "paragraphs 段落", "categories 类别", "measures 改革", "lists 可填内容")


def template(client):
    response = client.get(f"{ADDRESS}template/")
    assert response.headers["Content-Disposition"] == 'attachment; filename="new-plan.xlsx"'
    return openpyxl.load_workbook(BytesIO(response.content))


def put(sheet, **cells) -> None:
    header = [cell.value for cell in sheet[1]]
    row = next(number for number in range(2, 999) if sheet.cell(number, 1).value is None)
    for name, value in cells.items():
        sheet.cell(row, header.index(name) + 1, value)


def measure_cells(number: int, **more) -> dict:
    return {
        "code": f"{YEAR}-{number:02}",
        "slug": f"new-{number}",
        "title_zh": f"新改革{number}",
        "category": CATEGORIES[0][0],
        "basis": "named",
        "paragraphs": "1",
        "actions_zh": "甲\n乙",
        "actions_en": "\nB",
        "action_paragraphs": "1\n2",
        **more,
    }


def filled(client) -> openpyxl.Workbook:
    book = template(client)
    plan, paragraphs, categories, measures, _lists = (book[name] for name in SHEETS)
    put(plan, slug="2021", year=YEAR, **PLAN)
    for number, opening in enumerate(PARAGRAPHS, 1):
        put(paragraphs, plan=YEAR, number=number, heading="no", opening=opening)
    for number, (slug, name_zh, name_en) in enumerate(CATEGORIES, 1):
        intro = {"intro_zh": "介绍", "intro_en": "Intro"}
        put(
            categories,
            plan=YEAR,
            number=number,
            slug=slug,
            name_zh=name_zh,
            name_en=name_en,
            paragraphs="1\n2",
            **intro,
        )
    # What was split from another one stands before it.
    put(measures, **measure_cells(2, basis="derived", parent=f"{YEAR}-01"))
    put(measures, **measure_cells(1))
    return book


def test_the_template_has_drop_downs_and_lists_what_cells_may_say():
    book = template(signed_in("lin", "editor"))
    assert book.sheetnames == list(SHEETS)
    rules = book["measures 改革"].data_validations.dataValidation
    assert len(rules) == 2  # category and basis; other columns have several values
    lists = {
        column[0].value: [cell.value for cell in column[1:] if cell.value]
        for column in book[SHEETS[4]].columns
    }
    assert lists["basis"] == ["named", "described", "derived"]
    assert len(lists["centres"]) == 4


def test_a_whole_plan_comes_from_one_workbook():
    administrator = signed_in("he", "administrator")
    before, data_version, versions = saved_table(), DataVersion.objects.live().number, Version.objects.count()
    response = upload(administrator, saved_book(filled(administrator)))
    shown = [change for change, _cells in response.context["rows"]]
    assert len(shown) == 1 + 12 + 3 + 2
    assert all(change.new for change in shown)
    assert (Plan.objects.count(), Version.objects.count()) == (1, versions)  # the preview writes nothing
    assert confirm(administrator, response, change_note="new plan").status_code == 302
    assert Plan.objects.get(year=YEAR).status == "draft"
    assert Category.objects.filter(plan=YEAR).count() == 3
    assert DataVersion.objects.live().number == data_version  # nothing of it is public
    part = Measure.objects.get(code="2021-02")
    assert (part.status, part.parent.code, part.number) == ("draft", "2021-01", 2)
    assert list(part.actions.values_list("text_zh", "text_en")) == [("甲", ""), ("乙", "B")]
    # Paragraph 2, which an action cites, came to the measure's paragraphs, and the preview said so.
    assert list(part.paragraphs.values_list("number", flat=True)) == [1, 2]
    cells = {(change.key, name): (old, new) for change in shown[-2:] for name, old, new in change.cells}
    assert changed(before, saved_table()) == cells
    # Once more, with a row left out: nothing changes, nothing is deleted.
    book = filled(administrator)
    book["measures 改革"].delete_rows(2)
    book["measures 改革"].cell(2, 2, 1)  # its version
    assert upload(administrator, saved_book(book)).context["unchanged"] == 17
    assert Measure.objects.filter(plan=YEAR).count() == 2


def test_new_codes_are_drafts_even_in_a_published_plan():
    editor = signed_in("lin", "editor")
    category = Category.objects.filter(plan=2020).first().slug
    row = measure_cells(
        1, code="2020-77", category=category, paragraphs="15", action_paragraphs="15\n15", version=""
    )
    response = upload(editor, as_csv({"2020-77": row}))
    assert [(change.key, change.new) for change, _cells in response.context["rows"]] == [("2020-77", True)]
    assert confirm(editor, response).status_code == 302
    assert Measure.objects.get(code="2020-77").status == "draft"


REFUSED = {
    "an account that may not": ("editor", {}, "Your account may not enter this."),
    "no plan": ("administrator", {"code": "2031-01"}, "There is no plan of 2031."),
    "no code": ("administrator", {"code": "2021-001"}, "“2021-001” is no code such as 2020-07."),
    "a version": ("administrator", {"version": 1}, "To enter a new one, leave its version empty."),
    "no title": ("administrator", {"title_zh": None}, "This field cannot be blank."),
    "a category of another plan": ("administrator", {"category": "no-such"}, "There is no “no-such”."),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_entered_is_named(kind):
    role, cells, said = REFUSED[kind]
    client = signed_in("he", role)
    book = filled(client)
    put(book["measures 改革"], **measure_cells(3, **cells))
    response = upload(client, saved_book(book))
    assert response.status_code == 409
    assert any(said in fault[3] for fault in response.context["faults"]), response.context["faults"]
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("name", SHEETS[:3])
def test_two_sheets_of_one_kind_are_refused_and_none_is_passed_over(administrator, name):
    book = filled(administrator)
    book.copy_worksheet(book[name]).title = "another"
    response = upload(administrator, saved_book(book))
    (fault,) = response.context["form"].errors["file"]
    assert f"{name}, another" in fault
    book["another"].sheet_state = "hidden"
    assert "payload" in upload(administrator, saved_book(book)).context


def test_what_is_there_already_is_not_overwritten():
    second_plan.enter("draft", "draft")
    client = signed_in("he", "administrator")
    book = template(client)
    put(book["plan 计划"], slug="2021", year=YEAR, **PLAN | {"title_en": "Another title"})
    response = upload(client, saved_book(book))
    assert [fault[2:] for fault in response.context["faults"]] == [
        ("title_en", "It is saved with another text; change it in its form.")
    ]


def test_a_deleted_code_is_not_entered_anew():
    Measure.objects.get(code="2020-28").delete()
    row = measure_cells(1, code="2020-28", version="")
    response = upload(signed_in("lin", "editor"), as_csv({"2020-28": row}))
    assert "was deleted; restore it from the history" in response.context["faults"][0][3]
