"""A title or headline, however it is typed or pasted, finds its measure first; `make audit` tries every one."""

import re

import opencc
import pytest
from pypinyin import lazy_pinyin

from measures.models import Measure

from .queries import filtered

QUOTES = re.compile("[“”‘’]")
SIGNS = re.compile(r"[^\w+.]|(?<!\d)\.|\.(?!\d)")
LATIN = re.compile(r"([0-9]*[A-Z]+)")
TO_HONG_KONG, TO_TAIWAN = opencc.OpenCC("s2hk").convert, opencc.OpenCC("s2tw").convert
FORMS = {
    "simplified": lambda title: title,
    "Hong Kong": TO_HONG_KONG,
    "Taiwan": TO_TAIWAN,
    "without quotes": lambda title: QUOTES.sub("", title),
    "in brackets": lambda title: f"《{title}》",
    "with a zero-width space": lambda title: f"{title[:5]}\u200b{title[5:]}",
    "pinyin": lambda title: " ".join(lazy_pinyin(title)),
    "pinyin without quotes": lambda title: " ".join(lazy_pinyin(QUOTES.sub("", title))),
    "pinyin without spaces": lambda title: "".join(lazy_pinyin(QUOTES.sub("", title))),
    "pinyin without signs": lambda title: " ".join(lazy_pinyin(SIGNS.sub("", title))),
    "pinyin without signs and spaces": lambda title: LATIN.sub(
        r" \1 ", "".join(lazy_pinyin(SIGNS.sub("", title)))
    ),
    "without signs": lambda title: SIGNS.sub("", title),
}
ENGLISH = {
    "as it is": lambda title: title,
    "with a full stop": lambda title: f"{title}.",
    "without quotes": lambda title: QUOTES.sub("", title),
    "in capitals": str.upper,
    "with a zero-width space": lambda title: f"{title[:5]}\u200b{title[5:]}",
}


def first(q: str) -> int | None:
    assert len(q) <= 200
    return next(filtered(q).keys, None)


def check_titles(language: str, form: str, measures) -> None:
    rewrite = {"zh": FORMS, "en": ENGLISH}[language][form]
    for measure in measures:
        for title in filter(None, (getattr(measure, f"{name}_{language}") for name in ("title", "headline"))):
            assert first(rewrite(title)) == measure.pk, title


def some(form: str, forms: dict):
    """A quarter of the measures; every measure in a quarter of the forms."""
    measures = Measure.objects.filter(status="published").order_by("code")
    return measures[list(forms).index(form) % 4 :: 4]


@pytest.mark.no_cover
@pytest.mark.parametrize("form", FORMS)
def test_chinese_titles_find_their_measure_first(databases, form):
    check_titles("zh", form, some(form, FORMS))


@pytest.mark.no_cover
@pytest.mark.parametrize("form", ENGLISH)
def test_english_titles_find_their_measure_first(databases, form):
    check_titles("en", form, some(form, ENGLISH))
