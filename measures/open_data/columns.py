"""The columns of every table: CSV, XLSX, the data dictionary, the table schema and the staff import read this one list.

A column that is added here is in all of them. The records of the API take the fields that they share from here too.
"""

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from measures.addresses import CODE_PATTERN, absolute, measure_path, version_path
from measures.models import Measure

from .column import SLUG, Column
from .part_columns import NO, PART_COLUMNS, YES

__all__ = ["BY_NAME", "COLUMNS", "NO", "YES"]

COLUMNS: list[Column] = [
    Column(
        "code",
        _("Code"),
        _("The public code of the measure: year of the plan and number. It never changes."),
        constraints={"required": True, "unique": True, "pattern": CODE_PATTERN},
    ),
    Column(
        "year",
        _("Year"),
        _("Year of the plan."),
        type="integer",
        width=8,
        constraints={"required": True},
        derived=True,
    ),
    Column(
        "number",
        _("Number"),
        _("Number of the measure within the plan. The numbering is the editors’, not the source’s."),
        type="integer",
        width=8,
        constraints={"required": True, "minimum": 1},
        derived=True,
    ),
    Column(
        "slug",
        _("Short name"),
        _("Short English name for use in file names and programs; unique within a plan."),
        width=24,
        constraints={"required": True} | SLUG | {"maxLength": 80},
    ),
    Column(
        "url",
        _("Address"),
        _("Address of the measure’s page."),
        lambda measure: absolute(measure_path(measure.code)),
        format="uri",
        width=36,
        constraints={"required": True},
        derived=True,
    ),
    Column(
        "title_zh",
        _("Title (Chinese)"),
        _("Title in simplified Chinese."),
        width=36,
        constraints={"required": True},
    ),
    Column("title_en", _("Title (English)"), _("Title in English."), width=36),
    Column(
        "headline_zh",
        _("Headline (Chinese)"),
        _("The editors’ plain headline in Chinese, at most some 22 characters; may be empty."),
        width=36,
    ),
    Column(
        "headline_en",
        _("Headline (English)"),
        _("The editors’ plain headline in English, at most some 60 characters; may be empty."),
        width=36,
    ),
    Column(
        "official_name_zh",
        _("Official name"),
        _(
            "The name of a named reform in the source’s own words; of the others, wording of the source that describes it."
        ),
        width=36,
    ),
    Column(
        "category",
        _("Category"),
        _("Slug of the category the measure belongs to."),
        attrgetter("category.slug"),
        width=22,
        constraints={"required": True},
    ),
    Column(
        "category_zh",
        _("Category (Chinese)"),
        _("Name of the category in Chinese."),
        attrgetter("category.name_zh"),
        width=28,
        derived=True,
    ),
    Column(
        "category_en",
        _("Category (English)"),
        _("Name of the category in English."),
        attrgetter("category.name_en"),
        width=28,
        derived=True,
    ),
    Column("summary_zh", _("Summary (Chinese)"), _("The editors’ plain summary in Chinese."), width=60),
    Column("summary_en", _("Summary (English)"), _("The editors’ plain summary in English."), width=60),
    *PART_COLUMNS,
    Column(
        "basis",
        _("Basis"),
        _(
            "“named”: the source names this reform; “described”: it says what will be done without naming it; “derived”: the editors split it from another one."
        ),
        width=10,
        choices=Measure.Basis,
        constraints={"required": True},
    ),
    Column(
        "parent",
        _("Split from"),
        _("Code of the measure a derived one was split from; empty for all others."),
        nullable=True,
        width=10,
    ),
    Column(
        "paragraphs",
        _("Source paragraphs"),
        _("Numbers of the source paragraphs the measure rests on."),
        type="integer",
        several=True,
        width=10,
    ),
    Column("keywords_zh", _("Keywords (Chinese)"), _("Keywords in Chinese."), several=True, width=20),
    Column("keywords_en", _("Keywords (English)"), _("Keywords in English."), several=True, width=24),
    Column(
        "note_zh",
        _("Editors’ note (Chinese)"),
        _("What a reader should know about this entry, in Chinese."),
        width=48,
    ),
    Column(
        "note_en",
        _("Editors’ note (English)"),
        _("What a reader should know about this entry, in English."),
        width=48,
    ),
    Column(
        "version",
        _("Version of the record"),
        _("Number of this version of the record; it rises by one with every change."),
        attrgetter("version_number"),
        type="integer",
        width=8,
        constraints={"required": True, "minimum": 1},
        derived=True,
    ),
    Column(
        "version_url",
        _("Address of this version"),
        _("Permanent address of exactly this version of the record."),
        lambda measure: absolute(version_path(measure.code, measure.version_number)),
        format="uri",
        width=40,
        constraints={"required": True},
        derived=True,
    ),
    Column(
        "edited",
        _("Last edited"),
        _("When this version was made, in UTC."),
        attrgetter("edited_at"),
        type="datetime",
        width=20,
        constraints={"required": True},
        derived=True,
    ),
]

BY_NAME = {column.name: column for column in COLUMNS}
