"""The address that the site listens on, and the one socket that all its web processes accept from."""

import errno
import socket

from futian_reform.environment import http_url

from .prepare import ServeError

BACKLOG = 4096  # connections that wait to be accepted; the kernel takes less where net.core.somaxconn is less
# Seconds without any progress after which the kernel gives up a connection whose reader takes no more bytes.
STALLED = 90


def free_address(host: str, port: str) -> str:
    """The numeric address to listen on, after making sure that nobody else does. Raises ServeError."""
    with _bound(host, port) as probe:
        return probe.getsockname()[0]


def listen(host: str, port: str) -> socket.socket:
    """The listening socket. It outlives the web processes that accept from it, so that no connection is lost with one of them.

    A connection waits in it until its request arrives (Linux only, a second at most): a process that is told to end closes
    each connection on which it has read nothing yet (hyper's issue 3792).
    """
    listening = _bound(host, port)
    try:
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # accepted connections inherit it
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED * 1000)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def url(listening: socket.socket) -> str:
    """Where a browser on this machine finds what listens there."""
    host, port = listening.getsockname()[:2]
    return f"{http_url(host, port)}/"


def _bound(host: str, port: str) -> socket.socket:
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        raise ServeError(f"PORT is {port!r}; give it a whole number from 1 to 65535, such as 8000.")
    try:
        # The brackets of an IPv6 address belong to URLs, but are easily typed here.
        family, kind, protocol, _, target = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM
        )[0]
        bound = socket.socket(family, kind, protocol)
    except (socket.gaierror, UnicodeError) as error:
        raise ServeError(f"HOST is {host!r}, which is no address of this machine. Try 127.0.0.1.") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # `::` is every address of the machine, those of IPv4 too
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        bound.bind(target)
    except OSError as error:
        bound.close()
        raise ServeError(
            {
                errno.EADDRINUSE: f"Port {port} of {host} is taken by another program. Stop that program, or choose "
                "another port: make run PORT=8001.",
                errno.EACCES: f"This account may not open port {port}. Choose one above 1023: make run PORT=8000.",
            }.get(error.errno, f"{host} port {port} cannot be opened ({error.strerror}). Try HOST=127.0.0.1.")
        ) from error
    return bound
