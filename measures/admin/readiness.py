"""What a measure needs before it can be published."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from measures.models import Action, SourceParagraph

# What a measure needs before it is published, beside a paragraph and an action; its category the database demands.
NEEDED_TEXTS = ("title_zh", "title_en", "summary_zh", "summary_en")


def missing_texts(measure) -> list[str]:
    return [
        str(measure._meta.get_field(name).verbose_name)
        for name in NEEDED_TEXTS
        if not getattr(measure, name).strip()
    ]


def missing_parts(measure) -> list[str]:
    """What a saved measure lacks for publication."""
    missing = missing_texts(measure)
    if not measure.paragraphs.exists():
        missing.append(str(SourceParagraph._meta.verbose_name))
    if not measure.actions.exists():
        missing.append(str(Action._meta.verbose_name))
    return missing


def not_ready(missing: list[str]) -> ValidationError:
    return ValidationError(
        _("This cannot be public yet. Missing: %(missing)s."),
        code="not_ready",
        params={"missing": _(", ").join(missing)},
    )
