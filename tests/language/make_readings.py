"""Writes measures/language/readings.tsv anew, from the dictionary of the pypinyin that is installed:

.venv/bin/python -m tests.language.make_readings
"""

from pathlib import Path

from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from measures.language import readings

TARGET = Path(readings.__file__).with_suffix(".tsv")
HEADING = "# Phrases that are not read as their characters usually are, of pypinyin (MIT). By tests/language/make_readings.py.\n"


def usual(character: str) -> str:
    """The first reading of a character; empty where it has none."""
    return pinyin_dict.get(ord(character), "").partition(",")[0]


def table() -> str:
    """The file: a phrase and its syllables on each line, in the order of the dictionary."""
    rows = {
        phrase: " ".join(syllables[0] for syllables in reading)
        for phrase, reading in phrases_dict.items()
        if [syllables[0] for syllables in reading] != list(map(usual, phrase))
    }
    return HEADING + "".join(f"{phrase}\t{reading}\n" for phrase, reading in rows.items())


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")
