"""How commands find their database, and what is said where something is not there yet."""

import os
import subprocess
import sys
import time

import pytest

from benchmarks.throwaway_postgres import throwaway
from futian_reform import environment

from .test_serve import ROOT
from .test_serve import environment as clean


def run(*arguments, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean(**variables),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_every_command_reads_the_same_file_and_names_its_database(tmp_path):
    file = tmp_path / "site.env"
    file.write_text(f'# of the unit\n\nFUTIAN_DATA="{tmp_path}/data of the unit"\nSECRET_KEY=x\n')
    (tmp_path / "data of the unit").mkdir()
    tmp_path.chmod(0o755)
    done = run("showmigrations", "auth", ENVIRONMENT_FILE=file)
    assert done.stderr == f"Database: the embedded PostgreSQL in {tmp_path}/data of the unit\n"
    done = run("check", ENVIRONMENT_FILE=file)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_environment_says_already_stays(tmp_path, monkeypatch):
    file = tmp_path / "site.env"
    file.write_text("A_SETTING=of the file\nANOTHER='quoted'\n")
    monkeypatch.setenv("ENVIRONMENT_FILE", str(file))
    monkeypatch.setenv("A_SETTING", "of the environment")
    monkeypatch.delenv("ANOTHER", raising=False)
    environment.load()
    assert (os.environ["A_SETTING"], os.environ.pop("ANOTHER")) == ("of the environment", "quoted")


def test_a_file_that_cannot_be_read_is_a_message(tmp_path):
    done = run("check", ENVIRONMENT_FILE=tmp_path / "missing.env", FUTIAN_DATA=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"The settings in {tmp_path}/missing.env cannot be read (No such file or directory). Let this account read it "
        "(chgrp, chmod 640), or name another file in ENVIRONMENT_FILE; an empty ENVIRONMENT_FILE does without.\n"
    )
    (tmp_path / "odd.env").write_text("A=1\nexport B=2\n")
    done = run("check", ENVIRONMENT_FILE=tmp_path / "odd.env", FUTIAN_DATA=tmp_path)
    assert done.stderr == f"Line 2 of {tmp_path}/odd.env is no setting. Write it as NAME=value.\n"


@pytest.mark.parametrize(("value", "wanted"), [("0", "False"), ("1", "True"), ("no", None)])
def test_a_switch_that_is_set_to_nothing_is_off(tmp_path, value, wanted):
    done = run("diffsettings", BACKUP_BEFORE_MIGRATIONS=value, FUTIAN_DATA=tmp_path)
    if wanted:
        assert f"BACKUP_BEFORE_MIGRATIONS = {wanted}  ###" in done.stdout.splitlines()
    else:
        assert (
            done.stderr
            == "BACKUP_BEFORE_MIGRATIONS is 'no'; give it a whole number from 0 to 1, such as 0.\n"
        )


def test_a_database_that_is_away_at_boot_is_waited_for(tmp_path, with_static_files):
    tmp_path.chmod(0o755)
    with_static_files(tmp_path)
    with throwaway() as server:
        url = server.url()
        server.stop()
        with subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--prepare-only"],
            cwd=ROOT,
            env=clean(FUTIAN_DATA=tmp_path, DATABASE_URL=url, DATABASE_WAIT=100, ENVIRONMENT_FILE=""),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as command:
            lines = [command.stdout.readline().rstrip() for _ in range(2)]
            server.start()
            lines += command.stdout.read().splitlines()
            assert (command.wait(), command.stderr.read()) == (0, "")
        assert lines[0] == f"Connecting to the database futian on {server.socket_dir}."
        assert lines[1].startswith("The database futian cannot be used: connection ")
        assert lines[1].endswith("Waiting for it for 100 seconds.")
        assert "The shipped content is loaded." in lines


def test_what_waiting_cannot_mend_is_said_at_once(tmp_path):
    with throwaway() as server:
        begun = time.monotonic()
        done = run(
            "serve",
            "--prepare-only",
            FUTIAN_DATA=tmp_path,
            DATABASE_URL=server.url("nowhere"),
            DATABASE_WAIT=100,
            ENVIRONMENT_FILE="",
        )
        assert done.returncode == 1
        assert 'database "nowhere" does not exist' in done.stderr
        assert time.monotonic() - begun < 60


ORIGINS = [
    ({"HOST": "::1"}, "http://[::1]:8000"),
    ({"HOST": "[::1]", "PORT": "81"}, "http://[::1]:81"),
    ({"HOST": "::"}, "http://[::1]:8000"),
    ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
    ({"SITE_ORIGIN": "https://福田改革.中国"}, "https://xn--zbv586a5idpp3b.xn--fiqs8s"),
]


@pytest.mark.parametrize(("variables", "origin"), ORIGINS)
def test_the_address_of_the_site(tmp_path, variables, origin):
    script = "from django.conf import settings as s; print(s.SITE_ORIGIN, s.ALLOWED_HOSTS[0])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=clean(FUTIAN_DATA=tmp_path, DJANGO_SETTINGS_MODULE="futian_reform.settings", **variables),
        capture_output=True,
        text=True,
    )
    host = origin.partition("://")[2].removesuffix(":8000").removesuffix(":81")
    assert done.stdout == f"{origin} {host}\n", done.stderr
