"""HTTP/1.1 as it should not be, sent byte by byte to the served site (RFC 9112, 9110).

What matters: that a proxy and the site never disagree about where a request ends (or a second one is smuggled in), that no host
or address a client makes up gets into an answer, and that nothing is answered with a 5xx or kept waiting.
"""

import re
import socket
import time

import pytest

from benchmarks.site import running_site

LIST = "/en/measures/"
#: Answered only if somebody takes what follows a request for a second one.
SMUGGLED = "GET /en/smuggled/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def site():
    with running_site(workers=2) as site:
        yield site
        lines = site.log.read_text()
        assert "Traceback" not in lines
        assert '"status": 500' not in lines


def exchange(site, sent: str | bytes, seconds: float = 3.0) -> bytes:
    """Everything that is answered until the server closes, or has said nothing for so long."""
    received = b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=seconds) as connection:
        try:
            connection.sendall(sent.encode("latin-1") if isinstance(sent, str) else sent)
            while chunk := connection.recv(2**16):
                received += chunk
        except (TimeoutError, ConnectionError):
            pass
    return received


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"(?:^|(?<=\n)|(?<=>))HTTP/1\.[01] (\d{3})", received)]


def head(*lines: str, method="GET", path=LIST, version="HTTP/1.1", host="localhost") -> str:
    named = [f"Host: {host}"] if host else []
    return "\r\n".join([f"{method} {path} {version}", *named, *lines, "", ""])


ENDS_TWICE = {
    "two lengths": ("Content-Length: 0", f"Content-Length: {len(SMUGGLED)}"),
    "two lengths in one": (f"Content-Length: 0, {len(SMUGGLED)}",),
    "a length with a sign": ("Content-Length: +0",),
    "a negative length": ("Content-Length: -1",),
    "a hexadecimal length": ("Content-Length: 0x0",),
    "a length that overflows": ("Content-Length: 18446744073709551616",),
    "a length in words": ("Content-Length: none",),
    "another coding": ("Transfer-Encoding: xchunked",),
    "chunked not last": ("Transfer-Encoding: chunked, identity",),
    "a vertical tab": ("Transfer-Encoding: \x0bchunked",),
    "a folded line": ("X-Folded: one", " two", "Content-Length: 0"),
    "a folded coding": ("Transfer-Encoding:", " chunked"),
    "a space before the colon": ("Content-Length : 0",),
    "a line without a colon": ("Content-Length",),
    "a header without a name": (": 0",),
    "NUL in a header": ("X-Nul: a\0b",),
    "a lone CR in a header": ("X-Return: a\rContent-Length: 0",),
}


@pytest.mark.parametrize("case", ENDS_TWICE)
def test_a_request_whose_end_is_in_doubt_is_refused_and_nothing_after_it_is_read(site, case):
    received = exchange(site, head(*ENDS_TWICE[case], method="POST") + SMUGGLED)
    assert statuses(received) in ([400], []), case


def test_length_and_coding_together_end_where_the_coding_does_or_not_at_all(site):
    """By RFC 9112, 6.1 the coding counts; who believes the length takes the second request for a body."""
    lines = ("Content-Length: 5", "Transfer-Encoding: chunked")
    received = exchange(site, head(*lines, method="POST") + "0\r\n\r\n" + SMUGGLED)
    assert statuses(received)[0] in (400, 403, 405)
    # The other way round: a length that covers the second request must not hide it from a server that believes the coding.
    lines = (f"Content-Length: {5 + len(SMUGGLED)}", "Transfer-Encoding: chunked")
    assert statuses(exchange(site, head(*lines, method="POST") + "0\r\n\r\n" + SMUGGLED)) == statuses(
        received
    )


