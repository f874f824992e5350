"""The file of settings that the service and every command read, so that all of them work on the same database.

It is the one that ENVIRONMENT_FILE names, or /etc/futian-reform.env where that exists. What the environment says already
stays. Lines are as systemd reads them: NAME=value, perhaps in quotes; `#` begins a comment.
"""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

USUAL = Path("/etc/futian-reform.env")


def load() -> None:
    """Add what the file says to the environment. Raises ImproperlyConfigured."""
    named = os.environ.get("ENVIRONMENT_FILE")
    if named == "":
        return
    path = Path(named or USUAL)
    try:
        if named is None and not path.exists():
            return
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ImproperlyConfigured(
            f"The settings in {path} cannot be read ({reason}). Let this account read it (chgrp, chmod 640), or name another "
            "file in ENVIRONMENT_FILE; an empty ENVIRONMENT_FILE does without."
        ) from error
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith(("#", ";")):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"Line {number} of {path} is no setting. Write it as NAME=value.")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_number(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; give it a whole number, such as {default}.")
    return int(value)


def reachable(host: str) -> str:
    """The host at which this machine reaches what listens on `host`, which may be every address of the machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def http_url(host: str, port: int | str) -> str:
    """The address of what listens on `host` and `port`, for this machine."""
    host = reachable(host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def networks(name: str, default: str) -> tuple[IPv4Network | IPv6Network, ...]:
    value = env(name, default)
    try:
        if value.isdecimal():  # their number, as it was written before 2.0
            raise ValueError(value)
        return tuple(ip_network(word, strict=False) for word in value.replace(",", " ").split())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; give it addresses and networks separated by spaces, such as 127.0.0.1 10.0.0.0/8."
        ) from error
