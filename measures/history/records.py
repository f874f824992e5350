"""A version of a measure as the typed record that public pages show."""

from django.db.models import Min, TextField
from django.db.models.functions import Cast

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.catalogue.store import measure as measure_of_document
from measures.models import Version

from .departed import references, with_departed

# The key of a measure that the catalogue does not have. Bitmaps know no measure by it.
NO_KEY = 0


def measure_of_version(code: str, number: int, catalogue: Catalogue) -> Measure | None:
    """The measure as this version has it; None where there is no such version or it is not public.

    The names of what it refers to are those of the catalogue; what the catalogue no longer has is taken from its last public
    document. The measures that were split from it are those of the catalogue too.
    """
    public = Version.objects.of("measure", code).public()
    version = public.annotate(text=Cast("document", TextField())).filter(number=number).first()
    if version is None:
        return None
    now = catalogue.measure(code)
    return measure_of_document(
        now.key if now else NO_KEY,
        version.text,
        version.number,
        public.aggregate(first=Min("at"))["first"],
        version.at,
        list(now.parts) if now else [],
        vocabulary=with_departed(catalogue.vocabulary, references(version.document)),
    )


def later_version(code: str, number: int) -> int | None:
    """The number of the public version after this one."""
    later = Version.objects.of("measure", code).public().filter(number__gt=number)
    return later.order_by("number").values_list("number", flat=True).first()
