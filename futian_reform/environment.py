"""The file of settings that the service and every command read, so that all of them work on the same database.

It is the one that ENVIRONMENT_FILE names, or /etc/futian-reform.env where that exists. What the environment says already
stays. Lines are as systemd reads them: NAME=value, perhaps in quotes; `#` begins a comment.
"""

import os
import re
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

USUAL = Path("/etc/futian-reform.env")
# What Django takes as the host of a request; another one would never be answered.
HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*\.?|\[[a-f0-9.:]+\]")


def load() -> None:
    """Add what the file says to the environment. Raises ImproperlyConfigured."""
    named = os.environ.get("ENVIRONMENT_FILE")
    if named == "":
        return
    path = Path(named or USUAL)
    try:
        if named is None and not path.exists():
            return
        # Whatever the locale is; Notepad of Windows begins with a mark.
        text = path.read_text(encoding="utf-8-sig")
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
        if not equals or not name.strip().isidentifier() or "\0" in line:
            raise ImproperlyConfigured(f"Line {number} of {path} is no setting. Write it as NAME=value.")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def improper(name: str, remedy: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {env(name)!r}; {remedy}.")


def env_number(name: str, default: int, most: int = 2**31 - 1, least: int = 0) -> int:
    value = env(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise improper(name, f"give it a whole number from {least} to {most}, such as {default}")
    return int(value)


def env_choice(name: str, *choices: str) -> str:
    """One of the choices, in whatever letters it is written; the first one if nothing is."""
    value = env(name, choices[0])
    for choice in choices:
        if choice.lower() == value.lower():
            return choice
    raise improper(name, f"give it one of: {', '.join(choices)}")


def env_folder(name: str, default: Path) -> Path:
    try:
        return Path(env(name, str(default))).expanduser().absolute()
    except RuntimeError:
        raise improper(name, "there is no such account here, so write the whole path") from None


def reachable(host: str) -> str:
    """The host at which this machine reaches what listens on `host`, which may be every address of the machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def http_url(host: str, port: int | str) -> str:
    """The address of what listens on `host` and `port`, for this machine."""
    host = reachable(host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def ascii_host(host: str) -> str:
    """A host as requests write it: in small letters, and a Chinese domain in those of IDNA. Raises ValueError."""
    found = (host if host.isascii() else host.encode("idna").decode()).lower()
    if found != "*" and not HOST.fullmatch(found):
        raise ValueError(host)
    return found


def origin(name: str, value: str) -> SplitResult:
    """The address of a site as browsers write it, without the usual port; `name` is the setting that says it."""
    with suppress(ValueError):
        parts = urlsplit(value.rstrip("/"))
        bare = parts.scheme in ("http", "https") and not (parts.path or parts.query or parts.fragment)
        if bare and parts.hostname and parts.username is None and parts.port != 0:
            host = ascii_host(f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname)
            port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
            return urlsplit(f"{parts.scheme}://{host}{port}")
    address = {"HOST": "a name or number of this machine, such as 127.0.0.1"}
    raise improper(
        name, f"give it {address.get(name, 'a scheme and a host, such as https://reform.example.org')}"
    )


def hosts(name: str) -> list[str]:
    """The names of hosts, `*` or `.example.org` for all below, as requests write them."""
    with suppress(ValueError):
        return [ascii_host(word) for word in env(name).replace(",", " ").split()]
    raise improper(name, "give it names of hosts separated by spaces, without https:// and port")


def networks(name: str, default: str) -> tuple[IPv4Network | IPv6Network, ...]:
    value = env(name, default)
    with suppress(ValueError):
        if not value.isdecimal():  # their number, as it was written before 2.0
            return tuple(ip_network(word, strict=False) for word in value.replace(",", " ").split())
    raise improper(name, "give it addresses and networks separated by spaces, such as 127.0.0.1 10.0.0.0/8")
