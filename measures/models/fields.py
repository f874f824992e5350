"""Kinds of fields and the manager that all content shares."""

import re
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.language.chinese import validate_simplified
from measures.language.normalising import is_seen, normalized

MAX_WORD = 200  # letters and digits in a row; PostgreSQL refuses a word of more than 2,046 bytes in the index of a search


class Written(models.Model):
    """A record whose texts are empty or can be seen."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.error_dict
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname) if field.name not in (exclude or ()) else ""
            texts = value if isinstance(value, list) else [value]
            faults = (self.fault_of(text) for text in texts if isinstance(text, str))
            if fault := next(filter(None, faults), None):
                errors.setdefault(field.name, []).append(fault)
        if errors:
            raise ValidationError(errors)

    @staticmethod
    def fault_of(text: str) -> ValidationError | None:
        if not text.strip() or is_seen(text):
            return None
        return ValidationError(_("Nothing of this text can be seen: it has only invisible characters."))


class Searched(Written):
    """A record whose texts are searched: no word in them is longer than the index of a search can take."""

    class Meta:
        abstract = True

    @staticmethod
    def fault_of(text: str) -> ValidationError | None:
        if _longest_word(text) <= MAX_WORD:
            return Written.fault_of(text)
        message = _("A word has at most %(most)s letters and digits; a longer one cannot be searched.")
        return ValidationError(message, code="long_word", params={"most": MAX_WORD})


def _longest_word(text: str) -> int:
    return max(map(len, re.findall("[a-z0-9]+", normalized(text))), default=0)


class ChineseField(models.TextField):
    """Text in simplified characters."""

    default_validators = [validate_simplified]


class PlanYearField(models.ForeignKey):
    """A plan by its year, so that the year stands in the row: a measure's public code is built from it."""

    def __init__(self, **options):
        options.setdefault("to", "measures.Plan")
        options.setdefault("on_delete", models.PROTECT)
        options.setdefault("to_field", "year")
        options.setdefault("db_column", "plan_year")
        options.setdefault("verbose_name", _("plan"))
        super().__init__(**options)


class NaturalKeyManager(models.Manager):
    """Finds a record by the fields of its natural key, for fixtures."""

    def __init__(self, *key_fields: str):
        super().__init__()
        self.key_fields = key_fields

    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.key_fields, values, strict=True)))
