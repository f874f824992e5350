"""The records of the API and of JSON files, field by field.

Names of fields are public and stable: fields may be added, none is renamed or removed.
"""

from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Model
from django.utils.translation import gettext_lazy as _

from measures import models
from measures.language.bilingual import Bilingual

from .column import SLUG
from .columns import BY_NAME
from .fields import Field, RecordType


def columns(*names: str) -> tuple[Field, ...]:
    """The fields that tables have too."""
    return tuple(BY_NAME[name] for name in names)


def of_model(model: type[Model], *names: str) -> tuple[Field, ...]:
    """Texts, choices and booleans as the model declares them; `name` stands for `name_zh` and `name_en` where it has these."""
    pairs = [(f"{name}_zh", f"{name}_en") if name in _bilingual(model) else (name,) for name in names]
    return tuple(_of_column(model, name) for pair in pairs for name in pair)


def _bilingual(model: type[Model]) -> set[str]:
    return {name for name, value in vars(model).items() if isinstance(value, Bilingual)}


def _of_column(model: type[Model], name: str) -> Field:
    column: Any = model._meta.get_field(name)
    several = isinstance(column, ArrayField)
    max_length = column.base_field.max_length if several else column.max_length
    return Field(
        name,
        column.verbose_name,
        column.help_text,
        type="boolean" if isinstance(column, BooleanField) else "string",
        several=several,
        nullable=column.null,
        choices=getattr(model, name.capitalize()) if column.choices else None,
        constraints=SLUG if name == "slug" else {"maxLength": max_length} if max_length else {},
    )


YEAR = BY_NAME["year"]
YEAR_OF_PLAN = Field(YEAR.name, YEAR.label, YEAR.description, attrgetter("plan.year"), type="integer")
NUMBER = Field("number", _("number"), type="integer", constraints={"minimum": 1})
PARAGRAPHS = Field(
    "paragraphs", _("source paragraphs"), type="integer", several=True, constraints={"minimum": 1}
)


#: A pair (plan, numbers): numbers of paragraphs say nothing without their plan.
PARAGRAPHS_OF_PLAN = RecordType(
    "ParagraphsOfPlan",
    _("Paragraphs of the source of one plan."),
    (
        Field("plan", _("plan"), _("Slug of the plan."), lambda cited: cited[0].slug, constraints=SLUG),
        replace(PARAGRAPHS, name="numbers", label=_("numbers"), value=itemgetter(1)),
    ),
)


def names_of(part: str, model: type[Model]) -> tuple[Field, ...]:
    """Slug and names of what the attribute `part` refers to."""
    fields = of_model(model, "slug", "name")
    return tuple(replace(field, value=attrgetter(f"{part}.{field.name}")) for field in fields)


# --- Parts of a measure ---

CATEGORY_NAMES = RecordType(
    "CategoryNames", _("A record by its slug and its names."), of_model(models.Category, "slug", "name")
)
AUDIENCE = RecordType("Audience", CATEGORY_NAMES.description, of_model(models.Audience, "slug", "name"))
ACTION = RecordType(
    "Action",
    _(
        "One thing that the plan says will be done, or, with background, that it reports from before the plan."
    ),
    (
        replace(NUMBER, name="position", label=_("position")),
        *of_model(models.Action, "text"),
        Field(
            "paragraph",
            _("source paragraph"),
            _("Number of the source paragraph that states it."),
            type="integer",
            constraints={"minimum": 1},
        ),
        Field(
            "background",
            _("is background"),
            _(
                "Whether the plan reports it from before the plan, so that it is not one of the things planned."
            ),
            type="boolean",
        ),
    ),
)
CENTRE_LINK = RecordType(
    "CentreLink",
    _("That a measure serves a centre, on which basis, and why the editors think so."),
    (*names_of("centre", models.Centre), *of_model(models.CentreLink, "basis", "reason")),
)
DISTRICT_ROLE = RecordType(
    "DistrictRole",
    _("The part that a place plays in a measure."),
    (*names_of("district", models.District), *of_model(models.DistrictRole, "role", "note")),
)

# --- Measures ---

