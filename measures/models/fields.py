"""Kinds of fields and the manager that all content shares."""

import re
from collections.abc import Collection, Iterator
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.language.bilingual import Bilingual
from measures.language.chinese import validate_simplified
from measures.language.normalising import NOT_IN_TEXTS, is_seen, normalized

MAX_WORD = 200  # letters and digits in a row; PostgreSQL refuses a word of more than 2,046 bytes in the index of a search

#: The numbers that public addresses have room for, by field: see addresses.CODE_PATTERN. None: as many as the column.
NUMBERS = {"year": (1000, 9999), "number": (1, 999_999), "position": (1, None)}
#: Stands in addresses for what has no audience, no centre and the like.
RESERVED_SLUG = "none"


class Status(models.TextChoices):
    """Whether a plan or a measure is meant for readers."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Written(models.Model):
    """A record whose texts are empty or can be seen, and whose numbers and slugs can stand in an address."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.error_dict
        for field in self._meta.concrete_fields:
            if field.name not in (exclude or ()) and (fault := next(self.faults_of(field), None)):
                errors.setdefault(field.name, []).append(fault)
        if errors:
            raise ValidationError(errors)

    def faults_of(self, field: Any) -> Iterator[ValidationError]:
        value = getattr(self, field.attname)
        if field.related_model is type(self) and value is not None and value == self.pk:
            named = {"field": field.verbose_name}
            yield ValidationError(_("A record cannot be its own “%(field)s”."), params=named)
        if field.name in NUMBERS and value is not None:
            yield from faults_of_number(value, *NUMBERS[field.name])
        if field.name == "slug" and value == RESERVED_SLUG:
            yield ValidationError(
                _("“%(slug)s” has a meaning of its own in addresses."), params={"slug": value}
            )
        texts = value if isinstance(value, list) else [value]
        yield from filter(None, (self.fault_of(text) for text in texts if isinstance(text, str)))

    @staticmethod
    def fault_of(text: str) -> ValidationError | None:
        if not text.strip() or is_seen(text):
            if found := NOT_IN_TEXTS.search(text):
                message = _(
                    "No text may contain the character %(code)s. Delete what stands there, and type it anew."
                )
                return ValidationError(message, params={"code": f"U+{ord(found[0]):04X}"})
            return None
        return ValidationError(_("Nothing of this text can be seen: it has only invisible characters."))


def faults_of_number(value: int, least: int, most: int | None) -> Iterator[ValidationError]:
    for validator in [MinValueValidator(least), *([MaxValueValidator(most)] if most else [])]:
        try:
            validator(value)
        except ValidationError as error:
            yield error


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


class BilingualField:
    """Two columns, `title_zh` and `title_en`, and `title`, which reads them in the active language.

    `chinese` and `english` are the names of the columns. Either both may be blank, or the English one alone.
    """

    def __init__(self, chinese, english, *, blank: bool = False, blank_en: bool = False):
        self.chinese = ChineseField(chinese, blank=blank)
        self.english = models.TextField(english, blank=blank or blank_en)

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        model.add_to_class(f"{name}_zh", self.chinese)
        model.add_to_class(f"{name}_en", self.english)
        both = Bilingual()
        both.__set_name__(model, name)
        setattr(model, name, both)


class PlanYearField(models.ForeignKey):
    """A plan by its year, so that the year stands in the row: a measure's public code is built from it."""

    def __init__(self, **options):
        usual = {
            "to": "measures.Plan",
            "on_delete": models.PROTECT,
            "to_field": "year",
            "db_column": "plan_year",
        }
        super().__init__(**usual | {"verbose_name": _("plan")} | options)


class NaturalKeyManager(models.Manager):
    """Finds a record by the fields of its natural key, for fixtures."""

    def __init__(self, *key_fields: str):
        super().__init__()
        self.key_fields = key_fields

    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.key_fields, values, strict=True)))


class Keyed(Written):
    """A record that fixtures name by the natural key of its manager."""

    class Meta:
        abstract = True

    def natural_key(self):
        return tuple(attrgetter(name.replace("__", "."))(self) for name in type(self).objects.key_fields)


class Slugged(Keyed):
    """A record with a name, whose natural key is its slug."""

    objects = NaturalKeyManager("slug")

    class Meta:
        abstract = True

    def __str__(self):
        return self.name
