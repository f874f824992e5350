"""Size and checksum of the files of the whole set."""

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.selection.numbers import everything

from .csv_table import csv_chunks
from .json_list import json_chunks
from .workbook import MAX_IN_A_WORKBOOK, xlsx_chunks

# Measures. Above this, files are not built merely to print their size and checksum on a page.
MAX_FINGERPRINTED = MAX_IN_A_WORKBOOK


@dataclass(frozen=True)
class Fingerprint:
    bytes: int
    sha256: str


def of_whole_set(catalogue: Catalogue) -> dict[str, Fingerprint]:
    """The fingerprints of the whole set, by the end of the files' address; none where building the files would take long."""
    return catalogue.kept("fingerprints", lambda: _of_whole_set(catalogue))


def _of_whole_set(catalogue: Catalogue) -> dict[str, Fingerprint]:
    whole = everything(catalogue)
    if whole.total > MAX_FINGERPRINTED:
        return {}
    keys = array("q", whole.in_order(catalogue.order("number")))

    def measures() -> Iterator[Measure]:
        return catalogue.measures_in_chunks(keys)

    return {
        ".xlsx": _fingerprint(xlsx_chunks(measures(), whole.total, "", catalogue.version, catalogue.plans)),
        ".csv": _fingerprint(csv_chunks(measures())),
        ".json": _fingerprint(json_chunks(measures(), whole.total, "", catalogue.version.number)),
    }


def _fingerprint(chunks: Iterable[bytes]) -> Fingerprint:
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return Fingerprint(size, digest.hexdigest())
