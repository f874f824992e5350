"""The files in deploy/ as what reads them would: systemd's own judge."""

import re
import shutil
import subprocess

import pytest
from django.conf import settings

UNITS = sorted((settings.BASE_DIR / "deploy").glob("*.service"))
MOST_EXPOSED = 4.0  # of 10; a unit that takes nothing away has 9.6


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze (Debian: systemd)")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_hardened(unit):
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", unit], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert float(exposure[1]) < MOST_EXPOSED, done.stdout
