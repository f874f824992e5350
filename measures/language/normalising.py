"""One plain form of every text, in which queries and content are compared."""

import re
import unicodedata
from functools import lru_cache

from .unicode_ranges import APOSTROPHES, DASHES, IGNORED, QUOTES

#: Control characters but tab and line ends, and the code points that Unicode keeps from being characters: HTML, XML and
#: PostgreSQL refuse some of them each. Written so that it means the same to Python and in JSON Schema; those of the planes
#: beyond the first stand apart, because programs that make requests from a description do not understand them in it.
NO_TEXT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff"
_BEYOND = "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
NOT_IN_TEXTS = re.compile(f"[{NO_TEXT}{_BEYOND}]")
_IGNORED = re.compile(f"[{IGNORED}]")
_DASH = re.compile(f"[{DASHES}]")
_QUOTE = re.compile(f"[{QUOTES}]")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def folded(text: str) -> str:
    """`text` without compatibility forms, accents, tones, capital letters and what is not seen; one sign for all dashes,
    one for all double quotes and one for all single ones."""
    plain = _DASH.sub("-", _IGNORED.sub("", unicodedata.normalize("NFKD", text)))
    return _APOSTROPHE.sub("'", _QUOTE.sub('"', plain)).translate(_LOWER)


# A text takes some hundred bytes; a search looks at many fields of every measure it shows.
@lru_cache(maxsize=4_000)
def normalized(text: str) -> str:
    """`text` as it is searched: folded, and without quotes, which nobody types in the middle of a title.

    The SQL function measures_normalized() gives the same.
    """
    return folded(text).replace('"', "").replace("'", "")


def is_seen(text: str) -> bool:
    """Whether a reader sees anything of `text`."""
    return any(sign.isprintable() and sign not in " \u2800" for sign in folded(text))


@lru_cache(maxsize=10_000)
def normalized_length(character: str) -> int:
    """The number of characters that `character` becomes in a normalised text."""
    return len(normalized(character))
