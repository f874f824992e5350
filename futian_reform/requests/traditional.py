"""Simplified Chinese answers turned into traditional ones, in the forms used in Hong Kong."""

import re
from functools import cache
from pathlib import Path

import opencc

from measures.language.word_lists import word_table

_PAIRS = word_table(Path(__file__).with_suffix(".tsv"))
# Character -> the one that stands instead; word -> the same.
GLOSSARY = str.maketrans({one: other for one, other in _PAIRS if len(one) == 1})
WORDS = {one: other for one, other in _PAIRS if len(one) > 1}
# Where words may part; they would hide from the converter what stands on both sides.
BREAK = "<wbr>"
# Elements marked as another script or language stay as they are. Such elements do not nest.
FOREIGN = re.compile(r'(<(\w+)\b[^>]*\slang="(?:zh-Hans|zh-Latn-pinyin|en)"[^>]*>.*?</\2>)', re.DOTALL)


@cache
def converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2hk")


def is_text(response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return kind == "text/html" or kind.endswith(("xml", "json"))


def traditional(page: str) -> str:
    """`page` with its Chinese in traditional characters. Addresses keep theirs: in markup they are percent-encoded."""
    parts = FOREIGN.split(page)  # text, foreign element, name of its tag, text, ...
    for index in range(0, len(parts), 3):
        parts[index] = _converted(parts[index])
    return "".join(part for index, part in enumerate(parts) if index % 3 != 2)


def _converted(text: str) -> str:
    """The text converted as it would be without breaks, which stand again where they were.

    Where some word becomes longer, that is done line by line, and the line of that word loses its breaks.
    """
    whole = text.replace(BREAK, "")
    converted = converter().convert(whole).translate(GLOSSARY)
    for word, local in WORDS.items():
        converted = converted.replace(word, local)
    if len(whole) == len(text):
        return converted
    if len(converted) != len(whole):
        return "\n".join(map(_converted, text.split("\n"))) if "\n" in text else converted
    pieces, start = [], 0
    for piece in text.split(BREAK):
        pieces.append(converted[start : start + len(piece)])
        start += len(piece)
    return BREAK.join(pieces)
