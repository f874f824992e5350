"""Ranges of characters by their Unicode properties, for use inside the brackets of a pattern."""

import tomllib
from pathlib import Path

_RANGES: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
IGNORED, APOSTROPHES, QUOTES = _RANGES["IGNORED"], _RANGES["APOSTROPHES"], _RANGES["QUOTES"]
DASHES, HAN = _RANGES["DASHES"], _RANGES["HAN"]
