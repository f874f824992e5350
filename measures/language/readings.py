"""Chinese in pinyin with tone marks, by pypinyin with a fifth of its memory.

pypinyin's dictionary of phrases takes 45 MB of every web process and a quarter of a second of its start. Most of its 47,000
phrases are read as their characters usually are; the others stand in `readings.tsv`, which tests/language/make_readings.py writes.
"""

import os
from functools import cache
from pathlib import Path

from .word_lists import word_table

os.environ["PYPINYIN_NO_PHRASES"] = "true"  # read when it is imported

from pypinyin import Style, lazy_pinyin, load_phrases_dict  # noqa: E402


@cache
def load_phrases() -> None:
    """Read the phrases: a tenth of a second at most, which a web process takes before its first request."""
    rows = word_table(Path(__file__).with_suffix(".tsv"))
    load_phrases_dict({phrase: [[syllable] for syllable in reading.split(" ")] for phrase, reading in rows})


def toned(text: str) -> str:
    """`text` in syllables with tone marks, separated by spaces: "银行" is "yín háng"."""
    load_phrases()
    return " ".join(lazy_pinyin(text, style=Style.TONE))
