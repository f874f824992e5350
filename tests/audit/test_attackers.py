"""Known attacks on the served site, by sqlmap and wapiti; install them in an environment of their own: pipx install sqlmap wapiti3."""

import json
import shutil
import subprocess

import pytest

from benchmarks.site import running_site

# List, search, API and export.
QUESTIONS = [
    "/en/measures/?q=reform&category=well-being&centre=finance&sort=title",
    "/api/measures/?q=reform&district=futian",
    "/measures.csv?category=well-being&role=responsible",
]


@pytest.fixture(scope="module")
def site():
    with running_site(workers=2) as site:
        yield site


def program(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"No {name} on this machine (pipx install {name})")


@pytest.mark.parametrize("question", QUESTIONS)
def test_sqlmap_finds_nothing(site, tmp_path, question):
    options = [
        "--batch",
        "--level=1",
        "--risk=1",
        "--ignore-redirects",
        "--flush-session",
        f"--output-dir={tmp_path}",
    ]
    command = [program("sqlmap"), "-u", site.origin + question, *options]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "all tested parameters do not appear to be injectable" in said
    assert "is vulnerable" not in said


def test_wapiti_finds_nothing(site, tmp_path):
    report = tmp_path / "report.json"
    command = [
        program("wapiti"),
        "-u",
        f"{site.origin}/en/",
        "--scope",
        "folder",
        "--max-links-per-page",
        "15",
    ]
    command += [
        "-d",
        "2",
        "--max-scan-time",
        "600",
        "-m",
        "sql,xss,file,exec,crlf,redirect",
        "--no-bugreport",
    ]
    subprocess.run([*command, "--flush-session", "-f", "json", "-o", str(report)], check=True)
    found = json.loads(report.read_text())
    assert {name: faults for name, faults in found["vulnerabilities"].items() if faults} == {}
    assert {name: faults for name, faults in found["anomalies"].items() if faults} == {}
