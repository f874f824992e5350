"""Damaged and odd files, one of each kind: each is answered in the desk's language, within 5 seconds and 200 MB."""

import resource
import subprocess
import sys
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from measures.admin.imports.files import READER
from measures.language.chinese import has_chinese
from tests.admin.desk import signed_in
from tests.admin.odd_files import FILES, WRITES
from tests.admin.sheets import ADDRESS, upload

pytestmark = pytest.mark.usefixtures("restored")
MAX_SECONDS, MAX_MEMORY = 5, 200 * 2**20

MEASURED = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-I", sys.argv[1]], stdin=sys.stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def memory_of_reading(content: bytes, tmp_path) -> int:
    file = tmp_path / "file"
    file.write_bytes(content)
    with file.open("rb") as given:
        command = [sys.executable, "-c", MEASURED, str(READER)]
        return int(subprocess.run(command, stdin=given, capture_output=True, check=True).stdout)


@pytest.mark.parametrize("kind", FILES)
def test_every_file_is_answered(kind, tmp_path):
    make, said = FILES[kind]
    content = make()
    assert memory_of_reading(content, tmp_path) < MAX_MEMORY
    client = signed_in("lin", "editor")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, time.monotonic()
    response = upload(client, content)
    assert time.monotonic() - begun < MAX_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < MAX_MEMORY
    assert response.status_code in (200, 409)
    if said == WRITES:
        (change,) = (change for change, _cells in response.context["rows"])
        ((name, _old, new),) = change.cells
        assert (change.key, name, new) in {("2020-07", "note_en", text) for text in ("From Excel", "来自")}
    elif said:
        assert said in response.text
        assert "rows" not in response.context
    with override("zh-hans"):
        chinese = client.post(ADDRESS.removeprefix("/en"), {"file": SimpleUploadedFile("measures", content)})
        form = chinese.context.get("form")
        told = [
            *(form.errors.get("file", []) if form else []),
            *(fault[3] for fault in chinese.context.get("faults", ())),
        ]
    assert all(has_chinese(text) for text in told), told
