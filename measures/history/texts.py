"""Two texts compared."""

import re
from difflib import SequenceMatcher

#: Pieces of text: what happened to each ("same", "del" or "ins"), and the text.
Parts = list[tuple[str, str]]

# Characters of both texts together. Beyond them a comparison character by character costs more than it tells.
MAX_COMPARED = 20_000


def compared_texts(before: str, after: str, lang: str = "") -> Parts:
    """The pieces taken out of `before` and put in to make `after`: characters in Chinese, words in English."""
    if before == after:
        return [("same", after)] if after else []
    if not before or not after or len(before) + len(after) > MAX_COMPARED:
        return taken_and_put(before, after)
    old, new = (re.findall(r"\w+|\W", text) if lang == "en" else list(text) for text in (before, after))
    parts: Parts = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            parts.append(("same", "".join(old[i1:i2])))
        else:
            parts += taken_and_put("".join(old[i1:i2]), "".join(new[j1:j2]))
    return parts


def taken_and_put(before: str, after: str) -> Parts:
    return [(what, text) for what, text in (("del", before), ("ins", after)) if text]
