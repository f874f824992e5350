"""What categories, centres, audiences and places are called.

Documents refer to them by slug. Public pages take the names from the catalogue, the staff desk from the tables, where it also
finds what is not public. Whoever reads documents is handed one of the two.
"""

from collections.abc import Callable
from functools import cache

from measures.catalogue import Vocabulary

from .departed import with_departed
from .kinds import MODELS

#: (kind, slug) -> the name in the active language; the slug itself where nothing has that name.
Names = Callable[[str, str], str]


def public_names(vocabulary: Vocabulary) -> Names:
    """The names of this vocabulary; those of records it no longer has are the last public ones."""

    @cache
    def gone(kind: str, slug: str) -> Vocabulary:
        return with_departed(vocabulary, {(kind, slug)})

    def name(kind: str, slug: str) -> str:
        record = vocabulary.records(kind).get(slug) or gone(kind, slug).records(kind).get(slug)
        return str(record.name) if record else slug

    return name


def desk_names() -> Names:
    """The names as they are saved now. Each kind is asked for once."""

    @cache
    def records(kind: str) -> dict[str, object]:
        return {record.slug: record for record in MODELS[kind].objects.all()}

    def name(kind: str, slug: str) -> str:
        record = records(kind).get(slug)
        return str(record.name) if record else slug

    return name
