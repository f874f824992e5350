"""Lists of words in text files, divided by spaces and line ends, and tables of words, divided by tabs."""

from pathlib import Path


def word_list(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").split())


def word_table(path: Path) -> list[list[str]]:
    """The rows of a table; lines that begin with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
