"""The columns of a measure's parts: its actions, links to centres, audiences and places. Each part has a line in a cell."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from .column import Column, of_each
from .fields import Text

#: In cells. Not true and false, which a spreadsheet program would make values of its own of.
YES, NO = "yes", "no"


def each(name: str, group: str, attribute: str, label: Text, description: Text, **options: Any) -> Column:
    """A column with the value of `attribute` of each part; columns of a `group` have the same parts."""
    read = of_each(group, attribute)
    return Column(name, label, description, read, several=True, group=group, **options)


PART_COLUMNS: list[Column] = [
    each(
        "actions_zh",
        "actions",
        "text_zh",
        _("Actions (Chinese)"),
        _(
            "What the plan says will be done or reports from before it, in Chinese, one action per line in the order of the page."
        ),
        width=60,
    ),
    each(
        "actions_en",
        "actions",
        "text_en",
        _("Actions (English)"),
        _("The same actions in English, in the same order."),
        width=60,
    ),
    each(
        "action_paragraphs",
        "actions",
        "paragraph",
        _("Paragraphs of the actions"),
        _("For each action, the number of the source paragraph that states it, in the same order."),
        type="integer",
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
    each(
        "centres",
        "centres",
        "centre.slug",
        _("Centres"),
        _("Slugs of the “four centres” the measure is linked to; empty where no sound basis was found."),
        width=14,
    ),
    each(
        "centres_zh",
        "centres",
        "centre.name_zh",
        _("Centres (Chinese)"),
        _("Names of those centres in Chinese, in the same order."),
        width=22,
        derived=True,
    ),
    each(
        "centres_en",
        "centres",
        "centre.name_en",
        _("Centres (English)"),
        _("Names of those centres in English, in the same order."),
        width=32,
        derived=True,
    ),
    each(
        "centre_basis",
        "centres",
        "basis",
        _("Basis of the links"),
        _(
            "For each centre: “text” where wording of the source supports the link, “editorial” for the editors’ judgement."
        ),
        width=10,
    ),
    each(
        "centre_reasons_zh",
        "centres",
        "reason_zh",
        _("Reasons of the links (Chinese)"),
        _("For each centre, why the editors make the link, in Chinese."),
        width=40,
    ),
    each(
        "centre_reasons_en",
        "centres",
        "reason_en",
        _("Reasons of the links (English)"),
        _("For each centre, why the editors make the link, in English."),
        width=40,
    ),
    each(
        "audiences",
        "audiences",
        "slug",
        _("Whom it concerns"),
        _("Slugs of the groups the measure concerns, in the editors’ reading."),
        width=14,
    ),
    each(
        "audiences_zh",
        "audiences",
        "name_zh",
        _("Whom it concerns (Chinese)"),
        _("Names of those groups in Chinese, in the same order."),
        width=18,
        derived=True,
    ),
    each(
        "audiences_en",
        "audiences",
        "name_en",
        _("Whom it concerns (English)"),
        _("Names of those groups in English, in the same order."),
        width=24,
        derived=True,
    ),
    each(
        "districts",
        "districts",
        "district.slug",
        _("Places"),
        _("Slugs of the district and the places the measure names or belongs to."),
        width=20,
    ),
    each(
        "districts_zh",
        "districts",
        "district.name_zh",
        _("Places (Chinese)"),
        _("Names of those places in Chinese, in the same order."),
        width=20,
        derived=True,
    ),
    each(
        "districts_en",
        "districts",
        "district.name_en",
        _("Places (English)"),
        _("Names of those places in English, in the same order."),
        width=24,
        derived=True,
    ),
    each(
        "district_roles",
        "districts",
        "role",
        _("Roles of the places"),
        _("For each place: “responsible” for the district whose plan it is, “pilot” or “site”."),
        width=14,
    ),
    each(
        "district_notes_zh",
        "districts",
        "note_zh",
        _("Notes on the places (Chinese)"),
        _("For each place, the editors’ note in Chinese; may be empty."),
        width=36,
    ),
    each(
        "district_notes_en",
        "districts",
        "note_en",
        _("Notes on the places (English)"),
        _("For each place, the editors’ note in English; may be empty."),
        width=36,
    ),
]
