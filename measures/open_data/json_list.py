"""A selection as one JSON document."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from measures.catalogue.records import Measure
from measures.selection.parameters import list_as_of

from .records import MEASURE

JSON_TYPE = "application/json"
RECORDS_IN_A_PIECE = 20


def json_chunks(measures: Iterable[Measure], count: int, query: str, version: int) -> Iterator[bytes]:
    """The document `{"count", "version", "address", "measures"}` of the selection `query`, which has these `count` measures, in
    pieces, with one record on each line. Its address is that at which it stays as it is."""
    address = list_as_of(query, version, ".json")
    head = json.dumps({"count": count, "version": version, "address": address}, ensure_ascii=False)
    lines, comma = [head[:-1] + ', "measures": ['], ""
    for position, measure in enumerate(measures):
        lines.append(comma + "\n" + json.dumps(MEASURE.as_json(measure), ensure_ascii=False))
        comma = ","
        if position % RECORDS_IN_A_PIECE == 0:
            yield "".join(lines).encode()
            lines = []
    yield ("".join(lines) + "\n]}\n").encode()


def indented(document: Any) -> str:
    """A JSON document that a person can read too."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
