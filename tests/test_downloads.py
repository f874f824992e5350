"""Files that are made while they are sent: whole to slow readers, and never whole in appearance only."""

import asyncio
import csv
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from benchmarks.processes import wait_until
from benchmarks.site import ROOT, free_port
from futian_reform.operations.listening import listen
from futian_reform.page_cache import downloads

from .coroutines import result_of
from .downloads_site import ROW
from .servers import missing


@contextmanager
def site(databases, *arguments: str) -> Iterator[int]:
    """A server of downloads; the result is its port."""
    port = free_port()
    content = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{databases.name}").geturl()
    with listen("127.0.0.1", str(port)) as listening:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.downloads_site", str(listening.fileno()), *arguments],
            pass_fds=(listening.fileno(),),
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": content},
        )
    try:
        yield port
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def port(databases):
    with site(databases) as port:
        yield port


def ask(port: int, rows: int, pause: float, receive_buffer: int = 0, **more: float) -> socket.socket:
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(60)
    client.connect(("127.0.0.1", port))
    query = urlencode({"rows": rows, "pause": pause, **more})
    client.sendall(f"GET /x.csv?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return client


@contextmanager
def asked(port: int, rows: int, pause: float, receive_buffer: int = 0) -> Iterator[http.client.HTTPResponse]:
    with (
        closing(ask(port, rows, pause, receive_buffer)) as client,
        http.client.HTTPResponse(client) as response,
    ):
        response.begin()
        yield response


class Sessions:
    """The database sessions in which a site of this worker makes downloads: other workers' sites have the same server."""

    def __init__(self, database: str):
        self.database = database

    def ask(self, what: str, condition: str) -> list:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            found = connection.execute(
                f"SELECT {what} FROM pg_stat_activity WHERE datname = %s"
                f" AND application_name LIKE '%%downloads_site%%' AND {condition}",
                [self.database],
            )
            return found.fetchall()

    def with_snapshots(self) -> list:
        return self.ask("pid", "xact_start IS NOT NULL")

    def end(self) -> None:
        """End those that make rows, once there are such. One that looks for the data version is none."""
        wait_until(lambda: self.ask("pg_terminate_backend(pid)", "query = 'SELECT 1'"))


@pytest.fixture
def sessions(databases):
    sessions = Sessions(databases.name)
    wait_until(lambda: not sessions.ask("pid", "query = 'SELECT 1'"))  # those of the test before
    return sessions


def test_what_is_soon_made_has_a_length(port):
    for rows in (10, 5_000):
        with asked(port, rows, 0) as response:
            assert (response.status, response.headers["Content-Length"]) == (
                200,
                str(len("row\r\n") + len(ROW) * rows),
            )
            assert response.read().decode().count(ROW) == rows


def test_what_takes_long_begins_soon_and_is_sent_as_it_is_made(port, sessions):
    with asked(port, 1_000, 0.1) as response:  # it takes two seconds to make
        assert response.read(1000)
        assert sessions.with_snapshots(), "it was made before it began"
        assert response.headers["Content-Length"] is None
        assert response.read().decode().count(ROW) == 999


@pytest.mark.parametrize(
    "pause",
    [
        5,
        pytest.param(
            50, marks=pytest.mark.skipif(not os.environ.get("PATIENT"), reason="takes a minute: PATIENT=1")
        ),
    ],
)
def test_a_reader_who_pauses_gets_all_and_holds_no_session(port, sessions, pause):
    with asked(port, 20_000, 0.003, receive_buffer=4096) as response:
        read = response.read(100_000)
        time.sleep(pause)
        assert sessions.with_snapshots() == []
        read += response.read()
    assert read.decode().count(ROW) == 20_000
    assert list(csv.reader(StringIO(read.decode()), strict=True))[-1] == ["x" * 997]


def test_a_session_that_ends_before_the_first_byte_is_an_error(port, sessions):
    with closing(ask(port, 1_000, 0.1, head_start=20)) as client:
        sessions.end()
        with http.client.HTTPResponse(client) as response:
            response.begin()
            assert response.status == 503


def test_a_session_that_ends_later_leaves_a_file_that_strict_readers_refuse(port, sessions):
    pandas = pytest.importorskip("pandas") if os.environ.get("PATIENT") else None
    with asked(port, 1_000, 0.1) as response:
        read = response.read(1000)
        sessions.end()
        read += response.read()
    assert read.count(b"x" * 997) < 1000
    with pytest.raises(csv.Error, match="unexpected end of data"):
        list(csv.reader(StringIO(read.decode()), strict=True))
    if pandas:
        with pytest.raises(pandas.errors.ParserError, match="EOF inside string"):
            pandas.read_csv(StringIO(read.decode()))


def test_a_reader_who_is_too_slow_is_left_behind_a_whole_piece(databases, monkeypatch):
    """So that what ends the file is never taken for a part of the row, or of the compressed block, before it."""
    monkeypatch.setattr(downloads, "RATE", 10**15)
    monkeypatch.setattr(downloads, "GRACE", 0)
    pieces = [bytes([65 + number]) * 100_001 for number in range(3)]

    class Pieces(list):
        def close(self):
            pass

    async def received() -> bytes:
        loop = asyncio.get_running_loop()
        file = downloads.File(Pieces(pieces), loop)
        await loop.run_in_executor(None, file.make)
        pipe = downloads.Pipe(loop)
        with open(f"/dev/fd/{pipe.out}", "rb") as reader:
            reading = loop.run_in_executor(None, reader.read)
            whole = await downloads.copy(file, pipe)
            os.close(pipe.into)
            file.close()
            assert not whole
            return await reading

    assert result_of(received()) == pieces[0]


def test_a_reader_who_goes_away_ends_the_making(port, sessions):
    with asked(port, 10_000, 0.5, receive_buffer=4096) as response:  # it takes 100 seconds to make
        response.read(1000)
        assert sessions.with_snapshots()
    wait_until(lambda: not sessions.with_snapshots())


@pytest.mark.parametrize("read", [1, 200_000])
def test_a_reader_who_goes_away_leaves_the_place_at_once(port, read):
    """So that one who looks at the beginning of many files, or begins again and again, is not told that there is no place."""
    for _again in range(16):
        with asked(port, 10_000, 0.05) as response:
            assert (response.status, len(response.read(read))) == (200, read)


@pytest.fixture(scope="module")
def real(databases):
    with site(databases, "0.05") as port:
        yield port


def curl(port: int, path: str, *options: str) -> subprocess.Popen:
    if not shutil.which("curl"):
        missing("curl", "curl")
    command = ["curl", "--silent", "--no-buffer", *options, f"http://127.0.0.1:{port}{path}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("path", ["/measures.csv", "/measures.json"])
def test_no_file_that_was_cut_short_looks_whole(real, sessions, path, coding):
    """On the real site, whichever way it is sent: the session ends in the middle, and no reader takes what came for all."""
    options = () if coding == "identity" else ("--compressed", "--header", f"Accept-Encoding: {coding}")
    with curl(real, path, *options) as client:
        read = client.stdout.read(100_000)
        sessions.end()
        read += client.stdout.read()
    if coding != "identity":
        assert client.returncode in (23, 56, 61)  # what came after is no such coding
    elif path.endswith(".csv"):
        with pytest.raises(csv.Error, match="unexpected end of data"):
            list(csv.reader(StringIO(read.decode()), strict=True))
    else:
        with pytest.raises(json.JSONDecodeError):
            json.loads(read)


@pytest.mark.parametrize("path", ["/measures.csv", "/measures.json"])
def test_a_download_is_not_fetched_twice(real, path):
    """By what curl and wget ask. HEAD does not say that it is empty."""
    with closing(http.client.HTTPConnection("127.0.0.1", real, timeout=30)) as client:
        for coding in ("identity", "br"):
            client.request("HEAD", path, headers={"Accept-Encoding": coding})
            head = client.getresponse()
            assert (head.status, head.read(), head.headers["Content-Length"]) == (200, b"", None)
            for name, validator in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
                for method in ("GET", "HEAD"):
                    client.request(
                        method, path, headers={"Accept-Encoding": coding, name: head.headers[validator]}
                    )
                    answer = client.getresponse()
                    assert (answer.status, answer.read()) == (304, b"")
                    assert answer.headers["ETag"] == head.headers["ETag"]
