"""The slow judges, run by `make audit`: other tools, and the whole of what `make test` takes a sample of.

The fixtures here are those of the browser tests, and tools that npm installs into .audit/.
"""

import json
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

from measures.search import index as search_index
from tests.browser.conftest import axe, browser, live_site, new_page, page, profiles, required  # noqa: F401

hypothesis_settings.register_profile("others", deadline=None)
hypothesis_settings.load_profile("others")
TOOLS = (
    "lighthouse@12",
    "vnu-jar@26",
    "@redocly/cli@2.77.0",
    "openapi-typescript@7",
    "typescript@5",
)
ATTACKERS = ("sqlmap==1.10.10", "wapiti3==3.2.3")  # the newest that Python 3.11 takes


@pytest.fixture(scope="session", autouse=True)
def seconds_of_a_search():
    """The limit that readers have, left as it is: these judges run alone."""
    return search_index.MAX_SECONDS


@pytest.fixture(scope="session")
def node_modules() -> Path:
    folder = settings.BASE_DIR / ".audit"
    if not shutil.which("npm"):
        report = pytest.fail if required() else pytest.skip
        report("No npm on this machine (Debian: apt-get install npm)")
    modules = folder / "node_modules"
    if not all((modules / tool.rpartition("@")[0]).exists() for tool in TOOLS):
        folder.mkdir(exist_ok=True)
        command = [
            "npm",
            "install",
            "--prefix",
            str(folder),
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            *TOOLS,
        ]
        subprocess.run(command, check=True)
    return modules


@pytest.fixture
def nu_html_checker(node_modules, tmp_path) -> Callable[[dict[str, bytes]], set[tuple]]:
    """What the Nu Html Checker says of pages, by their names: name, fault and where it is."""
    if not shutil.which("java"):
        report = pytest.fail if required() else pytest.skip
        report("No Java on this machine (Debian: apt-get install default-jre-headless)")
    jar = next(Path(node_modules, "vnu-jar").rglob("vnu.jar"))
    options = ["--stdout", "--format", "json", "--no-langdetect", "--exit-zero-always"]

    def check(pages: dict[str, bytes]) -> set[tuple]:
        files = {f"{number}.html": name for number, name in enumerate(pages)}
        for file, name in files.items():
            (tmp_path / file).write_bytes(pages[name])
        command = ["java", "-jar", str(jar), *options, str(tmp_path)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        return {
            (files[Path(message["url"]).name], message["message"], message.get("extract", "")[:120])
            for message in json.loads(output)["messages"]
            if message["type"] in {"error", "non-document-error"}
        }

    return check


@pytest.fixture(scope="session")
def attackers() -> Path:
    """A folder with sqlmap and wapiti, whose own requirements do not go together with the site's."""
    programs = settings.BASE_DIR / ".audit" / "attackers" / "bin"
    if not all((programs / name).exists() for name in ("sqlmap", "wapiti")):
        venv.create(programs.parent, with_pip=True, clear=True)
        command = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, *ATTACKERS], check=True)
    return programs
