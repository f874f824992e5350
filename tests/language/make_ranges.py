"""Writes measures/language/unicode_ranges.toml anew from the properties of Unicode, as the package `regex` knows them:

    .venv/bin/python -m tests.language.make_ranges

After that the SQL function measures_normalized() needs a migration with the same ranges; a test compares the two.
"""

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import regex

from measures.language import unicode_ranges

TARGET = Path(unicode_ranges.__file__).with_suffix(".toml")

HEADING = "# Written by tests/language/make_ranges.py; the SQL functions of search have the same ranges.\n"

# Marks that belong to no script of their own (accents, tones, the enclosing keycap) and characters that are not seen:
# zero-width spaces, soft hyphens, direction marks, variation selectors.
IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}|[\p{M}&&\p{Script=Inherited}]", regex.V1)
QUOTES = regex.compile(r"\p{Quotation_Mark}")
DASHES = regex.compile(r"\p{Dash}")
HAN = regex.compile(r"\p{Unified_Ideograph}|〇")


def is_apostrophe(character: str) -> bool:
    """Whether it is a single quotation mark; the letter among them is what some keyboards write for one."""
    single = "APOSTROPHE" in (name := unicodedata.name(character, "")) or "SINGLE" in name
    return character == "\N{MODIFIER LETTER APOSTROPHE}" or (single and QUOTES.match(character) is not None)


def ranges(chosen: Callable[[str], bool]) -> str:
    """The characters for which `chosen` is true, as `a-c` and the like."""
    found: list[list[int]] = []
    for code in range(1, sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or not chosen(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(_written(*own) for own in found)


def _written(first: int, last: int) -> str:
    return _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}"


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def source() -> str:
    constants = {
        "IGNORED": lambda character: IGNORED.match(character) is not None,
        "APOSTROPHES": is_apostrophe,
        "QUOTES": lambda character: QUOTES.match(character) is not None and not is_apostrophe(character),
        # The ASCII hyphen is what they become.
        "DASHES": lambda character: character != "-" and DASHES.match(character) is not None,
        "HAN": lambda character: HAN.match(character) is not None,
    }
    lines = (f'{name} = "{ranges(chosen)}"\n' for name, chosen in constants.items())
    return HEADING + "".join(lines)


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
