"""Kinds of fields and the manager that all content shares."""

import re
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.language.bilingual import Bilingual
from measures.language.chinese import validate_simplified
from measures.language.normalising import normalized

MAX_WORD = 200  # letters and digits in a row; PostgreSQL refuses a word of more than 2,046 bytes in the index of a search


def validate_words(text: str) -> None:
    """No word is longer than the index of a search can take."""
    if any(len(word) > MAX_WORD for word in re.findall("[a-z0-9]+", normalized(text))):
        raise ValidationError(
            _("A word has at most %(most)s letters and digits; a longer one cannot be searched."),
            code="long_word",
            params={"most": MAX_WORD},
        )


class ChineseField(models.TextField):
    """Text in simplified characters."""

    default_validators = [validate_simplified, validate_words]


class EnglishField(models.TextField):
    default_validators = [validate_words]

    def deconstruct(self):
        """Migrations know it as the field that it is in the database."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.TextField", arguments, options


class BilingualField:
    """Two columns, `title_zh` and `title_en`, and `title`, which reads them in the active language.

    `chinese` and `english` are the names of the columns. Either both may be blank, or the English one alone.
    """

    def __init__(self, chinese, english, *, blank: bool = False, blank_en: bool = False):
        self.chinese = ChineseField(chinese, blank=blank)
        self.english = EnglishField(english, blank=blank or blank_en)

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


class Keyed(models.Model):
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
