"""The columns of every table: CSV, XLSX, the data dictionary, the table schema and the staff import read this one list.

A column that is added here is in all of them. The records of the API take the fields that they share from here too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from measures.addresses import CODE_PATTERN, absolute, measure_path, version_path
from measures.catalogue import records
from measures.models import Measure

from .fields import Field, iso

#: In cells. Not true and false, which a spreadsheet program would make values of its own of.
YES, NO = "yes", "no"

#: What holds for every slug.
SLUG = {"pattern": "[-a-zA-Z0-9_]+", "maxLength": 50}


@dataclass(frozen=True)
class Column(Field):
    """A field of a measure as tables have it.

    In a cell, several values stand on lines of their own. Columns of the same `group` have their values in the same order,
    so that line 2 of `centres` and line 2 of `centre_reasons_zh` speak of the same centre.
    """

    group: str = ""
    width: int = 16  # characters, in the spreadsheet
    #: Whether it follows from other columns or is kept by the database: an import leaves it alone.
    derived: bool = False

    def cell(self, measure: records.Measure) -> str | int:
        """What stands in the cell of a table; a missing value is the empty text."""
        value = self.read(measure)
        if self.several:
            return in_lines(list(map(str, value)))
        if isinstance(value, datetime):
            return iso(value)
        return "" if value is None else value


def in_lines(texts: list[str]) -> str:
    """The texts, each on a line of its own; a line break inside one becomes a space."""
    if not "".join(texts).isprintable():  # no line break is, and mostly there is none to look for
        texts = [" ".join(text.splitlines()) for text in texts]
    return "\n".join(texts)


def of_each(parts: str, name: str) -> Callable[[records.Measure], list[Any]]:
    """A function that reads the attribute `name` of each of a measure's `parts`."""
    parts_of, read = attrgetter(parts), attrgetter(name)
    return lambda measure: list(map(read, parts_of(measure)))


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
    Column(
        "summary_zh",
        _("Summary (Chinese)"),
        _("The editors’ plain summary in Chinese."),
        width=60,
    ),
    Column(
        "summary_en",
        _("Summary (English)"),
        _("The editors’ plain summary in English."),
        width=60,
    ),
    Column(
        "actions_zh",
        _("Actions (Chinese)"),
        _(
            "What the plan says will be done or reports from before it, in Chinese, one action per line in the order of the page."
        ),
        of_each("actions", "text_zh"),
        several=True,
        group="actions",
        width=60,
    ),
    Column(
        "actions_en",
        _("Actions (English)"),
        _("The same actions in English, in the same order."),
        of_each("actions", "text_en"),
        several=True,
        group="actions",
        width=60,
    ),
    Column(
        "action_paragraphs",
        _("Paragraphs of the actions"),
        _("For each action, the number of the source paragraph that states it, in the same order."),
        of_each("actions", "paragraph"),
        type="integer",
        several=True,
        group="actions",
        width=10,
    ),
    Column(
        "action_background",
        _("Actions that are background"),
        _(
            "For each action, “yes” where the plan reports it from before the plan, “no” where it says that it will be done; in the same order."
        ),
        lambda measure: [YES if action.background else NO for action in measure.actions],
        several=True,
        group="actions",
        width=10,
    ),
    Column(
        "centres",
        _("Centres"),
        _("Slugs of the “four centres” the measure is linked to; empty where no sound basis was found."),
        of_each("centres", "centre.slug"),
        several=True,
        group="centres",
        width=14,
    ),
    Column(
        "centres_zh",
        _("Centres (Chinese)"),
        _("Names of those centres in Chinese, in the same order."),
        of_each("centres", "centre.name_zh"),
        several=True,
        group="centres",
        width=22,
        derived=True,
    ),
    Column(
        "centres_en",
        _("Centres (English)"),
        _("Names of those centres in English, in the same order."),
        of_each("centres", "centre.name_en"),
        several=True,
        group="centres",
        width=32,
        derived=True,
    ),
    Column(
        "centre_basis",
        _("Basis of the links"),
        _(
            "For each centre: “text” where wording of the source supports the link, “editorial” for the editors’ judgement."
        ),
        of_each("centres", "basis"),
        several=True,
        group="centres",
        width=10,
    ),
    Column(
        "centre_reasons_zh",
        _("Reasons of the links (Chinese)"),
        _("For each centre, why the editors make the link, in Chinese."),
        of_each("centres", "reason_zh"),
        several=True,
        group="centres",
        width=40,
    ),
    Column(
        "centre_reasons_en",
        _("Reasons of the links (English)"),
        _("For each centre, why the editors make the link, in English."),
        of_each("centres", "reason_en"),
        several=True,
        group="centres",
        width=40,
    ),
    Column(
        "audiences",
        _("Whom it concerns"),
        _("Slugs of the groups the measure concerns, in the editors’ reading."),
        of_each("audiences", "slug"),
        several=True,
        group="audiences",
        width=14,
    ),
    Column(
        "audiences_zh",
        _("Whom it concerns (Chinese)"),
        _("Names of those groups in Chinese, in the same order."),
        of_each("audiences", "name_zh"),
        several=True,
        group="audiences",
        width=18,
        derived=True,
    ),
    Column(
        "audiences_en",
        _("Whom it concerns (English)"),
        _("Names of those groups in English, in the same order."),
        of_each("audiences", "name_en"),
        several=True,
        group="audiences",
        width=24,
        derived=True,
    ),
    Column(
        "districts",
        _("Places"),
        _("Slugs of the district and the places the measure names or belongs to."),
        of_each("districts", "district.slug"),
        several=True,
        group="districts",
        width=20,
    ),
    Column(
        "districts_zh",
        _("Places (Chinese)"),
        _("Names of those places in Chinese, in the same order."),
        of_each("districts", "district.name_zh"),
        several=True,
        group="districts",
        width=20,
        derived=True,
    ),
    Column(
        "districts_en",
        _("Places (English)"),
        _("Names of those places in English, in the same order."),
        of_each("districts", "district.name_en"),
        several=True,
        group="districts",
        width=24,
        derived=True,
    ),
    Column(
        "district_roles",
        _("Roles of the places"),
        _("For each place: “responsible” for the district whose plan it is, “pilot” or “site”."),
        of_each("districts", "role"),
        several=True,
        group="districts",
        width=14,
    ),
    Column(
        "district_notes_zh",
        _("Notes on the places (Chinese)"),
        _("For each place, the editors’ note in Chinese; may be empty."),
        of_each("districts", "note_zh"),
        several=True,
        group="districts",
        width=36,
    ),
    Column(
        "district_notes_en",
        _("Notes on the places (English)"),
        _("For each place, the editors’ note in English; may be empty."),
        of_each("districts", "note_en"),
        several=True,
        group="districts",
        width=36,
    ),
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
    Column(
        "keywords_zh",
        _("Keywords (Chinese)"),
        _("Keywords in Chinese."),
        several=True,
        width=20,
    ),
    Column(
        "keywords_en",
        _("Keywords (English)"),
        _("Keywords in English."),
        several=True,
        width=24,
    ),
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
