"""What Prometheus reads, from the served site with two web processes."""

import http.client
import os
import signal
import socket
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.processes import wait_until
from benchmarks.site import ROOT, free_port, running_site
from futian_reform.operations.backups.folder import last_backup
from futian_reform.operations.metrics import readers

CACHED = "/en/measures/"


@pytest.fixture(scope="module")
def site(with_static_files, prepared_cluster, tmp_path_factory):
    data, port = with_static_files(tmp_path_factory.mktemp("data")), free_port()
    with running_site(cluster=prepared_cluster, FUTIAN_DATA=str(data), METRICS_PORT=str(port)) as site:
        wait_until(lambda: read(site).get(("futian_ready", ())) == 1)
        yield site


def read(site) -> dict[tuple, float]:
    """(name, labels) -> value of everything on the metrics' port."""
    with urllib.request.urlopen(
        f"http://127.0.0.1:{site.environment['METRICS_PORT']}/metrics", timeout=10
    ) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def answers(site) -> Counter:
    """(kind, status, source) -> answers counted so far."""
    counted = Counter()
    for (name, labels), value in read(site).items():
        if name == "futian_answers_total":
            named = dict(labels)
            counted[named["kind"], named["status"], named["source"]] = int(value)
    return counted


def of(site, name: str) -> list[float]:
    return [value for (found, _labels), value in read(site).items() if found == name]


def get(site, path: str, **headers) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status


def settled(site) -> Counter:
    """What was counted, once each process has added up its tables."""
    time.sleep(2.5)
    return answers(site)


def test_every_answer_is_counted_once_whichever_process_gave_it(site):
    for _ in range(20):  # enough to have it kept by each process
        assert get(site, CACHED) == 200
    before = settled(site)
    with ThreadPoolExecutor(8) as readers:
        assert set(readers.map(lambda _: get(site, CACHED), range(300))) == {200}
    asked = {
        "/en/nowhere/": 404,
        "/measures.csv?q=finance": 200,
        "/api/measures/2020-07/": 200,
        "/en/changes.atom": 200,
        "/en/admin/login/": 200,
        "/static/nothing.css": 404,
        "/healthz": 200,
    }
    for path, status in asked.items():
        assert get(site, path) == status
    new = settled(site) - before
    health = ("health", "200", "rendered")
    assert new.pop(health, 0) >= 1  # the observer also asks
    assert new == {
        ("page", "200", "kept"): 300,
        ("page", "404", "rendered"): 1,
        ("file", "200", "rendered"): 1,
        ("api", "200", "rendered"): 1,
        ("feed", "200", "rendered"): 1,
        ("desk", "200", "rendered"): 1,
        ("static", "404", "rendered"): 1,
    }


def test_what_the_processes_and_the_observer_see(site):
    wait_until(lambda: len(of(site, "futian_memory_bytes")) == 2)
    assert sorted(
        dict(labels)["pid"] for name, labels in read(site) if name == "futian_memory_bytes"
    ) == sorted(map(str, site.workers()))
    assert all(40e6 < memory < 400e6 for memory in of(site, "futian_memory_bytes"))
    (version,) = set(of(site, "futian_data_version"))
    assert version >= 1
    assert of(site, "futian_waiting") == [0]
    assert of(site, "futian_database_silent") == [0]
    assert of(site, "futian_kept_pages")[0] > 2
    assert 0 < of(site, "futian_ready_seconds")[0] < 5
    checks = {dict(labels)["check"] for name, labels in read(site) if name == "futian_check"}
    assert {"database", "migrations", "content"} <= checks
    assert set(of(site, "futian_check")) == {1}
    assert set(of(site, "futian_reader_up")) == {1}
    assert of(site, "futian_last_backup_timestamp_seconds") == [0]
    assert of(site, "futian_data_free_bytes")[0] > 0
    assert of(site, "futian_answer_seconds_count") != []


