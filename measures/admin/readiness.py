"""The needs of a measure before it can be published."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from measures.history.fields import label_of
from measures.models import Action, SourceParagraph

# The texts that a published measure must have. It also needs a paragraph and an action; the database demands a category.
NEEDED_TEXTS = ("title_zh", "title_en", "summary_zh", "summary_en")


def missing_texts(measure) -> dict[str, str]:
    """Name of a field that has no text -> its label."""
    empty = [name for name in NEEDED_TEXTS if not getattr(measure, name).strip()]
    return {name: label_of(measure._meta.get_field(name)) for name in empty}


def missing_parts(measure) -> list[str]:
    """The names of what a saved measure lacks for publication."""
    missing = list(missing_texts(measure).values())
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
