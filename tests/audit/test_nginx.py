"""deploy/nginx.conf in Debian's nginx, in front of the site: what it keeps away, and what the site then believes."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.site import ROOT, free_port, running_site

pytestmark = pytest.mark.skipif(
    not shutil.which("nginx"), reason="needs nginx (Debian: apt install nginx-light)"
)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """The port of an nginx with the shipped configuration; only ports, names and certificate are its own."""
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
        + ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    port, plain = free_port(), free_port()
    with running_site(workers=1, SITE_ORIGIN=f"https://localhost:{port}") as site:
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for shipped, own in (
            (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
            (r"listen 80;", f"listen 127.0.0.1:{plain};"),
            (r"listen \[::\].*;", ""),
            (r"server 127.0.0.1:8000;", f"server 127.0.0.1:{site.port};"),
            (r"reform\.example\.org;", "localhost;"),
            (r"/etc/letsencrypt/live/reform.example.org/fullchain.pem", str(folder / "cert.pem")),
            (r"/etc/letsencrypt/live/reform.example.org/privkey.pem", str(folder / "key.pem")),
        ):
            text = re.sub(shipped, own, text)
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{text} }}\n"
        )
        nginx = subprocess.Popen(["nginx", "-c", str(configuration), "-p", str(folder)])
        try:
            deadline = time.monotonic() + 10
            while True:
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert nginx.poll() is None, Path(folder, "error.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield port, site
        finally:
            nginx.terminate()
            nginx.wait()


def connect(port: int) -> http.client.HTTPSConnection:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("localhost", port, timeout=30, context=trusting)


def get(port: int, path: str, **headers: str):
    with closing(connect(port)) as connection:
        connection.request(
            "GET", path, headers={name.replace("__", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


def test_pages_files_and_the_desk(proxied):
    port, _site = proxied
    for path in ("/", "/en/measures/", "/measures.csv", "/admin/login/", "/healthz"):
        status, headers, _body = get(port, path)
        assert status == 200
        assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_without_the_proxy_nothing_that_it_says_is_believed(proxied):
    _port, site = proxied
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
        connection.request("GET", "/en/measures/")
        assert connection.getresponse().status == 301


def sign_in_failures(port: int, **headers: str) -> list[int]:
    statuses = []
    for number in range(10):
        _status, answered, page = get(port, "/en/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(.*?)"', page)[1]
        with closing(connect(port)) as connection:
            own = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": answered["Set-Cookie"].partition(";")[0],
                "Referer": f"https://localhost:{port}/",
            }
            changing = {name: value.format(number) for name, value in headers.items()}
            form = f"csrfmiddlewaretoken={token}&username=nobody{number}&password=wrong"
            connection.request("POST", "/en/admin/login/", form, own | changing)
            statuses.append(connection.getresponse().status)
    return statuses


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Forwarded-For"])
def test_no_header_of_a_client_makes_it_another(proxied, name):
    """Eight failures lock an address, whatever it claims to be."""
    port, _site = proxied
    assert sign_in_failures(port, **{name: "203.0.113.{}"})[8:] == [429, 429]


def test_a_body_that_never_comes_never_reaches_the_site(proxied):
    port, site = proxied
    with closing(connect(port)) as connection:
        connection.connect()
        connection.sock.sendall(
            b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
        )
        time.sleep(1)
        assert get(port, "/healthz")[0] == 200
        connection.sock.settimeout(30)
        assert connection.sock.recv(1000).split()[1:2] in ([], [b"408"])