def test_a_failed_sign_in_is_counted_and_logged_without_saying_whose(site):
    before = of(site, "futian_failed_sign_ins_total")
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        connection.request("GET", "/en/admin/login/")
        response = connection.getresponse()
        page, cookie = response.read().decode(), response.headers["Set-Cookie"].partition(";")[0]
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        connection.request(
            "POST",
            "/en/admin/login/",
            f"csrfmiddlewaretoken={token}&username=whose-account&password=secret-of-staff",
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": cookie,
                "Referer": site.origin + "/",
            },
        )
        assert connection.getresponse().status == 200
    settled(site)
    log = site.log.read_text()
    assert of(site, "futian_failed_sign_ins_total") == [sum(before) + 1]
    assert log.count("a sign-in failed") == 1
    for private in ("whose-account", "secret-of-staff", "127.0.0.1:"):
        assert private not in log.replace(f"http://127.0.0.1:{site.port}/", "")


def test_the_site_itself_does_not_tell_and_the_port_is_for_this_machine(site):
    assert get(site, "/metrics") == 404
    port = int(site.environment["METRICS_PORT"])
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert [address for address in listening if address.endswith(f":{port:04X}")][0] == f"0100007F:{port:04X}"


def test_a_killed_process_takes_what_it_held_but_not_what_it_counted(site):
    before, (victim, *_rest) = answers(site), site.workers()
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(set(site.workers()) - {victim}) == 2)

    def pids():
        return {dict(labels)["pid"] for name, labels in read(site) if name == "futian_memory_bytes"}

    wait_until(lambda: pids() == set(map(str, site.workers())))
    after = answers(site)
    assert all(after[key] >= number for key, number in before.items())


def test_a_port_that_is_taken_is_a_message(with_static_files, prepared_cluster, tmp_path):
    data = str(with_static_files(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(SystemExit) as refused,
            running_site(1, cluster=prepared_cluster, FUTIAN_DATA=data, METRICS_PORT=str(port)),
        ):
            pass
    assert (
        f"Metrics cannot be served on 127.0.0.1 port {port} (Address already in use). Name another METRICS_PORT, or "
        "leave it out to serve none."
    ) in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_the_newest_backup_that_was_proved(tmp_path):
    assert last_backup(tmp_path / "nowhere") is None
    for name in (
        "futian-20261123T054200123456Z-v41.dump",
        "futian-20261123T054200123456Z-v41.json",
        "futian-20261124T000001123456Z-v42.dump",
        "futian-20261124T000001123456Z-v42.json",
        "futian-20261125T054200123456Z-v43.dump",  # without its manifest it is not proved
        "another.json",
    ):
        (tmp_path / name).touch()
    assert last_backup(tmp_path).timestamp() == 1795478401
    assert time.gmtime(1795478401)[:6] == (2026, 11, 24, 0, 0, 1)


def told(seen: dict) -> dict[tuple, float]:
    return {
        (sample.name, sample.labels["reader"]): sample.value
        for family in readers(seen)
        for sample in family.samples
    }


def test_each_reader_is_told_apart():
    behind = {"primary": True, "versions_behind": 3, "lag_seconds": 7.5}
    alone = {"primary": False, "seconds_since_last_commit": 40.0}
    seen = {
        "readers": {
            "one": {"answers": True, "replica": behind},
            "two": {"answers": True, "replica": alone},
            "three": {"answers": False, "reason": "OperationalError"},
        }
    }
    assert told(seen) == {
        ("futian_reader_up", "one"): 1,
        ("futian_reader_up", "two"): 1,
        ("futian_reader_up", "three"): 0,
        ("futian_replica_lag_seconds", "one"): 7.5,
        ("futian_replica_lag_seconds", "two"): 40,
        ("futian_replica_versions_behind", "one"): 3,
        ("futian_replica_versions_behind", "two"): 0,
    }
    assert told({"ready": False}) == {("futian_reader_up", "reader"): 0}


def test_rules_and_panel_ask_for_what_is_exported(site):
    """A name that nobody exports makes a rule that never fires."""
    exported = {name for name, _labels in read(site)}
    exported |= {
        "futian_replica_lag_seconds",
        "futian_replica_versions_behind",
    }  # only where there is a replica
    for file in ("prometheus-alerts.yml", "grafana-dashboard.json"):
        text = (ROOT / "deploy" / file).read_text()
        words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()
        asked = {word for word in words if word.startswith("futian_")}
        assert asked != set()
        assert asked - exported == set(), file
