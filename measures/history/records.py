"""A version of a measure as the typed record that public pages show."""

from django.db.models import Min, TextField
from django.db.models.functions import Cast

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.catalogue.store import measure_of_document
from measures.models import PublicVersion

# The key of a measure as an old version has it. Bitmaps know no measure by it.
NO_KEY = 0


def measure_of_version(code: str, number: int) -> Measure | None:
    """The measure as this version has it; None where there is no such version or it is not public.

    What it refers to is called as it was called when the version was written, and has the parts it had then.
    """
    public = PublicVersion.objects.of("measure", code).filter(public=True)
    version = public.annotate(text=Cast("document", TextField())).filter(number=number).first()
    if version is None:
        return None
    moment = Catalogue.as_of(version.data_version)
    return measure_of_document(
        NO_KEY,
        version.text,
        version.number,
        public.aggregate(first=Min("at"))["first"],
        version.at,
        *moment.family_of(code, version.document["parent"]),
        vocabulary=moment.vocabulary,
    )


def later_version(code: str, number: int) -> int | None:
    later = PublicVersion.ever.of("measure", code).filter(public=True).filter(number__gt=number)
    return later.order_by("number").values_list("number", flat=True).first()
