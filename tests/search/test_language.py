"""Text in one plain form and one script, in Python and in the database."""

import random
import re
import tomllib
import unicodedata

import opencc
import pytest
from django.db import connection

from measures.language import unicode_ranges
from measures.language.chinese import simplified
from measures.language.normalising import normalized

from ..language import make_ranges
from .queries import everything_searched


@pytest.mark.parametrize("standard", ["s2t", "s2hk", "s2tw"])
def test_traditional_characters_of_each_standard_lead_to_the_content(databases, standard):
    convert = opencc.OpenCC(standard).convert
    for _code, own in everything_searched():
        for text in own:
            assert simplified(convert(text)) == text


def in_the_database(function: str, texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function} FROM unnest(%s::text[]) WITH ORDINALITY u (t, i) ORDER BY i",
            [texts],
        )
        return [text for (text,) in cursor.fetchall()]


def test_normalisation_is_the_same_in_the_database(databases):
    samples = ["Ｆｕｔián “１＋Ｎ”", "lǜsè", "ÉCOLE’S", "㈱ﬁ", "教育\t改革", "İı", "한국", "𠀀〇"]
    samples += [
        "深\u200b圳",
        "cross–border",
        "「“‘’”」",
        "5️⃣",
        "soft\u00adhyphen",
        "—",
        "e\u0301",
        "\U000e0100x",
    ]
    assert in_the_database("measures_normalized(t)", samples) == [normalized(text) for text in samples]


def test_every_character_is_normalised_as_in_the_database(databases):
    """Each in a line of its own among letters, in lines of 64: what changes is the same, neighbours play no part."""
    characters = [chr(code) for code in range(32, 0x30000) if not 0xD800 <= code < 0xE000]
    characters += [chr(code) for code in range(0xE0000, 0xE1000)]
    # PostgreSQL may know a later Unicode, in which more characters have a decomposition.
    characters = [own for own in characters if unicodedata.category(own) != "Cn"]
    lines = ["".join(f"a{own}a" for own in characters[at : at + 64]) for at in range(0, len(characters), 64)]
    for line, theirs in zip(lines, in_the_database("measures_normalized(t)", lines), strict=True):
        assert theirs == normalized(line), ascii(line)


def test_chinese_characters_are_the_same_in_the_database(databases):
    characters = [chr(code) for code in range(33, 0x34000) if not 0xD800 <= code < 0xE000]
    lines = ["".join(characters[at : at + 256]) for at in range(0, len(characters), 256)]
    apart = re.compile(f"[^{unicode_ranges.HAN}]+")
    for line, theirs in zip(lines, in_the_database("measures_only(t, false)", lines), strict=True):
        assert theirs == apart.sub(" ", line), ascii(line)


def test_the_ranges_are_those_of_unicode():
    made = tomllib.loads(make_ranges.source())
    for name in ("IGNORED", "APOSTROPHES", "QUOTES", "DASHES", "HAN"):
        assert getattr(unicode_ranges, name) == made[name], name


def test_what_is_ignored_stands_in_no_range_besides():
    sets = [
        re.compile(f"[{getattr(unicode_ranges, name)}]")
        for name in ("IGNORED", "QUOTES", "APOSTROPHES", "DASHES", "HAN")
    ]
    generator = random.Random(16)
    for code in [*range(1, 0x3000), *(generator.randrange(0x3000, 0xD800) for _each in range(5000))]:
        assert sum(bool(own.match(chr(code))) for own in sets) <= 1, hex(code)
