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


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_leaves_the_shared_memory_of_postgresql_alone(unit):
    """All run as one account: RemoveIPC in any of them takes the memory of the embedded PostgreSQL away when it ends."""
    lines = unit.read_text().splitlines()
    assert [line for line in lines if line.startswith(("RemoveIPC=", "PrivateIPC="))] == []


def test_each_timer_has_its_unit():
    timers = {timer.stem for timer in (settings.BASE_DIR / "deploy").glob("*.timer")}
    assert {"futian-reform-prune", "futian-reform-backup"} <= timers <= {unit.stem for unit in UNITS}
    for timer in (settings.BASE_DIR / "deploy").glob("*.timer"):
        assert re.findall(r"^Unit=(.*)", timer.read_text(), re.MULTILINE) in ([], [f"{timer.stem}.service"])


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool (Debian: prometheus)")
def test_the_rules_are_read_and_fire_where_they_should():
    folder = settings.BASE_DIR / "deploy"
    for command in (
        ["check", "rules", "prometheus-alerts.yml"],
        ["test", "rules", "prometheus-alerts.test.yml"],
    ):
        done = subprocess.run(["promtool", *command], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_of_every_rule_it_is_tested_that_it_fires_and_that_it_does_not():
    rules, tests = (
        (settings.BASE_DIR / "deploy" / f"prometheus-alerts{kind}.yml").read_text() for kind in ("", ".test")
    )
    known = set(re.findall(r"- alert: (\w+)", rules))
    assert len(known) > 10
    assert set(re.findall(r"alertname: (\w+), exp_alerts: \[\]", tests)) == known
    assert set(re.findall(r"alertname: (\w+)\n +exp_alerts:\n", tests)) == known
