"""One plain form of every text, in which queries and content are compared."""

import re
import unicodedata
from functools import lru_cache

COMBINING_MARKS = re.compile("[\u0300-\u036f]")
PLAIN = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ“”‘’", "abcdefghijklmnopqrstuvwxyz\"\"''")


def normalized(text: str) -> str:
    """`text` without compatibility forms, accents, tones, capital letters and curly quotes.

    The SQL function measures_normalized() gives the same.
    """
    return COMBINING_MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(PLAIN)


@lru_cache(maxsize=10_000)
def normalized_length(character: str) -> int:
    """The number of characters that `character` becomes in a normalised text."""
    return len(normalized(character))
