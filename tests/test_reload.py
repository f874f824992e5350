"""New code by SIGHUP: proved before a web process runs it, and refused with the reason where it does not work."""

import os
import shutil
import signal
import socket
import threading
from contextlib import ExitStack, contextmanager, suppress

import psycopg
import pytest

from benchmarks.processes import signal_each, wait_until
from futian_reform.operations.embedded_postgres import EmbeddedPostgres

from .release import Release, released

KEPT = "/en/measures/"
REFUSED = "The code on the disk was refused; the web processes of before stay: "
TAKEN = "The web processes run the code on the disk."


@contextmanager
def data_directory(tmp_path_factory, with_static_files, prepared_cluster):
    folder = tmp_path_factory.mktemp("data")
    folder.chmod(0o755)
    # Owned by this account, since the folder is private.
    shutil.copytree(prepared_cluster, folder / "postgres")
    yield with_static_files(folder)
    EmbeddedPostgres(folder).stop()


@pytest.fixture
def data(tmp_path_factory, with_static_files, prepared_cluster):
    with data_directory(tmp_path_factory, with_static_files, prepared_cluster) as data:
        yield data


@pytest.fixture(scope="module")
def served(tmp_path_factory, with_static_files, prepared_cluster):
    """A server for several tests. In the end it stops as it should, with slow bodies and a process that hangs on its hands."""
    with (
        data_directory(tmp_path_factory, with_static_files, prepared_cluster) as data,
        released(tmp_path_factory.mktemp("release"), data) as release,
    ):
        yield release
        with slow_bodies(release):
            os.kill(min(release.workers()), signal.SIGSTOP)  # it listens to nobody any more
            assert release.stop() == 0


@pytest.fixture
def release(served):
    """The server once the web processes that a test before replaced have ended."""
    wait_until(lambda: len(served.workers()) == 2)
    return served


@contextmanager
def readers(release):
    """Readers who ask for a kept page and for health all the while: every one is answered."""
    over, answers = threading.Event(), set()

    def read():
        while not over.wait(0.02):
            for path in (KEPT, "/healthz"):
                try:
                    answers.add(release.get(path)[0])
                except OSError as error:
                    answers.add(repr(error))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert answers == {200}


@contextmanager
def slow_bodies(release):
    """Fifty connections that send a length and no body."""
    head = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(50):
            client = opened.enter_context(socket.create_connection(("127.0.0.1", release.port)))
            client.sendall(head)
        yield


@contextmanager
def forms_under_way(release):
    """Four forms from another address: most of each comes before the block, the rest after it, and all are answered."""
    head = (
        b"POST /en/admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 1000000\r\n\r\n"
    )
    with ExitStack() as opened:
        clients = []
        for _ in range(4):
            client = socket.create_connection(("127.0.0.1", release.port), 20, ("127.0.0.2", 0))
            clients.append(opened.enter_context(client))
            client.sendall(head + b"a" * 800_000)
        yield
        answers = []
        with suppress(OSError):
            for client in clients:
                client.sendall(b"a" * 200_000)
                answers.append(client.recv(12))
        assert answers == [b"HTTP/1.1 403"] * 4  # without its token, which is known once it was read


BAD = [  # file, what is put behind it, what the refusal says
    ("futian_reform/urls.py", "\ndef broken(:\n", "SyntaxError: invalid syntax"),
    (
        "futian_reform/urls.py",
        "\nimport a_package_that_is_missing\n",
        "No module named 'a_package_that_is_missing'",
    ),
    (
        "futian_reform/apps.py",
        "\nfrom django.core import checks\nchecks.register(lambda **_: [checks.Error('Not fit to serve')])\n",
        "Not fit to serve",
    ),
    ("templates/home.html", "{% nonsense %}", "The page / was answered with 500"),
]


def test_bad_releases_are_refused_and_a_good_one_is_taken(release):
    """Two kinds; `make audit` tries every one."""
    check_releases(release, [BAD[0], BAD[-1]])