MEASURE = RecordType(
    "Measure",
    _("A measure with everything that the record says of it."),
    (
        *columns("code", "year", "number", "slug", "url", "title_zh", "title_en"),
        *columns("headline_zh", "headline_en", "official_name_zh"),
        Field("category", _("category"), record=CATEGORY_NAMES),
        *columns("summary_zh", "summary_en", "basis", "parent"),
        Field("parts", _("parts"), _("Codes of the measures that were split from this one."), several=True),
        *columns("paragraphs"),
        Field(
            "audiences",
            _("whom it concerns"),
            _("The groups the measure concerns, in the editors’ reading."),
            record=AUDIENCE,
            several=True,
        ),
        *columns("keywords_zh", "keywords_en"),
        Field(
            "actions",
            _("actions"),
            _("What the plan says will be done or reports from before it, in the order of the page."),
            record=ACTION,
            several=True,
        ),
        Field(
            "centres",
            _("centres"),
            _("The “four centres” the measure is linked to; empty where no sound basis was found."),
            record=CENTRE_LINK,
            several=True,
        ),
        Field(
            "districts",
            _("districts and places"),
            _("The district and the places the measure names or belongs to."),
            record=DISTRICT_ROLE,
            several=True,
        ),
        *columns("note_zh", "note_en", "version", "version_url", "edited"),
    ),
)

# --- What measures are linked to ---

CATEGORY = RecordType(
    "Category",
    _("A category of a plan."),
    (
        *of_model(models.Category, "slug"),
        YEAR_OF_PLAN,
        NUMBER,
        *of_model(models.Category, "name", "intro"),
        PARAGRAPHS,
    ),
)
TERM = RecordType(
    "Term",
    _("A word of a plan that its readers may not know, and the editors’ explanation of it."),
    (
        *of_model(models.Term, "slug"),
        YEAR_OF_PLAN,
        *of_model(models.Term, "name", "gloss"),
        Field("measures", _("measures"), _("Codes of the measures that the term stands in."), several=True),
    ),
)
CENTRE = RecordType(
    "Centre",
    _("One of the “four centres” that the reforms are meant to serve."),
    (
        *of_model(models.Centre, "slug"),
        Field("order", _("order"), type="integer", constraints={"minimum": 0}),
        *of_model(models.Centre, "name", "short", "epithet", "description"),
        replace(
            PARAGRAPHS,
            description=_(
                "Their numbers, plan after plan. Which plan each belongs to is said in paragraphs_by_plan."
            ),
            value=lambda centre: [number for _plan, numbers in centre.cited for number in numbers],
        ),
        Field(
            "paragraphs_by_plan",
            _("source paragraphs by plan"),
            value=attrgetter("cited"),
            record=PARAGRAPHS_OF_PLAN,
            several=True,
        ),
    ),
)
DISTRICT = RecordType(
    "District",
    _("The district itself or a place in it."),
    (
        *of_model(models.District, "slug", "kind", "name", "pinyin", "code"),
        Field("parent", _("lies in"), _("Slug of the place it lies in."), nullable=True),
        *of_model(models.District, "aliases", "note"),
    ),
)

# --- Plans and changes ---

SOURCE_PARAGRAPH = RecordType(
    "SourceParagraph",
    _("A paragraph of the plan’s source: its number and its opening words, never its text."),
    (NUMBER, *of_model(models.SourceParagraph, "heading", "opening")),
)
PLAN = RecordType(
    "Plan",
    _("A plan, with the paragraphs of its source by their opening words."),
    (
        *of_model(models.Plan, "slug"),
        Field("year", _("year"), YEAR.description, type="integer"),
        *of_model(models.Plan, "title", "short_title", "issuer", "source", "intro", "method"),
        Field("source_paragraphs", _("source paragraphs"), record=SOURCE_PARAGRAPH, several=True),
    ),
)
CHANGE = RecordType(
    "Change",
    _("That a record changed: which, when, and why if the editors said so. Who is not public."),
    (
        Field("id", _("number of the change"), type="integer"),
        Field("kind", _("kind"), choices=models.Version.Kind),
        Field("key", _("code or slug"), _("Code or slug of the record."), constraints={"maxLength": 80}),
        replace(NUMBER, description=_("Number of the version of the record, from 1.")),
        Field("event", _("what happened"), choices=models.Version.Event),
        Field("at", _("when"), _("When, in UTC."), type="datetime"),
        Field("note", _("why"), _("Why, in the editors’ words; may be empty.")),
        Field(
            "data_version", _("data version"), _("Data version that the change belongs to."), type="integer"
        ),
    ),
)
CHANGE_WITH_RECORD = RecordType(
    "ChangeWithRecord",
    CHANGE.description,
    (
        *CHANGE.fields,
        Field(
            "document",
            _("record"),
            _("The whole record as it stood then; null where it is no longer public."),
            type="any",
            nullable=True,
        ),
    ),
)
