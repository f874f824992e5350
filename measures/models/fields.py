"""Kinds of fields and the manager that all content shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.language.chinese import validate_simplified


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
