"""Writes measures/language/unicode_ranges.toml anew from the properties of Unicode, as the package `regex` knows them:

    .venv/bin/python -m tests.language.make_ranges

After that the SQL function measures_normalized() needs a migration with the same ranges; a test compares the two.
"""

import sys
import unicodedata
from collections.abc import Iterable
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


# All but surrogates, which are halves of characters.
CHARACTERS = "".join(chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)


def apostrophes() -> set[str]:
    """The single quotation marks, and the letter that some keyboards write for one."""
    names = {character: unicodedata.name(character) for character in QUOTES.findall(CHARACTERS)}
    single = {character for character, name in names.items() if "APOSTROPHE" in name or "SINGLE" in name}
    return single | {"\N{MODIFIER LETTER APOSTROPHE}"}


def ranges(characters: Iterable[str]) -> str:
    """These characters as `a-c` and the like."""
    found: list[list[int]] = []
    for code in sorted(map(ord, characters)):
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
        "IGNORED": set(IGNORED.findall(CHARACTERS)),
        "APOSTROPHES": apostrophes(),
        "QUOTES": set(QUOTES.findall(CHARACTERS)) - apostrophes(),
        # The ASCII hyphen is what they become.
        "DASHES": set(DASHES.findall(CHARACTERS)) - {"-"},
        "HAN": set(HAN.findall(CHARACTERS)),
    }
    lines = (f'{name} = "{ranges(characters)}"\n' for name, characters in constants.items())
    return HEADING + "".join(lines)


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
