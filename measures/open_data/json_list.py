"""A selection as one JSON document."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from measures.catalogue.records import Measure

from .records import MEASURE

JSON_TYPE = "application/json"
RECORDS_IN_A_PIECE = 20


def json_chunks(measures: Iterable[Measure], count: int, version: int) -> Iterator[bytes]:
    """The document `{"count", "version", "measures"}` of these `count` measures in pieces, with one record on each line."""
    head = json.dumps({"count": count, "version": version})
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
