"""Who sent a request: the client itself, or a proxy that says for whom.

What a request says in X-Forwarded-For and X-Forwarded-Proto counts only where it comes from an address in PROXIES. The server
writes both spellings, X-Forwarded-For and X_Forwarded_For, into one variable, so a proxy must not let the second through;
nginx does not, and deploy/nginx.conf sets the first itself.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
UNKNOWN = "0.0.0.0"  # noqa: S104  nothing is bound to it


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it: perhaps with a port, in brackets, or as IPv4 within IPv6. None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])  # without the interface of a link-local address
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1024)
def is_proxy(text: str, proxies: tuple) -> bool:
    address = parsed(text)
    return address is not None and any(address in network for network in proxies)


def comes_from_proxy(environ: dict) -> bool:
    return bool(settings.PROXIES) and is_proxy(environ.get("REMOTE_ADDR", ""), settings.PROXIES)


def without_claims(environ: dict) -> dict:
    """`environ` without what only a proxy may say."""
    if comes_from_proxy(environ) or not any(name in environ for name in FORWARDED):
        return environ
    return {name: value for name, value in environ.items() if name not in FORWARDED}


def client_address(environ: dict) -> str:
    """The address of the client; of IPv6 the network of 64 bits, within which a client may choose any.

    Each proxy appends the address that it was asked from. Read from the end, the first that is no proxy of ours is the client;
    what stands before it the client may have made up.
    """
    nearest = parsed(environ.get("REMOTE_ADDR") or "")
    if comes_from_proxy(environ):
        for part in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = parsed(part)
            if address is None:
                break
            nearest = address
            if not is_proxy(str(address), settings.PROXIES):
                break
    if nearest is None:
        return UNKNOWN
    if nearest.version == 6:
        return str(ip_network((nearest, 64), strict=False).network_address)
    return str(nearest)
