"""Headings of lists in words people use, in three languages, held in `sentences.txt`, which a person has read line by line.

FUTIAN_WRITE_SENTENCES=1 writes the file anew; read what changed before it is committed.
"""

import os
import random
import re
from pathlib import Path

from django.utils.translation import override

from futian_reform.requests.traditional import traditional
from measures.pages.sentences import sentence
from measures.selection.facets import FACETS
from measures.selection.filter import MeasureFilter

HELD = Path(__file__).with_name("sentences.txt")
COMBINATIONS = 60
SEARCHES = ("教育", "人工智能", "open data", "jiaoshi")


def selections() -> list[dict[str, list[str]]]:
    """Nothing, every value alone, every facet whole, and combinations of all kinds."""
    filterset = MeasureFilter()
    assert filterset.is_valid()
    values = {facet: list(filterset.labels[facet]) for facet in FACETS}
    chosen = [{}]
    chosen += [{facet: [value]} for facet, own in values.items() for value in own]
    chosen += [{facet: own} for facet, own in values.items() if len(own) > 1]
    chosen += [{"q": [query]} for query in SEARCHES]
    chance = random.Random(15)
    for _ in range(COMBINATIONS):
        facets = chance.sample([*FACETS[1:], "q"], chance.choice((1, 2, 2, 3, 4)))
        few = chance.choices((1, 2, 3), (5, 3, 1), k=len(facets))
        chosen.append(
            {
                facet: [chance.choice(SEARCHES)]
                if facet == "q"
                else chance.sample(values[facet], min(count, len(values[facet])))
                for facet, count in zip(facets, few, strict=True)
            }
        )
    return chosen


def told(selection: dict[str, list[str]]) -> str:
    """The selection's address and its sentence in each language."""
    lines = []
    for language in ("zh-hans", "en"):
        with override(language):
            filterset = MeasureFilter(selection)
            assert filterset.is_valid(), filterset.form.errors
            lines.append(sentence(filterset))
    query = filterset.canonical_query()
    chinese, english = lines
    return "\n".join([f"?{query}", chinese, traditional(chinese), english, ""])


def test_every_sentence_has_been_read(databases):
    now = "\n".join(map(told, selections()))
    if os.environ.get("FUTIAN_WRITE_SENTENCES"):
        HELD.write_text(now, encoding="utf-8")
    assert now == HELD.read_text(encoding="utf-8")


def test_every_sentence_begins_with_its_count(databases):
    for entry in HELD.read_text(encoding="utf-8").strip().split("\n\n"):
        _query, *sentences = entry.split("\n")
        counts = [re.match(r"(?:全部|All )?(\d+)(?:项|項| measures?)", own) for own in sentences]
        assert all(counts), entry
        assert len({count[1] for count in counts}) == 1, entry
