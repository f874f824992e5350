"""Known attacks on the served site, by sqlmap and wapiti, which are installed into .audit/.

Both together take some minutes. They look at a few addresses, one of each kind that reads parameters: what more addresses would
add is more time, since all of them read their parameters by the same code.
"""

import json
import subprocess
from pathlib import Path

import pytest

from benchmarks.site import running_site

# List, search, API and export, with the parameters in the order that the site gives them.
QUESTIONS = [
    "/en/measures/?q=reform&category=well-being&centre=finance&sort=title",
    "/api/measures/?q=reform&district=futian",
    "/measures.csv?q=reform&category=well-being&role=responsible",
]
PAGES = ["/en/", "/en/changes/", "/en/admin/login/?next=/en/admin/"]
# Not among them: what looks for other products, asks servers elsewhere, or asks for TLS, which this site leaves to a proxy.
MODULES = "backup,crlf,csp,csrf,exec,file,htaccess,http_headers,permanentxss,redirect,sql,upload,xss"
MINUTES = 10  # for each run


@pytest.fixture(scope="module")
def site():
    with running_site(workers=2) as site:
        yield site


def run(program: Path, *options: str) -> str:
    command = [program, *options]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=MINUTES * 60
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def errors(site) -> list[str]:
    return [line for line in site.log.read_text().splitlines() if '"status": 500' in line]


@pytest.mark.parametrize("question", QUESTIONS)
def test_sqlmap_finds_nothing(site, attackers, tmp_path, question):
    # It writes spaces in another way than the site does and follows the redirects to its own (with --ignore-redirects no
    # attack on a search would arrive).
    said = run(
        attackers / "sqlmap",
        *("-u", site.origin + question, "--batch", "--flush-session", "--skip-waf", "--disable-coloring"),
        *("--dbms=postgresql", "--level=2", "--risk=2"),
        *("-t", str(tmp_path / "traffic"), f"--output-dir={tmp_path}"),
    )
    assert "all tested parameters do not appear to be injectable" in said
    assert "is vulnerable" not in said
    assert (tmp_path / "traffic").read_text().count("] (200 OK)") > 100, "the attacks were searched for"
    assert errors(site) == []


def test_wapiti_finds_nothing(site, attackers, tmp_path):
    report = tmp_path / "report.json"
    addresses = [site.origin + path for path in (*PAGES, *QUESTIONS)]
    said = run(
        attackers / "wapiti",
        *("-u", addresses[0], "--scope", "domain", "--depth", "0", "-m", MODULES, "--max-attack-time", "120"),
        *(option for address in addresses[1:] for option in ("-s", address)),
        *("--store-session", str(tmp_path / "session"), "--store-config", str(tmp_path / "config")),
        *("--no-bugreport", "--flush-session", "-f", "json", "-o", str(report)),
    )
    assert "Max attack time was reached" not in said
    found = json.loads(report.read_text())
    assert found["infos"]["crawled_pages_nbr"] == len(addresses)
    for kind in ("vulnerabilities", "anomalies"):
        assert {name: faults for name, faults in found[kind].items() if faults} == {}
    assert errors(site) == []
