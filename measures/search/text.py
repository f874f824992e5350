"""How the text of a query is cut into words, and which of them tell a measure by its number.

What is text and what is not is decided by Unicode's properties, on the folded text: see language/normalising.py. Letters and
digits are text. Of all other signs five may stand inside a word, where they tell it from others ("1+n", "2.0版", "r&d",
"cross-border", "xi'an"), and some after it ("5g+", "c++", "c#"). Every other sign divides, and at the edges of words all go.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from measures.language.chinese import simplified
from measures.language.normalising import folded
from measures.language.unicode_ranges import HAN

from .pinyin import Spelling, without_tone_numbers

SEARCHABLE = re.compile(f"[{HAN}a-z0-9]")
# A quote inside of a word is none, nor one with spaces on both sides.
QUOTED = re.compile(r'(?<!\S)[^\w\s"]*"(?! )([^"]+)(?<! )"[^\w\s"]*(?!\S)')
# Letters and digits, and between them one of the signs that words have inside; what may follow a word.
WORD = re.compile(r"[^\W_](?:[^\W_]|[.&'-](?=[^\W_])|\+(?=[^\W_]))*(?:\+{1,2}(?![^\W_])|#(?![^\W_]))?")
# Between these a dash, an apostrophe, a full stop or "&" divides: it is only in Latin words and numbers that they join.
BESIDE_HAN = re.compile(f"(?<=[{HAN}])[.&'-]|[.&'-](?=[{HAN}])")
# What no run of pinyin reaches across, as no text of the site does.
PAUSE = re.compile("[,:;.!?、。]")

DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
CHINESE_NUMBER = "[〇零一二两三四五六七八九十百]+"
#: Other signs of Chinese numbers: those of contracts, and two tens and three tens in one.
IN_PLAIN_SIGNS = str.maketrans(
    dict(zip("壹贰叁参肆伍陆柒捌玖拾佰", "一二三三四五六七八九十百", strict=True))
    | {"廿": "二十", "卅": "三十"}
)
NUMBERED = re.compile(
    rf"""(?P<sign> (?: no\.? | number | (?: measure | reform | item) s? | code | 编号 | 编码 | 代码 | 序号 |
        改革 (?= \s* (第 | \d{{1,2}}$ | \d{{4}}-)) | \#)[\s:]* )*
    (?: (?P<year>\d{{4}}) (?: \s* (?: 年度? | [-/._\s]) \s* | (?= 第) | (?<=20\d\d) (?= \d\d$)) )?
    (?P<ordinal> 第 )? \s*
    (?P<number>\d{{1,6}} | {CHINESE_NUMBER}) \s* (?P<unit> 项 | 条 | 号 | (?(ordinal) 个 | 项))?
    \s* (?: 改革 | 举措 | 措施)?""",
    re.X,
)
YEAR = re.compile(r"(?<!\d)(\d{4}|[〇零一二三四五六七八九]{4})年度?")


@dataclass(frozen=True)
class Word:
    """A word of a query; a quoted one is looked for as it stands, whatever it could be besides."""

    text: str
    quoted: bool = False
    #: A comma, colon or full stop stands before it.
    apart: bool = field(default=False, compare=False)
    #: More may be typed: it can be the beginning of a word.
    unfinished: bool = field(default=False, compare=False)

    @cached_property
    def spelling(self) -> Spelling:
        return Spelling(self.text.replace("-", "'"), self.unfinished)  # of "jiao-yu" too

    @property
    def may_be_pinyin(self) -> bool:
        return not self.quoted and bool(self.spelling)

    def __str__(self) -> str:
        return f'"{self.text}"' if self.quoted else self.text


@dataclass(frozen=True)
class Code:
    """The public number of a measure, and the year of its plan where the query says it."""

    number: int
    year: int | None = None
    bare: bool = False  # nothing says that a measure is meant: the text may have it too


def words(query: str) -> list[Word]:
    """The words of a query in their order; none where there is nothing in it to look for."""
    text = BESIDE_HAN.sub(" ", simplified(folded(query)))
    found: list[Word] = []
    end = 0
    for match in QUOTED.finditer(text):
        found += _bare(text[end : match.start()])
        found.append(Word(" ".join(match[1].replace("'", "").split()), quoted=True))
        end = match.end()
    found += _bare(text[end:])
    return [word for word in found if SEARCHABLE.search(word.text)]


def _bare(text: str) -> list[Word]:
    text = text.replace('"', "")
    matches = list(WORD.finditer(text))
    plain = without_tone_numbers(" ".join(match[0] for match in matches)).split()
    ends = [0, *(match.end() for match in matches)]
    return [
        Word(word, apart=bool(PAUSE.search(text, end, match.start())))
        for word, match, end in zip(plain, matches, ends, strict=False)
    ]


LATIN_WORD = re.compile("[a-z0-9]+")


def neighbours(words: Sequence[Word]) -> list[tuple[Word, Word]]:
    """The Latin words that follow each other, which the site may write as one."""
    return [
        (one, other)
        for one, other in zip(words, words[1:], strict=False)
        if not one.quoted and not other.quoted and LATIN_WORD.fullmatch(one.text + other.text)
    ]


def runs(words: Iterable[Word]) -> Iterator[list[Word]]:
    """The words, those that follow each other without a pause and may all be pinyin together."""
    run: list[Word] = []
    for word in words:
        if run and (word.apart or not word.may_be_pinyin):
            yield run
            run = []
        run.append(word)
        if not word.may_be_pinyin:
            yield run
            run = []
    if run:
        yield run


def together(run: Sequence[Word]) -> Spelling:
    return Spelling("'".join(word.spelling.word for word in run), run[-1].unfinished)


def code(query: str) -> Code | None:
    """The number that the whole query tells a measure by: "2020-07.", "No. 7", "第十六条", "7"."""
    text = re.sub(r"^[^\w#]+|\W+$", "", simplified(folded(query)))
    match = NUMBERED.fullmatch(text) or NUMBERED.fullmatch(text.translate(IN_PLAIN_SIGNS))
    if not match:
        return None
    number = _value(match["number"])
    said = match["sign"] or match["ordinal"] or match["unit"] or match["year"] or match["number"].isdecimal()
    year = int(match["year"]) if match["year"] else None
    bare = not match["ordinal"] and not match["sign"]
    return Code(number, year, bare) if number and said else None


def without_year_signs(text: str) -> str:
    """`text` with its years as the codes of measures have them: "2020年教育" and "二〇二〇年度教育" are "2020 教育"."""
    return YEAR.sub(lambda found: "".join(str(DIGITS.get(sign, sign)) for sign in found[1]) + " ", text)


def _value(written: str) -> int:
    """The value of a number in digits or in Chinese: "二十八" is 28."""
    if written.isdecimal():
        return int(written)
    hundreds, _hundred, rest = written.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    return (
        (100 * DIGITS.get(hundreds[-1:], 1) if "百" in written else 0)
        + (10 * DIGITS.get(tens[-1:], 1) if ten else 0)
        + DIGITS.get(ones[-1:], 0)
    )
