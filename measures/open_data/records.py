"""The records of the API and of JSON files, field by field.

Names of fields are public and stable: fields may be added, none is renamed or removed.
"""

from operator import attrgetter, itemgetter

from django.utils.translation import gettext_lazy as _

from measures import models

from .column import SLUG
from .columns import BY_NAME
from .fields import Field, RecordType


def columns(*names: str) -> tuple[Field, ...]:
    """The fields that tables have too."""
    return tuple(BY_NAME[name] for name in names)


def in_both(name: str, chinese: object, english: object) -> tuple[Field, Field]:
    """A text in Chinese and in English, by the labels of the two."""
    return Field(f"{name}_zh", chinese), Field(f"{name}_en", english)  # type: ignore[arg-type]


SLUG_FIELD = Field("slug", _("slug"), constraints=SLUG)
NAMES = in_both("name", _("name (Chinese)"), _("name (English)"))
INTRO = in_both("intro", _("introduction (Chinese)"), _("introduction (English)"))
NOTE = in_both("note", _("note (Chinese)"), _("note (English)"))
YEAR = BY_NAME["year"]
PARAGRAPHS = Field(
    "paragraphs", _("source paragraphs"), type="integer", several=True, constraints={"minimum": 1}
)


#: A pair (plan, numbers): numbers of paragraphs say nothing without their plan.
PARAGRAPHS_OF_PLAN = RecordType(
    "ParagraphsOfPlan",
    _("Paragraphs of the source of one plan."),
    (
        Field("plan", _("plan"), _("Slug of the plan."), lambda cited: cited[0].slug, constraints=SLUG),
        Field(
            "numbers",
            _("numbers"),
            value=itemgetter(1),
            type="integer",
            several=True,
            constraints={"minimum": 1},
        ),
    ),
)


def names_of(part: str) -> tuple[Field, ...]:
    """Slug and names of what the attribute `part` refers to."""
    return (
        Field("slug", _("slug"), value=attrgetter(f"{part}.slug"), constraints=SLUG),
        Field("name_zh", _("name (Chinese)"), value=attrgetter(f"{part}.name_zh")),
        Field("name_en", _("name (English)"), value=attrgetter(f"{part}.name_en")),
    )


# --- Parts of a measure ---

CATEGORY_NAMES = RecordType("CategoryNames", _("A record by its slug and its names."), (SLUG_FIELD, *NAMES))
AUDIENCE = RecordType("Audience", _("A record by its slug and its names."), (SLUG_FIELD, *NAMES))
ACTION = RecordType(
    "Action",
    _(
        "One thing that the plan says will be done, or, with background, that it reports from before the plan."
    ),
    (
        Field("position", _("position"), type="integer", constraints={"minimum": 1}),
        *in_both("text", _("action (Chinese)"), _("action (English)")),
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
    (
        *names_of("centre"),
        Field("basis", _("basis"), choices=models.CentreLink.Basis),
        *in_both("reason", _("reason (Chinese)"), _("reason (English)")),
    ),
)
DISTRICT_ROLE = RecordType(
    "DistrictRole",
    _("The part that a place plays in a measure."),
    (*names_of("district"), Field("role", _("role"), choices=models.DistrictRole.Role), *NOTE),
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
        SLUG_FIELD,
        Field(YEAR.name, YEAR.label, YEAR.description, attrgetter("plan.year"), type="integer"),
        Field("number", _("number"), type="integer", constraints={"minimum": 1}),
        *NAMES,
        *INTRO,
        PARAGRAPHS,
    ),
)
TERM = RecordType(
    "Term",
    _("A word of a plan that its readers may not know, and the editors’ explanation of it."),
    (
        SLUG_FIELD,
        Field(YEAR.name, YEAR.label, YEAR.description, attrgetter("plan.year"), type="integer"),
        *in_both("name", _("term (Chinese)"), _("term (English)")),
        *in_both("gloss", _("explanation (Chinese)"), _("explanation (English)")),
        Field("measures", _("measures"), _("Codes of the measures that the term stands in."), several=True),
    ),
)
CENTRE = RecordType(
    "Centre",
    _("One of the “four centres” that the reforms are meant to serve."),
    (
        SLUG_FIELD,
        Field("order", _("order"), type="integer", constraints={"minimum": 0}),
        *NAMES,
        *in_both("short", _("short name (Chinese)"), _("short name (English)")),
        *in_both("epithet", _("epithet (Chinese)"), _("epithet (English)")),
        *in_both("description", _("description (Chinese)"), _("description (English)")),
        Field(
            PARAGRAPHS.name,
            PARAGRAPHS.label,
            _("Their numbers, plan after plan. Which plan each belongs to is said in paragraphs_by_plan."),
            lambda centre: [number for _plan, numbers in centre.cited for number in numbers],
            type="integer",
            several=True,
            constraints=PARAGRAPHS.constraints,
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
        SLUG_FIELD,
        Field("kind", _("kind"), choices=models.District.Kind),
        *NAMES,
        Field("pinyin", _("pinyin"), constraints={"maxLength": 200}),
        Field(
            "code",
            _("division code"),
            _("Statistical division code of the National Bureau of Statistics; empty if there is none."),
            nullable=True,
            constraints={"maxLength": 12},
        ),
        Field("parent", _("lies in"), _("Slug of the place it lies in."), nullable=True),
        Field("aliases", _("other names"), several=True, constraints={"maxLength": 200}),
        *NOTE,
    ),
)

# --- Plans and changes ---

SOURCE_PARAGRAPH = RecordType(
    "SourceParagraph",
    _("A paragraph of the plan’s source: its number and its opening words, never its text."),
    (
        Field("number", _("number"), type="integer", constraints={"minimum": 1}),
        Field("heading", _("is a heading"), type="boolean"),
        Field("opening", _("opening words"), constraints={"maxLength": 40}),
    ),
)
PLAN = RecordType(
    "Plan",
    _("A plan, with the paragraphs of its source by their opening words."),
    (
        SLUG_FIELD,
        Field("year", _("year"), YEAR.description, type="integer"),
        *in_both("title", _("title (Chinese)"), _("title (English)")),
        *in_both("short_title", _("short title (Chinese)"), _("short title (English)")),
        *in_both("issuer", _("issuer (Chinese)"), _("issuer (English)")),
        *in_both("source", _("source (Chinese)"), _("source (English)")),
        *INTRO,
        *in_both("method", _("method (Chinese)"), _("method (English)")),
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
        Field(
            "number",
            _("number"),
            _("Number of the version of the record, from 1."),
            type="integer",
            constraints={"minimum": 1},
        ),
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
