"""Codings of bodies: which of them a client takes best, and how bodies and streams are brought into it."""

import gzip
import re
import zlib
from functools import lru_cache

import brotli

COMPRESSIBLE = ("text/", "json", "xml", "javascript")
COMPRESSORS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": bytes,
}
WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@lru_cache(maxsize=1024)
def preferred_encoding(accept: str) -> str:
    """The coding that an Accept-Encoding header likes best: `br`, `gzip` or "", which is none. Of equals the smaller."""
    weights = {}
    for part in "".join(accept.lower().split()).split(","):
        name, *parameters = part.split(";")
        weight = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
        weights[name] = float(weight) if WEIGHT.fullmatch(weight) else 0.0
    ours = {name: weights.get(name, weights.get("*", 0.0)) for name in ("br", "gzip")}
    best = max(ours, key=ours.__getitem__)
    return best if ours[best] > 0 and ours[best] >= weights.get("identity", 0.0) else ""


class Encoder:
    """A stream in a coding, piece by piece. Each piece ends with a whole byte, so that the stream can be cut behind any."""

    #: What follows where a stream is cut: no decoder takes it for the beginning of more, or for an end.
    CUT = {"br": b"\x0e", "gzip": b"\x07", "": b""}

    def __init__(self, coding: str):
        self.coding = coding
        if coding == "br":
            self._brotli = brotli.Compressor(quality=5)
        elif coding == "gzip":
            self._zlib = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)

    def piece(self, data: bytes) -> bytes:
        if self.coding == "br":
            return self._brotli.process(data) + self._brotli.flush()
        if self.coding == "gzip":
            return self._zlib.compress(data) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        return data

    def end(self) -> bytes:
        if self.coding == "br":
            return self._brotli.finish()
        return self._zlib.flush() if self.coding == "gzip" else b""
