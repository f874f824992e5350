"""A version of a measure as the typed record that pages show."""

from django.db.models import Min, QuerySet, TextField
from django.db.models.functions import Cast

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.catalogue.store import measure as measure_of_document
from measures.models import Version

from .departed import references, with_departed

# The key of a measure that the catalogue does not have. Bitmaps know no measure by it.
NO_KEY = 0


def public_measure(code: str, number: int, catalogue: Catalogue) -> Measure | None:
    """The measure as this version has it; None where there is no such version or it is not public.

    The names of what it refers to are those of the catalogue; what the catalogue no longer has is taken from its last public
    document. The measures that were split from it are those of the catalogue too.
    """
    return _measure(Version.objects.public(), code, catalogue, number)


def latest_measure(code: str, catalogue: Catalogue) -> Measure | None:
    """The measure as it is saved now, drafts included. For the staff desk only."""
    return _measure(Version.objects.all(), code, catalogue)


def _measure(
    visible: QuerySet[Version], code: str, catalogue: Catalogue, number: int | None = None
) -> Measure | None:
    """The measure in this one of the visible versions, or in the latest."""
    own = visible.of("measure", code)
    chosen = own if number is None else own.filter(number=number)
    version = chosen.annotate(text=Cast("document", TextField())).first()
    if version is None or version.document is None:
        return None
    now = catalogue.measure(code)
    return measure_of_document(
        now.key if now else NO_KEY,
        version.text,
        version.number,
        own.filter(public=True).aggregate(first=Min("at"))["first"] or version.at,
        version.at,
        list(now.parts) if now else [],
        vocabulary=with_departed(catalogue.vocabulary, references(version.document), visible),
    )


def later_version(code: str, number: int) -> int | None:
    """The number of the public version after this one."""
    later = Version.objects.of("measure", code).public().filter(number__gt=number)
    return later.order_by("number").values_list("number", flat=True).first()
