"""Numbers and names for which public addresses have no room: no record takes one, whichever way it comes."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from measures.models import (
    Action,
    Audience,
    Category,
    Centre,
    District,
    Measure,
    Plan,
    SourceParagraph,
    Synonym,
)
from measures.models.fields import NUMBERS
from tests.admin.desk import change_address, error_texts, posted, signed_in
from tests.admin.sheets import as_csv, faults, upload

pytestmark = pytest.mark.usefixtures("restored")
WRONG = [
    (Plan, "year", [0, 999, 10_000, 32_767]),
    (Measure, "number", [0, -1, 1_000_000, 2_147_483_647]),
    (Category, "number", [0, -1]),
    (SourceParagraph, "number", [0, -1]),
    (Action, "position", [0, -1]),
    *((model, "slug", ["none"]) for model in (Audience, Centre, Category, District)),
]


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [(model, name, value) for model, name, values in WRONG for value in values],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_it_is_refused_at_its_field_in_words(model, name, value):
    record = model.objects.first()
    setattr(record, name, value)
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    assert list(refused.value.message_dict) == [name]
    assert "_" not in "".join(refused.value.messages)


@pytest.mark.parametrize("number", NUMBERS["number"])
@pytest.mark.parametrize("year", NUMBERS["year"])
def test_what_is_taken_has_an_address(year, number):
    assert reverse("measure", args=[f"{year}-{number:02}"])


@pytest.mark.parametrize("model", [Measure, District])
def test_no_record_is_its_own_parent(model):
    record = model.objects.exclude(parent=None).first()
    record.parent = record
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    assert list(refused.value.message_dict) == ["parent"]


def test_the_desk_says_so_in_words():
    """The names of constraints are the database's own."""
    desk = signed_in("wang", "administrator")
    place, synonym = District.objects.exclude(parent=None).first(), Synonym.objects.first()
    for record, form, typed in (
        (place, "district_form", {"parent": str(place.pk)}),
        (synonym, "synonym_form", {"means": synonym.word}),
    ):
        data = posted(desk.get(change_address(record)), form) | typed
        (said,) = error_texts(desk.post(change_address(record), data))
        assert "_" not in said


def test_a_sheet_names_the_column():
    row = {"version": "", "title_zh": "新", "category": "well-being", "basis": "named"}
    sheet = {
        "2020-00": row | {"slug": "new"},
        "2020-29": row | {"slug": Measure.objects.get(code="2020-07").slug},
    }
    sheet = {code: {"code": code} | cells for code, cells in sheet.items()}
    found = faults(upload(signed_in("lin", "editor"), as_csv(sheet)))
    assert [fault[1:3] for fault in found] == [("2020-00", "code"), ("2020-29", "slug")]
