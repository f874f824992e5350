"""Answers of Django, ready to be sent: with validators that clients can ask by, and with a 304 where they have it already."""

import threading
import time
from functools import lru_cache
from hashlib import blake2b

from django.utils.http import http_date, parse_http_date_safe

from .coding import COMPRESSIBLE, COMPRESSORS, preferred_encoding

OURS = {"vary", "content-length", "etag", "last-modified"}
SETTLED = 2  # seconds after an edit, beyond which no other can bear the same second's name
_compressing = threading.Lock()


def identity(version) -> tuple[int, float, str]:
    """The marks that tell a data version from any other, also from the one that had its number before a backup was restored."""
    return version.number, version.at.timestamp(), str(version.lineage)


@lru_cache(maxsize=1024)
def seconds_of(date: str) -> int | None:
    """The time that a header names; None where it names none."""
    return parse_http_date_safe(date)


class Response:
    """An answer that may be of a data version and public: then it is a page, and has validators in each coding.

    A subclass gives `validated`: the ETag of a coding, the headers that go with the body alone, and the body.
    """

    def __init__(self, response, status: str, headers: list[tuple[str, str]]):
        self.status, self.headers = status, headers
        self.failed = response.status_code >= 500
        version = getattr(response, "data_version", None)
        shareable = "public" in response.get("Cache-Control", "") and not response.cookies
        self.is_page = bool(version and response.status_code == 200 and shareable)
        if self.is_page:
            self.version, self.made = identity(version), version.at.timestamp()
            self.headers = [header for header in headers if header[0].lower() not in OURS]
            self.compressible = any(kind in response.get("Content-Type", "") for kind in COMPRESSIBLE)
            if self.compressible:
                self.headers.append(("Vary", "Accept-Encoding"))
            self.variants: dict[str, tuple] = {}

    def validated(self, coding: str) -> tuple[str, list[tuple[str, str]], bytes]:
        raise NotImplementedError

    def variant(self, coding: str) -> tuple[list, list, bytes, str]:
        """Headers, headers of a 304, body and ETag in a coding."""
        etag, of_body, body = self.validated(coding)
        settled = time.time() >= self.made + SETTLED
        # While another edit in the same second may replace this page, it must not bear that second's name.
        modified = http_date(self.made if settled else self.made - 1)
        short = [*self.headers, ("Last-Modified", modified), ("ETag", etag)]
        variant = [*short, *([("Content-Encoding", coding)] if coding else []), *of_body], short, body, etag
        if settled:
            self.variants[coding] = variant
        return variant

    def choose(
        self, accept: str, tags: str | None, since: str | None
    ) -> tuple[bool, list[tuple[str, str]], bytes, str]:
        """Of a page: whether the client has it already, the headers that say so or go with it, the page as the client can read
        it, and its coding."""
        coding = preferred_encoding(accept) if self.compressible else ""
        full, short, body, etag = self.variants.get(coding) or self.variant(coding)
        if tags is not None:
            # Weak tags count too; a tag of ours has its quotation marks, so it is no part of another.
            known = etag in tags or tags.strip() == "*"
        else:
            known = since is not None and self.is_known_since(since)
        return known, short if known else full, body, coding

    def is_known_since(self, date: str) -> bool:
        """Whether who got this address at a time has this page: not before it is settled, nor by a time to come."""
        asked, now = seconds_of(date), time.time()
        return asked is not None and int(self.made) <= asked <= now and now >= self.made + SETTLED

    def choose_for(self, environ) -> tuple[bool, list[tuple[str, str]], bytes, str]:
        return self.choose(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
        )


class Answer(Response):
    """A whole answer, which can be kept and sent again; compressed once per coding."""

    def __init__(self, response, status: str, headers: list[tuple[str, str]]):
        super().__init__(response, status, headers)
        self.body = response.content
        self.bodies: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {}
        self.size = 2 * len(self.body) + 2000  # bytes in memory, with its variants

    def validated(self, coding: str) -> tuple[str, list[tuple[str, str]], bytes]:
        with _compressing:
            if coding not in self.bodies:
                body = COMPRESSORS[coding](self.body)
                etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
                self.bodies[coding] = etag, [("Content-Length", str(len(body)))], body
        return self.bodies[coding]

    def send(self, environ, start_response) -> list[bytes]:
        """As WSGI wants it."""
        known, headers, body = False, self.headers, self.body
        if self.is_page:
            known, headers, body, _coding = self.choose_for(environ)
        start_response("304 Not Modified" if known else self.status, headers)
        return [b"" if known or environ["REQUEST_METHOD"] == "HEAD" else body]
