"""Files that offices have: one of each sort is answered; the rest are in tests/audit/test_odd_files.py."""

import pytest

from tests.admin.desk import signed_in
from tests.admin.odd_files import FILES, WRITES
from tests.admin.sheets import upload

pytestmark = pytest.mark.usefixtures("restored")


def test_each_sort_of_file_is_answered():
    client = signed_in("lin", "editor")
    for kind in (
        "Word",
        "xls",
        "cut XML",
        "stray cell",
        "many columns",
        "two sheets",
        "error",
        "blank code",
        "derived column",
    ):
        make, said = FILES[kind]
        response = upload(client, make())
        assert response.status_code in (200, 409), kind
        assert said in response.text, kind
        assert "rows" not in response.context, kind


def test_the_sheet_that_was_chosen_is_read():
    client = signed_in("lin", "editor")
    make, _said = FILES["two sheets"]
    response = upload(client, make())
    assert '<option value="Two">' in response.text
    response = upload(client, make(), sheet="Two")
    assert [change.key for change, _cells in response.context["rows"]] == ["2020-07"]


def test_rows_are_numbered_as_in_the_file():
    """Empty rows count, as the program shows them."""
    client = signed_in("lin", "editor")
    response = upload(client, b"code,version,category\r\n\r\n\r\n2020-07,1,nothing\r\n")
    assert [fault[0] for fault in response.context["faults"]] == [4]


def test_what_reads_and_is_changed():
    client = signed_in("lin", "editor")
    for kind, (make, said) in FILES.items():
        if said == WRITES:
            response = upload(client, make())
            assert [change.key for change, _cells in response.context["rows"]] == ["2020-07"], kind
