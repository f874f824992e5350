"""A whole response ready to be sent again: compressed once per encoding, with a strong ETag and its 304."""

import gzip
import threading
import time
from functools import lru_cache
from hashlib import blake2b

import brotli
from django.utils.http import http_date

COMPRESSIBLE = ("text/", "json", "xml", "javascript")
COMPRESSORS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": bytes,
}
OURS = {"vary", "content-length", "etag", "last-modified"}
_compressing = threading.Lock()


@lru_cache(maxsize=1024)
def preferred_encoding(accept: str) -> str:
    """The best of `br`, `gzip` and none that an Accept-Encoding header allows."""
    weights = dict(part.partition(";q=")[::2] for part in accept.lower().replace(" ", "").split(","))
    allowed = {name for name, weight in weights.items() if not weight or weight.strip("0.")}
    return next(
        (name for name in ("br", "gzip") if name in allowed or ("*" in allowed and name not in weights)), ""
    )


def identity(version) -> tuple[int, float, str]:
    """What tells a data version from any other, also from the one that had its number before a backup was restored."""
    return version.number, version.at.timestamp(), str(version.lineage)


class Answer:
    """What Django answered. A page (status 200, of a data version) can be kept, compressed and conditional."""

    def __init__(self, response, status: str, headers: list[tuple[str, str]]):
        self.status, self.headers, self.body = status, headers, response.content
        self.failed = response.status_code >= 500
        version = getattr(response, "data_version", None)
        shareable = "public" in response.get("Cache-Control", "") and not response.cookies
        self.is_page = bool(version and response.status_code == 200 and shareable)
        self.variants = {}
        self.size = 2 * len(self.body) + 2000  # bytes in memory, with its variants
        if self.is_page:
            made = version.at.timestamp()
            self.version, self.since = identity(version), http_date(made)
            # While another edit in the same second may replace this page, it must not bear that second's name.
            young = time.time() < made + 2
            self.headers = [header for header in headers if header[0].lower() not in OURS]
            self.headers.append(("Last-Modified", http_date(made - young)))
            self.compressible = any(kind in response.get("Content-Type", "") for kind in COMPRESSIBLE)
            if self.compressible:
                self.headers.append(("Vary", "Accept-Encoding"))

    def variant(self, encoding: str) -> tuple[list, list, bytes, str]:
        """Headers, headers of a 304, body and ETag in an encoding."""
        with _compressing:
            if encoding not in self.variants:
                body = COMPRESSORS[encoding](self.body)
                etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
                short = [*self.headers, ("ETag", etag)]
                encoded = [("Content-Encoding", encoding)] if encoding else []
                full = [*short, *encoded, ("Content-Length", str(len(body)))]
                self.variants[encoding] = full, short, body, etag
        return self.variants[encoding]

    def send(self, environ, start_response) -> list[bytes]:
        """As WSGI wants it."""
        head = environ["REQUEST_METHOD"] == "HEAD"
        if not self.is_page:
            start_response(self.status, self.headers)
            return [b"" if head else self.body]
        known, headers, body = self.choose(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
        )
        start_response("304 Not Modified" if known else self.status, headers)
        return [b"" if known or head else body]

    def choose(self, accept: str, tags: str | None, since: str | None) -> tuple[bool, list, bytes]:
        """Of a page: whether the client has it already, the headers that say so or go with it, and the page as it can read it."""
        encoding = preferred_encoding(accept) if self.compressible else ""
        full, short, body, etag = self.variants.get(encoding) or self.variant(encoding)
        known = since == self.since if tags is None else etag in tags or tags == "*"
        return known, short if known else full, body
