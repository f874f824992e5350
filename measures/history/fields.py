"""The fields of each kind of record in an editor's order, in which forms are laid out and documents shown and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from measures.models import Action, CentreLink, DistrictRole, Measure, SourceParagraph

from .kinds import MODELS

#: Lines of a form: fields that stand beside one another are a tuple.
Lines = tuple[str | tuple[str, ...], ...]

#: Kind -> section of its form -> lines. A name in ROWS marks where its rows are read in a document; their forms are their own.
SECTIONS: dict[str, dict[str, Lines]] = {
    "plan": {
        "names": (("slug", "year"), ("title_zh", "title_en"), ("short_title_zh", "short_title_en")),
        "source": (("issuer_zh", "issuer_en"), ("source_zh", "source_en")),
        "introduction": (("intro_zh", "intro_en"), ("method_zh", "method_en"), "source_paragraphs"),
        "publication": ("status",),
    },
    "category": {
        "": (("plan", "number"), "slug", ("name_zh", "name_en"), ("intro_zh", "intro_en"), "paragraphs"),
    },
    "centre": {
        "": (
            ("slug", "order"),
            ("name_zh", "name_en"),
            ("short_zh", "short_en"),
            ("epithet_zh", "epithet_en"),
            ("description_zh", "description_en"),
            "paragraphs",
        ),
    },
    "audience": {"": (("slug", "order"), ("name_zh", "name_en"))},
    "district": {
        "": (
            ("slug", "kind"),
            ("name_zh", "name_en"),
            ("pinyin", "code"),
            ("parent", "aliases"),
            ("note_zh", "note_en"),
        ),
    },
    "measure": {
        "what": (
            ("plan", "category"),
            ("number", "slug"),
            ("title_zh", "title_en"),
            ("headline_zh", "headline_en"),
            "official_name_zh",
            ("summary_zh", "summary_en"),
        ),
        "origin": ("basis", "parent", "paragraphs", "actions", "centres", "districts"),
        "audiences": ("audiences",),
        "keywords": (("keywords_zh", "keywords_en"),),
        "note": (("note_zh", "note_en"),),
        "publication": ("status",),
    },
    "term": {
        "": (("plan", "slug"), ("name_zh", "name_en"), ("gloss_zh", "gloss_en"), "measures"),
    },
    "synonym": {"": (("word", "means"), "both_ways")},
}


@dataclass(frozen=True)
class Rows:
    """A list of rows in a document; `named_by` are the keys that tell one row from the others."""

    model: type[Model]
    named_by: tuple[str, ...]
    lines: Lines

    @property
    def fields(self) -> list[str]:
        """The fields that a row says beside its name."""
        return [name for name in flat(self.lines) if name not in self.named_by]


ROWS = {
    "actions": Rows(Action, ("position",), (("position", "paragraph", "background"), ("text_zh", "text_en"))),
    "centres": Rows(CentreLink, ("centre",), (("centre", "basis"), ("reason_zh", "reason_en"))),
    "districts": Rows(DistrictRole, ("district", "role"), (("district", "role"), ("note_zh", "note_en"))),
    "source_paragraphs": Rows(SourceParagraph, ("number",), ("number", "heading", "opening")),
}

#: Where the fields of forms are looked for by name; those of measures come first.
MODELS_WITH_ROWS = (*reversed(MODELS.values()), *(rows.model for rows in ROWS.values()), Measure)
OTHER_LABELS = {"change_note": _lazy("Why this change? (public)"), "private_note": _lazy("Note for staff")}

#: Fields of forms that are not shown from documents: the plan of a record never changes.
ONLY_IN_FORMS = {"plan"}


def flat(lines: Lines) -> Iterator[str]:
    return chain.from_iterable((line,) if isinstance(line, str) else line for line in lines)


def form_lines(kind: str, section: str = "") -> Lines:
    return tuple(line for line in SECTIONS[kind][section] if line not in ROWS)


def fields_of(kind: str) -> list[str]:
    """The fields and rows of a document of this kind, in order."""
    sections = SECTIONS[kind].values()
    return [name for name in chain.from_iterable(map(flat, sections)) if name not in ONLY_IN_FORMS]


def label_of(field: Field) -> str:
    return str(field.verbose_name)


def label_of_posted(name: str) -> str:
    """The name by which people know what forms post as `title_en`, or as `actions-2-text_en` in a row."""
    *row, own = name.split("-")
    fields = {
        field.name: field
        for model in MODELS_WITH_ROWS
        for field in model._meta.get_fields()
        if field.concrete
    }
    label = label_of(fields[own]) if own in fields else OTHER_LABELS.get(own, own)
    if row and row[-1].isdecimal():
        return _("%(row)s: %(field)s") % {"row": int(row[-1]) + 1, "field": label}
    return str(label)
