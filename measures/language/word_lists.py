"""Lists of words in text files, divided by spaces and line ends."""

from pathlib import Path


def word_list(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").split())
