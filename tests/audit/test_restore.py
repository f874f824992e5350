"""A backup restored under a running site: every process leaves the lost versions behind, and gives out no number a second time."""

import http.client
import subprocess
import sys
import time
from contextlib import closing

import psycopg

from benchmarks.site import ROOT, running_site

PAGE = "/en/measures/2020-01/"


def get(site, **headers) -> tuple[int, dict, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
        connection.request("GET", PAGE, headers=headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()


def edit(site, title: str) -> float:
    with psycopg.connect(site.postgres.url()) as connection:
        connection.execute("UPDATE measures_measure SET title_en = %s WHERE number = 1", [title])
    return time.monotonic()


def shown_everywhere(site, title: str, since: float):
    """Within a second, and from then on whichever process answers."""
    while title not in get(site)[2]:
        assert time.monotonic() < since + 1
    time.sleep(max(0, since + 1 - time.monotonic()))
    assert all(title in get(site)[2] for _ in range(40))


def test_a_restored_backup_is_what_every_process_shows(tmp_path):
    with running_site(workers=2) as site:

        def manage(*arguments):
            command = [sys.executable, "manage.py", *map(str, arguments)]
            subprocess.run(command, cwd=ROOT, env=site.environment, check=True, stdout=subprocess.DEVNULL)

        manage("backup", tmp_path)
        (dump,) = tmp_path.glob("*.dump")
        shown_everywhere(site, "Lost by the restore", edit(site, "Lost by the restore"))
        _status, lost, _page = get(site)
        manage("restore", dump)
        restored = time.monotonic()
        while "Lost by the restore" in get(site)[2]:
            assert time.monotonic() < restored + 1
        shown_everywhere(site, "After the restore", edit(site, "After the restore"))
        conditions = {"If-None-Match": lost["etag"]}, {"If-Modified-Since": lost["last-modified"]}
        for headers in conditions:
            for _ in range(20):
                status, answered, page = get(site, **headers)
                assert (status, "After the restore" in page) == (200, True)
                assert int(answered["x-data-version"]) == int(lost["x-data-version"]) + 1000
