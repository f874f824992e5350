"""Whose address a request is counted under, and what only a proxy of ours may say."""

from ipaddress import ip_network

import pytest

from futian_reform.requests.client import client_address, without_claims

OURS = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # Who is no proxy may claim what it likes.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        # A proxy appends; what stands before its word the client made up.
        ("127.0.0.1", "10.9.9.9, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        # With ports, in brackets, quoted, and as IPv4 within IPv6.
        ("127.0.0.1", "1.2.3.4:50123", "1.2.3.4"),
        ("127.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::"),
        ("127.0.0.1", '"[2001:db8:1:2::9]"', "2001:db8:1:2::"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        # A client of IPv6 has a network of 64 bits for itself.
        ("2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::1", "", "2001:db8:1:2::"),
        ("fe80::1%eth0", "", "fe80::"),
        # Junk is nobody's address: then it is the proxy that asks.
        ("127.0.0.1", "junk", "127.0.0.1"),
        ("127.0.0.1", "unknown, 10.0.0.3", "10.0.0.3"),
        ("127.0.0.1", "203.0.113.7, ', DROP TABLE", "127.0.0.1"),
        ("", "203.0.113.7", "0.0.0.0"),
        ("unix:", "", "0.0.0.0"),
    ],
)
def test_the_address_of_a_client(settings, peer, forwarded, client):
    settings.PROXIES = OURS
    assert client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}) == client


def test_without_a_proxy_nothing_forwarded_counts(settings):
    environ = {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    settings.PROXIES = OURS
    assert without_claims(environ) == environ
    settings.PROXIES = ()
    assert without_claims(environ) == {"REMOTE_ADDR": "127.0.0.1"}
    assert client_address(environ) == "127.0.0.1"
