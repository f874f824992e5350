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
        "户": "戶",
        "“": "「",
        "”": "」",
        "‘": "『",
        "’": "』",
    }
)
# Words of the site's own controls and tables; those that also mean something else are bound to where they stand.
WORDS = {
    "箇中心": "個中心",
    "瞭解": "了解",
    "發布": "發佈",
    "搜索": "搜尋",
    "打印": "列印",
    "接口": "介面",
    "字段": "欄位",
    "字節": "位元組",
    "單元格": "儲存格",
    "製表符": "定位字元",
    "表格軟件": "試算表軟件",
    "工作簿": "活頁簿",
    "只讀": "唯讀",
    "沒有響應": "沒有回應",
    "編制方法": "編製方法",
    "編制數據": "編製數據",
    "組織編制": "組織編製",
    "編制符合": "編製符合",
    "的各列": "的各欄",
    ">各列<": ">各欄<",
    ">列<": ">欄<",
    ">應用<": ">套用<",
    ">文件<": ">檔案<",
    "：文件、": "：檔案、",
    "一個文件": "一個檔案",
    ">程序；": ">程式；",
    "文件名和程序": "檔案名和程式",
    "程序和各種": "程式和各種",
    "本站程序": "本站程式",
}
# Where words may part; they would hide from the converter what stands on both sides.
BREAK = "<wbr>"
# Elements marked as another script or language stay as they are. Such elements do not nest.
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
        parts[index] = _converted(parts[index])
    return "".join(part for index, part in enumerate(parts) if index % 3 != 2)


def _converted(text: str) -> str:
    """The text converted as it would be without breaks, which stand again where they were.

    Where some word becomes longer, that is done line by line, and the line of that word loses its breaks.
    """
    whole = text.replace(BREAK, "")
    converted = converter().convert(whole).translate(GLOSSARY)
    for word, local in WORDS.items():
        converted = converted.replace(word, local)
    if len(whole) == len(text):
        return converted
    if len(converted) != len(whole):
        return "\n".join(map(_converted, text.split("\n"))) if "\n" in text else converted
    pieces, start = [], 0
    for piece in text.split(BREAK):
        pieces.append(converted[start : start + len(piece)])
        start += len(piece)
    return BREAK.join(pieces)
