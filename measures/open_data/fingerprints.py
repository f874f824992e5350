"""Size and checksum of the files of the whole set."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from measures.catalogue import Catalogue

from .files import FORMS, whole_set
from .workbook import MAX_IN_A_WORKBOOK

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
    whole = whole_set(catalogue)
    if whole.fitting.total > MAX_FINGERPRINTED:
        return {}
    return {form: _fingerprint(pieces(whole)) for form, (pieces, _type) in FORMS.items()}


def _fingerprint(chunks: Iterable[bytes]) -> Fingerprint:
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return Fingerprint(size, digest.hexdigest())