def check_releases(release, bad_ones):
    before = release.workers()
    template = release.folder / "templates" / "home.html"
    page = template.read_text()
    with readers(release), slow_bodies(release):
        for name, bad, reason in bad_ones:
            file = release.folder / name
            good = file.read_text()
            file.write_text(good + bad)
            release.reload()
            assert reason in release.said(REFUSED)
            file.write_text(good)
        assert release.workers() == before

        # A style sheet that no manifest knows yet, and a page that names it.
        (release.folder / "static" / "new.css").write_text("body { color: inherit }")
        template.write_text(page.replace("</h1>", "</h1><!-- {% static 'new.css' %} -->", 1))
        with forms_under_way(release):
            release.reload()
            release.said(TAKEN)
    wait_until(lambda: not release.workers() & before)  # they answer first what they have read
    status, text = release.get("/")
    assert status == 200
    assert "/static/new." in text
    address = text.partition("<!-- ")[2].partition(" -->")[0]
    assert release.get(address) == (200, "body { color: inherit }")


MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("measures", "{last}")]
    operations = [migrations.RunSQL("{sql}")]
"""


def test_a_release_with_a_migration_is_taken_once_it_has_run(release):
    migrations = release.folder / "measures" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    new = migrations / "0999_drill.py"
    before = release.workers()
    with readers(release):
        new.write_text(MIGRATION.format(last=last, sql="SELECT 1/0"))
        release.reload()
        assert "division by zero" in release.said(REFUSED)
        assert release.workers() == before
        new.write_text(MIGRATION.format(last=last, sql="CREATE TABLE drill (id int)"))
        release.reload()
        release.said("Applying 1 migrations.")
        release.said(TAKEN)
        assert release.get("/readyz")[0] == 200
    with psycopg.connect(EmbeddedPostgres(release.environment["FUTIAN_DATA"]).url()) as connection:
        assert connection.execute("SELECT count(*) FROM drill").fetchone() == (0,)


def test_a_migration_waits_for_a_proved_backup(tmp_path, data):
    backups = data / "backups"
    backups.write_text("a file where the folder should be")
    with released(tmp_path, data, BACKUP_BEFORE_MIGRATIONS="1", BACKUP_FOLDER=str(backups)) as release:
        migrations = release.folder / "measures" / "migrations"
        last = max(path.stem for path in migrations.glob("0*.py"))
        (migrations / "0999_drill.py").write_text(
            MIGRATION.format(last=last, sql="CREATE TABLE drill (id int)")
        )
        release.reload()
        refusal = release.said(REFUSED)
        assert "The backup could not be made" in refusal
        assert (
            "Nothing was migrated: mend that, or do without by an empty BACKUP_BEFORE_MIGRATIONS." in refusal
        )
        with psycopg.connect(EmbeddedPostgres(data).url()) as connection:
            assert connection.execute("SELECT to_regclass('drill')").fetchone() == (None,)

        backups.unlink()
        release.reload()
        release.said(f"Writing a backup into {backups} before the migrations.")
        release.said("Applying 1 migrations.")
        release.said(TAKEN)
        assert [path.suffix for path in sorted(backups.glob("futian-*"))] == [".dump", ".json"]
        assert release.stop() == 0


def test_hang_up_during_start_up_is_not_the_end(tmp_path, data):
    release = Release(tmp_path, data)
    release.start()
    try:
        for beginning in ("Port", "Starting PostgreSQL"):
            release.said(beginning)
            release.reload()
        release.said("Serving on")
        release.said(TAKEN)
        assert release.get(KEPT)[0] == 200
        assert release.stop() == 0
        assert not EmbeddedPostgres(data).is_ready()
    finally:
        release.kill()


def test_processes_that_die_again_and_again_are_replaced(release):
    for _ in range(3):
        wait_until(lambda: len(release.workers()) == 2)
        signal_each(release.workers(), signal.SIGKILL)
        release.said("A web process ended unexpectedly (-9); another is started.")
        release.said("A web process ended unexpectedly (-9); another is started.")
    assert release.process.poll() is None
    wait_until(lambda: release.get(KEPT)[0] == 200)
