"""Text in two languages: plain column pairs `title_zh`, `title_en`, read as `record.title`."""

from typing import Any, Self, overload

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

# As BCP 47 writes them, for `lang` and `hreflang`.
CHINESE = "zh-Hans"
TRADITIONAL = "zh-Hant"
ENGLISH = "en"
#: Language of a page, as Django calls it -> its tag.
LANGUAGE_TAGS = {"zh-hans": CHINESE, "zh-hant": TRADITIONAL, "en": ENGLISH}


def language_of(name: str) -> str:
    """The language that a field is written in, which the end of its name says; empty where it says none."""
    return {"_zh": CHINESE, "_en": ENGLISH}.get(name[-3:], "")


def in_chinese_and_english(text: str | Promise) -> tuple[str, str]:
    """A lazily translated text in both languages of the data."""
    with override("zh-hans"):
        chinese = str(text)
    with override("en"):
        return chinese, str(text)


def _in_either(chinese: str, english: str) -> str:
    return english if get_language() == "en" else chinese


#: A text that is read in the active language: `in_either("编号", "Code")`.
in_either = lazy(_in_either, str)


def paragraph_number(number: int) -> str:
    """The number of a source paragraph as people read it: 第28段, or ¶28 in English."""
    return _("¶%(number)s") % {"number": number}


class Text(str):
    """A text with the language it is written in, so that a template can mark it where the page has another language."""

    __slots__ = ("lang",)
    lang: str

    def __new__(cls, value: str, lang: str) -> Self:
        text = super().__new__(cls, value)
        text.lang = lang
        return text

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # forms copy their choices


class Bilingual:
    """`record.title`: the column of the active language; where the English is missing, the Chinese."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.chinese, self.english = f"{name}_zh", f"{name}_en"

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        if record is None:
            return self
        if get_language() == "en" and (value := getattr(record, self.english)):
            return marked(value, ENGLISH)
        return marked(getattr(record, self.chinese), CHINESE)


@overload
def marked(value: str, lang: str) -> Text: ...
@overload
def marked(value: list[str], lang: str) -> list[Text]: ...
def marked(value: str | list[str], lang: str) -> Text | list[Text]:
    """`value`, a text or a list of texts (keywords), with its language."""
    return [Text(text, lang) for text in value] if isinstance(value, list) else Text(value, lang)
