"""The addresses of files: a selection as CSV, XLSX or JSON, and one measure as JSON."""

import hashlib
import re
from array import array
from collections.abc import Callable, Iterator
from itertools import chain
from urllib.parse import parse_qsl

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from measures.catalogue import Catalogue
from measures.catalogue.records import Measure
from measures.history.records import not_public
from measures.selection.filter import MeasureFilter
from measures.selection.requests import selected
from measures.snapshots import SnapshotStream

from .csv_table import CSV_TYPE, csv_chunks
from .json_list import JSON_TYPE, indented, json_chunks
from .records import MEASURE
from .workbook import MAX_IN_A_WORKBOOK, XLSX_TYPE, xlsx_chunks

MAX_WHOLE = 128 * 1024  # bytes up to which a file is made as a whole
MAX_NAME_LENGTH = 100  # characters: file systems take 255 bytes, and a Chinese character takes three of them


# The list in other forms: the same measures in the same order, never in pages. However a selection is written it is answered
# where it stands: programs need not follow a redirect.


def csv_pieces(filterset: MeasureFilter) -> Iterator[bytes]:
    return csv_chunks(measures_of(filterset))


def xlsx_pieces(filterset: MeasureFilter) -> Iterator[bytes]:
    count, query = filterset.fitting.total, filterset.canonical_query()
    if count > MAX_IN_A_WORKBOOK:
        raise BadRequest(
            format_lazy(
                _("A workbook holds at most {most} measures. Take the CSV or the JSON, or choose fewer."),
                most=f"{MAX_IN_A_WORKBOOK:,}",
            )
        )
    return xlsx_chunks(measures_of(filterset), count, query, filterset.catalogue.version, filterset.plans)


def json_pieces(filterset: MeasureFilter) -> Iterator[bytes]:
    count, query = filterset.fitting.total, filterset.canonical_query()
    return json_chunks(measures_of(filterset), count, query, filterset.catalogue.version.number)


#: End of the address -> how the file of a selection is made, and its media type.
FORMS: dict[str, tuple[Callable[[MeasureFilter], Iterator[bytes]], str]] = {
    ".xlsx": (xlsx_pieces, XLSX_TYPE),
    ".csv": (csv_pieces, CSV_TYPE),
    ".json": (json_pieces, JSON_TYPE),
}


def measures_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """A selection as a file; browsers show JSON and save the others."""
    filterset = selected(request)
    pieces, content_type = FORMS[form]
    headers = {} if form == ".json" else attachment(filterset, form)
    return answer(pieces(filterset), content_type, headers)


def measure_json(request: HttpRequest, code: str) -> HttpResponse:
    measure = public_measure(code)
    return HttpResponse(indented(MEASURE.as_json(measure)), content_type=JSON_TYPE)


def public_measure(code: str) -> Measure:
    """The public measure with this code; raises Http404 where there is none."""
    measure = Catalogue.current().measure(code)
    if measure is None:
        raise not_public(code)
    return measure


def whole_set(catalogue: Catalogue) -> MeasureFilter:
    """The selection of everything."""
    filterset = MeasureFilter(catalogue=catalogue)
    filterset.is_valid()  # reads the parameters
    return filterset


def measures_of(filterset: MeasureFilter) -> Iterator[Measure]:
    """The measures of a selection in its order. They are read while they are used, a few hundred at a time."""
    return filterset.catalogue.measures_in_chunks(array("q", filterset.keys))


def attachment(filterset: MeasureFilter, suffix: str) -> dict[str, str]:
    name = file_name(filterset.canonical_query(), filterset.catalogue.version.number, suffix)
    return {"Content-Disposition": content_disposition_header(True, name) or ""}


def file_name(query: str, version: int, suffix: str) -> str:
    """A name that says filter and data version: `futian-reforms_role-pilot_v29.csv`."""
    chosen: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        chosen.setdefault(name, []).append(value)
    words = "_".join(f"{name}-{'+'.join(values)}" for name, values in chosen.items()) or "all"
    words = re.sub(r"[^\w+-]+", "-", words)
    if len(words) > MAX_NAME_LENGTH:
        words = f"{words[:50]}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"
    return f"futian-reforms_{words}_v{version}{suffix}"


def answer(chunks: Iterator[bytes], content_type: str, headers: dict[str, str]) -> HttpResponseBase:
    """An answer of these pieces. Up to MAX_WHOLE bytes it can be kept and compressed; a larger one is sent as it is made."""
    head, size = [], 0
    for chunk in chunks:
        head.append(chunk)
        size += len(chunk)
        if size > MAX_WHOLE:
            return SnapshotStream(chain(head, chunks), content_type=content_type, headers=headers)
    return HttpResponse(b"".join(head), content_type=content_type, headers=headers)
