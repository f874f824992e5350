"""The disk of PostgreSQL and of the data directory runs full while the site is served; Linux, as root."""

import http.client
import itertools
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from benchmarks.processes import wait_until
from benchmarks.site import ROOT, free_port
from futian_reform.operations.embedded_postgres import EmbeddedPostgres
from tests.admin.desk import FormReader

CACHED = "/en/measures/"
TYPED = "Typed while the disk was full"
MEGABYTES = 250
numbers = itertools.count(1)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


@pytest.fixture
def disk():
    with tempfile.TemporaryDirectory(prefix="futian-disk-") as folder:
        os.chmod(folder, 0o711)
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0711", "tmpfs", folder]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("this machine does not let root mount a small disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def port(disk):
    port = free_port()
    own = {"FUTIAN_DATA": str(disk / "data"), "HOST": "127.0.0.1", "PORT": str(port)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "PG"))}
    with tempfile.TemporaryFile() as log:
        site = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--workers=2"],
            cwd=ROOT,
            env=inherited | own,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until(lambda: get(port, "/readyz")[0] == 200, 120)
            yield port
        finally:
            site.terminate()
            site.wait(30)
            log.seek(0)
            print(log.read().decode()[-3000:])


def ask(port, method: str, path: str, body=None, **headers) -> tuple[int, list, str, float]:
    begun = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
    return response.status, response.getheaders(), text, time.monotonic() - begun


def get(port, path: str, **headers):
    return ask(port, "GET", path, **headers)


def post(port, path: str, data: dict, cookie: str):
    headers = {"Cookie": cookie, "Referer": f"http://127.0.0.1:{port}{path}"}
    body = urlencode(data, doseq=True)
    return ask(port, "POST", path, body, **headers, **{"Content-Type": "application/x-www-form-urlencoded"})


def signed_in(port, disk) -> str:
    """The Cookie header of a publisher."""
    program = """
import django; django.setup()
from django.contrib.auth.models import User
from tests.admin.desk import account, session_of
print(session_of(account("lin", "publisher")))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": EmbeddedPostgres(disk / "data").url(), "FUTIAN_DATA": str(disk / "data")}
        | {"DJANGO_SETTINGS_MODULE": "futian_reform.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return f"sessionid={done.stdout.strip()}"


def fill(disk):
    subprocess.run(["dd", "if=/dev/zero", f"of={disk}/ballast", "bs=64k"], stderr=subprocess.DEVNULL)


def test_the_site_reads_on_says_what_to_do_and_loses_nothing(disk, port):
    cookie = signed_in(port, disk)
    path = "/en/admin/measures/measure/7/change/"
    status, headers, page, _seconds = get(port, path, Cookie=cookie)
    assert status == 200
    form = FormReader("measure_form")
    form.feed(page)
    token = next(value for name, value in headers if name.lower() == "set-cookie").partition(";")[0]
    data = {name: values for name, values in form.data.items() if "__prefix__" not in name}
    # Much text, so that saving it needs new room in the table, in its log and in the memory of versions.
    data |= {"title_en": TYPED, "note_en": "word " * 20_000, "_save": "Save"}
    for _ in range(20):
        assert get(port, CACHED)[0] == 200
    fill(disk)
    refused = None
    for _attempt in range(40):  # PostgreSQL writes on for a while in files that it has already
        status, _headers, page, seconds = post(port, path, data, f"{cookie}; {token}")
        assert seconds < 20
        if status != 302:
            refused = status, page
            break
        with psycopg.connect(EmbeddedPostgres(disk / "data").url()) as connection:
            number, at = connection.execute(
                "SELECT number, at FROM measures_version WHERE kind = 'measure' AND key = '2020-07' ORDER BY number DESC"
            ).fetchone()
        data |= {
            "record_version": f"{number}@{at.astimezone(UTC).isoformat()}",
            "note_en": f"{next(numbers)} " * 20_000,
        }
    assert refused, "forty saves found room on a full disk"
    status, page = refused
    assert "The disk of the server is full" in page or "The database does not answer at the moment" in page
    assert TYPED in page
    for _ in range(20):
        status, _headers, page, seconds = get(port, CACHED)
        assert (status, seconds < 1) == (200, True)
    for number in range(10, 16):
        status, headers, _page, seconds = get(port, f"/en/measures/2020-{number}/")
        assert status in (200, 503)
        assert status == 200 or "retry-after" in dict(headers)
        assert seconds < 7
    (disk / "ballast").unlink()
    wait_until(lambda: get(port, f"/en/nowhere-{next(numbers)}/")[0] == 404, 15)
    wait_until(lambda: post(port, path, data, f"{cookie}; {token}")[0] == 302, 15)
    wait_until(lambda: TYPED in get(port, "/en/measures/2020-07/")[2], 2)
