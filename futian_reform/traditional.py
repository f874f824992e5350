"""Simplified Chinese answers turned into traditional ones, in the forms used in Hong Kong."""

import re
from functools import cache

import opencc

# OpenCC's Hong Kong forms follow the school list; these follow what Hong Kong's own pages print.
GLOSSARY = str.maketrans(
    {
        "羣": "群",
        "説": "說",
        "閲": "閱",
        "鋭": "銳",
        "悦": "悅",
        "脱": "脫",
        "税": "稅",
        "“": "「",
        "”": "」",
        "‘": "『",
        "’": "』",
    }
)
WORDS = {"搜索": "搜尋"}
# What says that it is in another script or language stays as it is; such elements do not nest.
FOREIGN = re.compile(r'(<(\w+)\b[^>]*\slang="(?:zh-Hans|zh-Latn-pinyin|en)"[^>]*>.*?</\2>)', re.DOTALL)


@cache
def converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2hk")


def is_text(response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return kind == "text/html" or kind.endswith("xml")


def traditional(page: str) -> str:
    """`page` with its Chinese in traditional characters. Addresses keep theirs: in markup they are percent-encoded."""
    parts = FOREIGN.split(page)  # text, foreign element, name of its tag, text, ...
    for index in range(0, len(parts), 3):
        text = converter().convert(parts[index]).translate(GLOSSARY)
        for word, local in WORDS.items():
            text = text.replace(word, local)
        parts[index] = text
    return "".join(part for index, part in enumerate(parts) if index % 3 != 2)
