"""The names of categories, centres, audiences and places.

Documents refer to them by slug. Public pages take the names from the catalogue, the staff desk from the tables, where it also
finds what is not public. Whoever reads documents is handed one of the two.
"""

from collections.abc import Callable
from functools import cache

from django.utils.translation import get_language

from measures.catalogue import Vocabulary
from measures.models import PublicVersion

from .kinds import MODELS

#: (kind, slug) -> the name in the active language; the slug itself where nothing has that name.
Names = Callable[[str, str], str]


def public_names(vocabulary: Vocabulary) -> Names:
    """The names of this vocabulary; those of records it no longer has are the last public ones."""

    @cache
    def last_name(kind: str, slug: str) -> str:
        versions = PublicVersion.objects.of(kind, slug).filter(public=True)
        return title_of(kind, versions.values_list("document", flat=True).first()) or slug

    def name(kind: str, slug: str) -> str:
        record = vocabulary.records(kind).get(slug)
        return str(record.name) if record else last_name(kind, slug)

    return name


def saved_names() -> Names:
    """The names as they are saved now. Each kind is asked for once."""

    @cache
    def records(kind: str) -> dict[str, object]:
        return {record.slug: record for record in MODELS[kind].objects.all()}

    def name(kind: str, slug: str) -> str:
        record = records(kind).get(slug)
        return str(record.name) if record else slug

    return name


def title_of(kind: str, document: dict | None) -> str:
    """The title, name or word by which people know the record of a document."""
    name = {"measure": "title", "plan": "short_title"}.get(kind, "name")
    document = document or {}
    if kind == "synonym":
        return document.get("word", "")
    return (get_language() == "en" and document.get(f"{name}_en")) or document.get(f"{name}_zh", "")