CHUNKS = {
    "no size": "\r\n\r\n",
    "a negative size": "-1\r\nx\r\n0\r\n\r\n",
    "a size with a prefix": "0x1\r\nx\r\n0\r\n\r\n",
    "a size that overflows": "FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n",
    "more than the size": "1\r\nxyz\r\n0\r\n\r\n",
    "endless extensions": "1;" + "a" * 300_000 + "\r\nx\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("case", CHUNKS)
def test_a_broken_chunk_ends_the_connection(site, case):
    request = head("Transfer-Encoding: chunked", method="POST", path="/en/admin/login/")
    received = exchange(site, request + CHUNKS[case] + SMUGGLED, seconds=12)
    assert 404 not in statuses(received)
    assert all(status in (400, 403, 405, 408, 411, 413) for status in statuses(received))
    assert len(statuses(received)) <= 1


def test_an_address_in_absolute_form_names_no_host_of_its_own(site):
    own = exchange(site, head(path=f"http://localhost{LIST}") + head("Connection: close"))
    assert statuses(own) == [200, 200]
    for path in ("http://evil.example/", f"http://evil.example{LIST}", "https://evil.example/en/nowhere/"):
        received = exchange(site, head("Connection: close", path=path))
        assert statuses(received)[0] in (200, 400, 404)
        assert b"evil.example" not in received


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost@evil.example", "evil.example:8000", "localhost:x", "a b"]
)
def test_a_host_that_is_not_ours_is_refused(site, host):
    received = exchange(site, head("Connection: close", host=host))
    assert statuses(received) == [400]
    assert b"evil.example" not in received


@pytest.mark.parametrize(
    "lines",
    [
        ("Host: evil.example",),
        ("X-Forwarded-Host: evil.example",),
        ("X_Forwarded_Host: evil.example",),
        ("Forwarded: host=evil.example;proto=https",),
        ("X-Original-URL: /en/admin/", "X-Rewrite-URL: /en/admin/"),
        ("X-HTTP-Method-Override: DELETE",),
    ],
)
def test_what_a_client_says_of_hosts_changes_no_answer(site, lines):
    received = exchange(site, head(*lines, "Connection: close"))
    assert statuses(received)[0] in (200, 400)
    assert b"evil.example" not in received
    if statuses(received) == [200]:
        assert b"<title>" in received or b"Content-Encoding" in received


def test_underscores_and_hyphens_of_forwarded_addresses_unlock_nobody(site):
    """Nine failed sign-ins from one address, each with another made-up one, in both spellings."""
    page = exchange(site, head("Connection: close", path="/en/admin/login/")).decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    cookie = re.search(r"(?i)set-cookie:\s*(csrftoken=\w+)", page)[1]
    found = []
    for number in range(10):
        form = f"csrfmiddlewaretoken={token}&username=nobody-{number}&password=x"
        lines = (
            *(f"X_Forwarded_For: 192.0.2.{number}", f"X-Forwarded-For: 198.51.100.{number}"),
            *(f"Cookie: {cookie}", f"Referer: {site.origin}/", f"Content-Length: {len(form)}"),
            *("Content-Type: application/x-www-form-urlencoded", "Connection: close"),
        )
        request = head(*lines, method="POST", path="/en/admin/login/", host=f"127.0.0.1:{site.port}")
        found += statuses(exchange(site, request + form, seconds=20))
    assert found[0] == 200  # the form again
    assert found[-1] == 429
    assert found == sorted(found)


