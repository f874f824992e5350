"""A version of a measure as the typed record that public pages show."""

from django.db.models import Min, TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from measures.addresses import absolute, history_path, in_language
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


def not_public(code: str) -> Http404:
    """The refusal of a measure that is not public; of one that once was it names the page of its versions."""
    if not PublicVersion.objects.events().of("measure", code).exists():
        return Http404(_("There is no such record here, or it is not published."))
    path = in_language(history_path(code), get_language() or "")
    said = _("This measure is no longer published. What was public of it: {address}")
    return Http404(format_lazy(said, address=absolute(path)), path)
