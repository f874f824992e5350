"""Quotation marks: double ones outside, single ones inside, in Chinese and in English."""

import re

# A pair of single ones, or a double one. An apostrophe is no pair.
MARKS = re.compile("‘([^‘’]*)’|([“”])")


def quoted(text: str) -> str:
    """The text in quotation marks; those that it has itself change places, so that they nest."""

    def inner(found: re.Match[str]) -> str:
        double = found[2]
        return {"“": "‘", "”": "’"}[double] if double else f"“{found[1]}”"

    return f"“{MARKS.sub(inner, text)}”"
