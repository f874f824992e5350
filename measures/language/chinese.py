"""Chinese text: the rule that it is kept in simplified characters."""

from functools import cache

import opencc
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@cache
def to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def traditional_characters(text: str) -> list[str]:
    """The characters of `text` that have another simplified form, in the order they first appear."""
    simplified = to_simplified().convert(text)
    if len(simplified) != len(text):
        return [
            character for character in dict.fromkeys(text) if to_simplified().convert(character) != character
        ]
    return list(dict.fromkeys(old for old, new in zip(text, simplified, strict=True) if old != new))


def validate_simplified(text: str) -> None:
    if found := traditional_characters(text):
        raise ValidationError(
            _("Chinese text is kept in simplified characters. Please convert: %(characters)s"),
            code="traditional",
            params={"characters": " ".join(found)},
        )
