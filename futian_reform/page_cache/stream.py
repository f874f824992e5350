"""Answers that are made while they are sent: too long to be kept, but with the same validators as those that are."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.db import connections

from .cached_response import Response
from .coding import Encoder

# What ends a file that could not be finished: a quotation mark that is never closed is an error to Python's strict csv reader,
# pandas and PostgreSQL's COPY. It follows a whole row, since the pieces of a CSV end with one.
UNFINISHED = {
    "text/csv": b'\r\n"This file ends before its end. \xe6\x96\x87\xe4\xbb\xb6\xe4\xb8\x8d\xe5\xae\x8c\xe6\x95\xb4'
}

MADE_FROM = {".py", ".toml", ".tsv", ".txt", ".mo"}  # code, tables, texts


@lru_cache(maxsize=1)
def release() -> bytes:
    """A digest of the code and the texts that files are made with: another release may write the same data in another way."""
    digest = blake2b(settings.SITE_ORIGIN.encode(), digest_size=12)
    for folder in ("measures", "locale"):
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.suffix in MADE_FROM:
                digest.update(path.read_bytes())
    return digest.digest()


class Stream(Response):
    """A streamed response of an address, not yet sent, that tells when it is over."""

    def __init__(self, response, start: list, address: tuple[str, str], over: Callable[[], None]):
        super().__init__(response, *start)
        self.response, self.address, self.over, self.encoder = response, address, over, Encoder("")

    def validated(self, coding: str) -> tuple[str, list[tuple[str, str]], bytes]:
        what = repr((self.address, self.version, release(), coding)).encode()
        return f'"{blake2b(what, digest_size=12).hexdigest()}"', [], b""

    def send(self, environ, start_response) -> Iterable[bytes]:
        """As WSGI wants it: the stream itself, or nothing where headers say all."""
        known, headers = False, self.headers
        if self.is_page:
            known, headers, _body, coding = self.choose_for(environ)
            self.encoder = Encoder(coding)
        start_response("304 Not Modified" if known else self.status, headers)
        if known or environ["REQUEST_METHOD"] == "HEAD":
            self.close()
            return [b""]
        return self

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.response:
            yield self.encoder.piece(chunk)
        if end := self.encoder.end():
            yield end

    @property
    def unfinished(self) -> bytes:
        """The bytes that tell a reader that the pieces so far are not all."""
        kind = self.response.headers.get("Content-Type", "").partition(";")[0]
        return Encoder.CUT[self.encoder.coding] or UNFINISHED.get(kind, b"")

    def close(self) -> None:
        try:
            self.response.close()
            connections.close_all()  # the server's threads come and go; no connection may stay with them
        finally:
            self.over()
