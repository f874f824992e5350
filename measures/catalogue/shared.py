"""Parts that catalogues have in common: most edits change neither the vocabulary nor what measures are found by, so that many
moments are made of the same rows. What is made of them is then made once, and kept while any catalogue uses it."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar
from weakref import WeakValueDictionary

Made = TypeVar("Made")

_made: WeakValueDictionary[tuple[str, bytes], object] = WeakValueDictionary()


def shared(kind: str, rows: Iterable[bytes], make: Callable[[], Made]) -> Made:
    """Return what `make` returned for these rows, or returns now. It must depend on the kind and the rows alone."""
    digest = sha256()
    for row in rows:
        digest.update(len(row).to_bytes(8, "big"))
        digest.update(row)
    key = (kind, digest.digest())
    found = _made.get(key)
    if found is None:
        found = _made[key] = make()
    return found  # type: ignore[return-value]
