"""Files that offices have: one of each sort is answered; the rest are in tests/audit/test_odd_files.py."""

import pytest

from measures.admin.imports import files
from tests.admin.odd_files import FILES, WRITES
from tests.admin.sheets import upload

pytestmark = pytest.mark.usefixtures("restored")


def test_each_sort_of_file_is_answered(editor):
    for kind in (
        "Word",
        "xls",
        "cut XML",
        "stray cell",
        "many columns",
        "two sheets",
        "error",
        "merged cells",
        "merged cells with a text below",
        "merged titles",
        "merged cells in ODS",
        "blank code",
        "derived column",
    ):
        make, said = FILES[kind]
        response = upload(editor, make())
        assert response.status_code in (200, 409), kind
        assert said in response.text, kind
        assert "rows" not in response.context, kind


def test_the_sheet_that_was_chosen_is_read(editor):
    make, _said = FILES["two sheets"]
    response = upload(editor, make())
    assert '<option value="Two">' in response.text
    response = upload(editor, make(), sheet="Two")
    assert [change.key for change, _cells in response.context["rows"]] == ["2020-07"]


def test_rows_are_numbered_as_in_the_file(editor):
    """Empty rows count, as the program shows them."""
    response = upload(editor, b"code,version,category\r\n\r\n\r\n2020-07,1,nothing\r\n")
    assert [fault[0] for fault in response.context["faults"]] == [4]


def test_what_reads_and_is_changed(editor):
    for kind, (make, said) in FILES.items():
        if said == WRITES:
            response = upload(editor, make())
            assert [change.key for change, _cells in response.context["rows"]] == ["2020-07"], kind


# A program in place of the reader -> what is said of the file.
ENDINGS = {
    "it never ends": ("import time; time.sleep(60)", "Reading this file takes too long."),
    "its CPU time is up": (
        "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)",
        "Reading this file takes too long.",
    ),
    "the kernel ended it": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "Reading this file takes too long.",
    ),
    "its memory is up": ("import os; os.abort()", "The file is larger than a table of measures can be."),
    "it stops halfway": ('print(\'{"sheet": "", "hidden": false}\')', "The file is damaged or incomplete."),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_however_the_reader_ends_something_is_said(editor, monkeypatch, tmp_path, how):
    program, said = ENDINGS[how]
    reader = tmp_path / "reader.py"
    reader.write_text(program)
    monkeypatch.setattr(files, "READER", reader)
    monkeypatch.setattr(files, "MAX_SECONDS", 0.5 if how == "it never ends" else 20)
    (error,) = upload(editor, b"code,version\r\n2020-07,1\r\n").context["form"].errors["file"]
    assert error.startswith(said)
