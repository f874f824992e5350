"""Text in two languages: plain column pairs `title_zh`, `title_en`, read as `record.title`."""

from django.utils.translation import get_language

CHINESE = "zh-Hans"
ENGLISH = "en"


class Text(str):
    """A text that knows the language it is written in, so that a template can mark it when it differs."""

    __slots__ = ("lang",)

    def __new__(cls, value: str, lang: str):
        text = super().__new__(cls, value)
        text.lang = lang
        return text

    def __deepcopy__(self, memo):
        return self  # forms copy their choices


class Bilingual:
    """`record.title`: the column of the active language; where the English is missing, the Chinese."""

    def __set_name__(self, owner, name):
        self.chinese, self.english = f"{name}_zh", f"{name}_en"

    def __get__(self, record, owner=None):
        if record is None:
            return self
        if get_language() == "en" and (value := getattr(record, self.english)):
            return marked(value, ENGLISH)
        return marked(getattr(record, self.chinese), CHINESE)


def marked(value, lang: str):
    """`value`, a text or a list of texts (keywords), with its language."""
    return [Text(text, lang) for text in value] if isinstance(value, list) else Text(value, lang)
