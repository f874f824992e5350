"""Clients that send or read slowly, or not at all, hold up nobody else."""

import http.client
import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from benchmarks.site import running_site

KEPT = "/en/measures/"


@pytest.fixture(scope="module")
def site(with_static_files, prepared_cluster, tmp_path_factory):
    data = with_static_files(tmp_path_factory.mktemp("data"))
    with running_site(cluster=prepared_cluster, FUTIAN_DATA=str(data)) as site:
        for _ in range(20):  # enough to reach each process
            assert get(site, KEPT)[0] == 200
        yield site


def get(site, path: str, source: str = "127.0.0.1", **request) -> tuple[int | None, float]:
    """Status and seconds; no status where nothing comes in time."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20, source_address=(source, 0))
    with closing(connection), suppress(TimeoutError):
        connection.request(request.pop("method", "GET"), path, **request)
        response = connection.getresponse()
        response.read()
        return response.status, time.monotonic() - begun
    return None, time.monotonic() - begun


@contextmanager
def connections(site, count: int, send: bytes = b"", receive_buffer: int = 0):
    """So many open connections from 127.0.0.1, each of which has sent that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    with ExitStack() as opened:
        sockets = []
        for _ in range(count):
            client = opened.enter_context(socket.socket())
            if receive_buffer:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            client.settimeout(30)
            client.connect(("127.0.0.1", site.port))
            client.sendall(send)
            sockets.append(client)
        yield sockets
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def post_form(site, source: str) -> tuple[int | None, float]:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return get(site, "/en/admin/login/", source, method="POST", body="username=a&password=b", headers=kind)


def received(client) -> bytes | None:
    """What comes until the connection is closed; None where it stays open."""
    answer = b""
    with suppress(TimeoutError):
        while chunk := client.recv(65536):
            answer += chunk
        return answer
    return None


def answers_others(site, rounds: int = 10):
    for _ in range(rounds):
        for path in (KEPT, "/healthz"):
            status, seconds = get(site, path)
            assert status == 200
            assert seconds < 2


POST = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.parametrize("beginning", [b"", b"username=a"])
def test_bodies_that_never_come(site, beginning):
    with connections(site, 300, POST % (b"/admin/login/", 5_000_000) + beginning) as clients:
        time.sleep(0.5)
        answers_others(site)
        # The desk too, for people at other addresses, whichever process they reach. A form without its token is refused once
        # it has been read.
        with ThreadPoolExecutor(8) as people:
            answers = list(people.map(lambda _: post_form(site, source="127.0.0.2"), range(16)))
        assert {status for status, _seconds in answers} == {403}
        assert max(seconds for _status, seconds in answers) < 5
        statuses = set()
        for client in clients:
            answer = received(client)
            assert answer is not None
            statuses.add(answer.split()[1])
    assert statuses == {b"408", b"503"}


def test_bodies_that_nobody_reads(site):
    """What is sent to a public page is refused before its body is asked for."""
    with connections(site, 300, POST % (b"/en/measures/", 5_000_000)) as clients:
        answers_others(site)
        for client in clients:
            assert client.recv(65536).split()[1] == b"405"


def test_bodies_that_come_slowly_are_read_to_the_end(site):
    boundary = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"1" * 150_000 + b"\r\n--x--\r\n"
    head = b"POST /en/admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    status = b""
    with closing(socket.create_connection(("127.0.0.1", site.port), timeout=30)) as client, suppress(OSError):
        client.sendall(head + b"Content-Length: %d\r\n\r\n" % len(boundary))
        for start in range(0, len(boundary), 15_000):  # 15 kB a second
            client.sendall(boundary[start : start + 15_000])
            time.sleep(1)
        status = client.recv(65536).split()[1]
    assert status == b"403"


def test_idle_connections(site):
    with connections(site, 3000):
        time.sleep(2.5)  # the kernel holds back a connection without a request for so long
        answers_others(site)
    with connections(site, 3000, b"GET / HTTP/1.1\r\nHost: 127"):
        answers_others(site)


def test_headers_that_never_end(site):
    with connections(site, 20, b"GET / HTTP/1.1\r\nHost: 127") as clients:
        begun = time.monotonic()
        for client in clients:
            assert received(client) is not None
        assert time.monotonic() - begun < 20  # it may take ten, on a machine with nothing else to do


@pytest.mark.parametrize(
    "path", [b"/en/source/", b"/admin/jsi18n/", b"/static/admin/js/vendor/jquery/jquery.js"]
)
def test_answers_that_nobody_reads(site, path):
    """Five asked for on each of two hundred connections, which take in none of them."""
    request = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path
    with connections(site, 200, request * 5, receive_buffer=1024):
        time.sleep(1)
        answers_others(site)
