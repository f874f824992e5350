"""Chinese in pinyin with tone marks, by pypinyin with a fifth of its memory.

pypinyin's dictionary of phrases takes 45 MB of every web process. Most of its 47,000 phrases are read as their characters
usually are; only the others are kept. They are written to one JSON text and read again after the dictionary is gone: so its
memory is free as a whole, and not in small pieces between the phrases that are kept.
"""

import gc
import json
import os
import sys
from functools import cache

os.environ["PYPINYIN_NO_PHRASES"] = "true"  # read when it is imported

import pypinyin  # noqa: E402
from pypinyin import Style, lazy_pinyin, load_phrases_dict  # noqa: E402
from pypinyin.constants import PINYIN_DICT  # noqa: E402


def _phrases_that_matter() -> str:
    from pypinyin.phrases_dict import phrases_dict

    def usual(character: str) -> str:
        return PINYIN_DICT.get(ord(character), "").partition(",")[0]

    return json.dumps(
        {
            phrase: readings
            for phrase, readings in phrases_dict.items()
            if [reading[0] for reading in readings] != [usual(character) for character in phrase]
        }
    )


@cache
def load_phrases() -> None:
    """Read the phrases: half a second, which a web process takes before its first request, and a command only if it needs it."""
    phrases = _phrases_that_matter()
    sys.modules.pop("pypinyin.phrases_dict", None)
    vars(pypinyin).pop("phrases_dict", None)
    gc.collect()
    load_phrases_dict(json.loads(phrases))


def toned(text: str) -> str:
    """`text` in syllables with tone marks, separated by spaces: "银行" is "yín háng"."""
    load_phrases()
    return " ".join(lazy_pinyin(text, style=Style.TONE))
