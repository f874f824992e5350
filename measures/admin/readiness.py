"""The needs of a measure before it can be published."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from measures.models import Action, SourceParagraph

# The texts that a published measure must have. It also needs a paragraph and an action; the database demands a category.
NEEDED_TEXTS = ("title_zh", "title_en", "summary_zh", "summary_en")


def missing_texts(measure) -> list[str]:
    """The names of the fields."""
    return [name for name in NEEDED_TEXTS if not getattr(measure, name).strip()]


def missing_parts(measure) -> list[str]:
    """The names of what a saved measure lacks for publication."""
    missing = [str(measure._meta.get_field(name).verbose_name) for name in missing_texts(measure)]
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
