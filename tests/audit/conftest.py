"""The slow judges, run by `make audit`: the fixtures of the browser tests, and tools that npm installs into .audit/."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.conftest import axe, browser, live_site, new_page, page, required  # noqa: F401

TOOLS = ("lighthouse@12", "vnu-jar@24")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    folder = settings.BASE_DIR / ".audit"
    if not shutil.which("npm"):
        report = pytest.fail if required() else pytest.skip
        report("No npm on this machine (Debian: apt-get install npm)")
    modules = folder / "node_modules"
    if not all((modules / tool.partition("@")[0]).exists() for tool in TOOLS):
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
