"""The tools that journalists use read the published files as they are."""

import json
import shutil
import subprocess
from io import BytesIO

import pandas
import pytest
from django.conf import settings
from frictionless import Package, system

from measures.catalogue import Catalogue
from measures.open_data.columns import COLUMNS
from measures.open_data.csv_table import unguard
from measures.selection.numbers import everything
from tests import second_plan
from tests.open_data.forms import body


@pytest.fixture
def published(client, tmp_path):
    """The package and its files in a folder, as a reader has them after downloading."""
    for name in ("datapackage.json", "measures.csv", "measures.xlsx"):
        (tmp_path / name).write_bytes(body(client.get(f"/{name}")))
    return tmp_path


def test_frictionless_finds_nothing_wrong(published):
    with system.use_context(trusted=True):
        report = Package(str(published / "datapackage.json")).validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []
    assert report.valid
    assert report.stats["tasks"] == 1
    assert report.tasks[0].stats["rows"] == 28


def test_frictionless_finds_nothing_wrong_with_two_plans(restored, client, tmp_path):
    second_plan.enter("published")
    for name in ("datapackage.json", "measures.csv"):
        (tmp_path / name).write_bytes(body(client.get(f"/{name}")))
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []
    assert (report.valid, report.tasks[0].stats["rows"]) == (True, 37)


@pytest.mark.parametrize("moment", ["", "?as_of=1"])
def test_frictionless_reads_it_where_it_stands(live_site, moment):
    report = Package(f"{live_site}/datapackage.json{moment}").validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []
    assert (report.valid, report.tasks[0].stats["rows"]) == (True, 28)


def test_frictionless_would_find_a_changed_cell(published):
    path = published / "measures.csv"
    path.write_bytes(path.read_bytes().replace(b",named,", b",rumoured,", 1))
    assert not Package(str(published / "datapackage.json")).validate().valid


def test_csv_goes_through_pandas_without_a_changed_cell(client, published):
    frame = pandas.read_csv(published / "measures.csv", dtype=str, keep_default_na=False)
    shown = [[unguard(cell) for cell in row] for row in frame[[c.name for c in COLUMNS]].to_numpy()]
    catalogue = Catalogue.current()
    keys = list(everything(catalogue).in_order(catalogue.order("number")))
    expected = [
        [str(column.cell(measure)) for column in COLUMNS] for measure in catalogue.measures_in_chunks(keys)
    ]
    assert shown == expected
    again = BytesIO()
    frame.to_csv(again, index=False, lineterminator="\r\n", encoding="utf-8-sig")
    assert again.getvalue() == (published / "measures.csv").read_bytes()


def test_the_code_of_the_data_page_loads_everything(client, published):
    """The two lines on /data/, with the file in place of the address."""
    frame = pandas.read_csv(published / "measures.csv", keep_default_na=False)
    assert len(frame) == 28
    assert f'pandas.read_csv("{settings.SITE_ORIGIN}/measures.csv", keep_default_na=False)' in (
        client.get("/en/data/").text.replace("&quot;", '"')
    )


@pytest.mark.parametrize("engine", ["openpyxl", "calamine"])
def test_pandas_reads_the_workbook(published, engine):
    frame = pandas.read_excel(
        published / "measures.xlsx", "measures 改革", dtype=str, keep_default_na=False, engine=engine
    )
    table = pandas.read_csv(published / "measures.csv", dtype=str, keep_default_na=False)
    assert frame.equals(table.map(unguard))


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize(("name", "sheet"), [("measures.xlsx", 2), ("measures.csv", 1)])
def test_libreoffice_opens_it_and_sees_the_same_cells(published, tmp_path, name, sheet):
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{sheet}",
            # A CSV is read as UTF-8 with commas, every column as text.
            *(["--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,true"] if name.endswith("csv") else []),
            "--outdir",
            str(tmp_path / "converted"),
            str(published / name),
        ],
        check=True,
        timeout=180,
        capture_output=True,
    )
    (converted,) = (tmp_path / "converted").iterdir()
    seen = pandas.read_csv(converted, dtype=str, keep_default_na=False)
    expected = pandas.read_csv(published / "measures.csv", dtype=str, keep_default_na=False)
    assert list(seen.columns) == list(expected.columns)
    assert seen["code"].tolist() == expected["code"].tolist()
    assert seen["actions_zh"].tolist() == expected["actions_zh"].tolist()
    assert seen["note_en"].tolist() == expected["note_en"].tolist()


def test_json_is_the_same_as_the_api(client):
    document = json.loads(body(client.get("/measures.json")))
    assert document["measures"] == client.get("/api/measures/").json()["results"]