ODD_LINES = {
    "lower case": (head(method="get"), {400, 405, 501}),
    "no version": (f"GET {LIST}\r\n\r\n", {400}),
    "version 3": (head(version="HTTP/3.0"), {400, 505}),
    "version 1": (head(version="HTTP/1"), {400, 505}),
    "two spaces": (head(path=f" {LIST}"), {400}),
    "a space in the address": (head(path="/en/ measures/"), {400}),
    "no slash": (head(path="en/measures/"), {400, 404}),
    "a fragment": (head(path=f"{LIST}#x"), {200, 400, 404}),
    "a tab in the method": (head(method="G\tET"), {400}),
    "HTTP/2 by prior knowledge": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    "TLS": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\0" * 64 + "\r\n\r\n", {400}),
    "asterisk": (head("Connection: close", method="OPTIONS", path="*"), {200, 204, 400, 404, 405}),
    "CONNECT": (head("Connection: close", method="CONNECT", path="evil.example:443"), {400, 404, 405, 501}),
    "an address of 200 kB": (head(path="/" + "a" * 200_000), {400, 414, 431}),
    "headers of 200 kB": (head(f"X-Long: {'a' * 200_000}"), {400, 431}),
    "a thousand headers": (head(*(f"X-{number}: a" for number in range(1000))), {400, 431}),
    "a cookie of 60 kB": (head("Connection: close", "Cookie: a=" + "b" * 60_000), {200, 400, 431}),
    "bytes that are no text": (head(path="/\xff\xfe/", version="HTTP/1.1"), {400, 404}),
}


@pytest.mark.parametrize("case", ODD_LINES)
def test_an_odd_request_is_refused_at_once(site, case):
    request, allowed = ODD_LINES[case]
    begun = time.monotonic()
    received = exchange(site, request)
    assert set(statuses(received)) <= allowed
    assert len(statuses(received)) <= 1
    assert time.monotonic() - begun < 5
    assert b"evil.example" not in received


def test_trace_repeats_nothing(site):
    received = exchange(site, head("Cookie: sessionid=secret", "Connection: close", method="TRACE"))
    assert statuses(received)[0] in (400, 405, 501)
    assert b"secret" not in received


def test_requests_on_one_connection_are_answered_in_their_order(site):
    paths = [LIST, "/en/nowhere/", "/healthz", LIST]
    sent = "".join(head(path=path) for path in paths[:-1]) + head("Connection: close")
    assert statuses(exchange(site, sent, seconds=10)) == [200, 404, 200, 200]


def test_answers_without_a_body_have_none(site):
    """A body after a HEAD or a 304 would be read as the next answer."""
    for path in (LIST, "/measures.csv", "/en/nowhere/", "/en/admin/login/", "/healthz"):
        sent = head(path=path, method="HEAD") + head("Connection: close", path="/healthz")
        received = exchange(site, sent, seconds=10)
        first, _, rest = received.partition(b"\r\n\r\n")
        assert rest.startswith(b"HTTP/1.1 200"), path
        assert rest.endswith(b"\r\n\r\nok\n")
    etag = re.search(rb"(?i)etag: (\S+)", exchange(site, head("Connection: close")))[1].decode()
    received = exchange(site, head(f"If-None-Match: {etag}") + head("Connection: close", path="/healthz"))
    assert statuses(received) == [304, 200]
    assert received.partition(b"\r\n\r\n")[2].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("path", ["/en/measures%0d%0aX-Injected:%20a/", "//evil.example/%2e%2e", "/en/measures?q=%0d%0aX-Injected:a", "/\\evil.example", "//evil.example"])  # fmt: skip
def test_an_address_puts_no_header_and_no_host_into_an_answer(site, path):
    received = exchange(site, head("Connection: close", path=path), seconds=10)
    headers = received.partition(b"\r\n\r\n")[0].lower()
    assert statuses(received)[0] in (200, 301, 302, 308, 400, 404)
    assert b"\r\nx-injected" not in headers
    location = re.search(rb"\r\nlocation: (\S*)", headers)
    if location:
        assert re.match(rb"/(?![/\\])|" + re.escape(site.origin.encode()), location[1]), location[1]


def test_a_request_without_a_host(site):
    received = exchange(site, head("Connection: close", host=""))
    assert statuses(received) in ([400], [200])
    assert statuses(exchange(site, head("Connection: close", host="", version="HTTP/1.0"))) in ([200], [400])


def test_a_client_that_waits_for_leave_gets_it_or_an_answer(site):
    received = exchange(
        site,
        head("Expect: 100-continue", "Content-Length: 5", "Connection: close", method="POST"),
        seconds=12,
    )
    assert statuses(received)[:1] in ([100], [403], [405], [408], [417], [400])
