"""The second edition of the shipped content, for a database that has the first.

`0005_content.json` lists what changed as pairs of the first edition's text and the second's, the links to centres that went,
the terms and the synonyms. A field changes only where it still holds the first edition's text: what staff have written stays, and so does
a link whose text they changed. In a database without the plan nothing happens: `load_content` loads the second edition there.

All of it is one data version, signed `migration`. Readers are told nothing of it, and no time of the last edit moves.
"""

import json
from pathlib import Path

from django.db import migrations
from django.db.models import Q

CONTENT = Path(__file__).with_suffix(".json")
REMEMBER = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SELECT set_config('futian.migration', '', true)"


def bring_in_second_edition(apps, schema_editor):
    content = json.loads(CONTENT.read_text(encoding="utf-8"))
    plan = apps.get_model("measures", "Plan").objects.filter(slug=content["plan"][0]["slug"]).first()
    if plan is None:
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('futian.migration', 'yes', true)")
        for kind in ("plan", "category", "centre"):
            for change in content[kind]:
                for record in apps.get_model("measures", kind).objects.filter(slug=change["slug"]):
                    update(record, change["fields"])
        for change in content["measure"]:
            change_measure(apps, plan, change)
        for term in content["term"]:
            add_term(apps, plan, term)
        for synonym in content["synonym"]:
            add_synonym(apps, synonym)
        cursor.execute(REMEMBER)


def update(record, fields, **more) -> None:
    """Give each field that holds the first text of its pair the second one; `more` are values given in any case."""
    changed = {name: new for name, (old, new) in fields.items() if getattr(record, name) == old != new} | more
    if changed:
        type(record).objects.filter(pk=record.pk).update(**changed)


def change_measure(apps, plan, change) -> None:
    Measure = apps.get_model("measures", "Measure")
    # By its slug: the number of one that was deleted may have been given to another measure.
    measure = Measure.objects.filter(plan=plan, slug=change["slug"]).first()
    if measure is None:
        return
    update(measure, change["fields"])
    change_actions(measure, change.get("actions", ()))
    links = {link.centre.slug: link for link in measure.centre_links.select_related("centre")}
    for pairs in change.get("centres", ()):
        if link := links.get(pairs["centre"]):
            update(link, {name: pair for name, pair in pairs.items() if name != "centre"})
    for removed in change.get("removed_centres", ()):
        measure.centre_links.filter(
            centre__slug=removed["centre"],
            **{name: text for name, text in removed.items() if name != "centre"},
        ).delete()


def change_actions(measure, changes) -> None:
    """Change the actions that hold the first edition's text in either language.

    They are put into another order only where none was added, removed, moved or written anew in both languages.
    """
    rows = list(measure.actions.all())
    found = [(action_of(rows, pairs), pairs) for pairs in changes]
    moved = any(old != new for old, new in (pairs["position"] for pairs in changes))
    in_old_order = len(rows) == len(changes) and all(
        row is not None and row.position == pairs["position"][0] for row, pairs in found
    )
    for row, pairs in found:
        if row is not None:
            position = {"position": pairs["position"][1]} if moved and in_old_order else {}
            update(row, {name: pair for name, pair in pairs.items() if name != "position"}, **position)


def action_of(rows, pairs):
    """The row that holds the first edition's text in either language, before others the one in its place; None where none does."""
    holding = [
        row for row in rows if row.text_zh == pairs["text_zh"][0] or row.text_en == pairs["text_en"][0]
    ]
    return min(holding, key=lambda row: (row.position != pairs["position"][0], row.position), default=None)


def add_term(apps, plan, term) -> None:
    """Add a term, unless staff have one of its slug already or none of the measures that it stands in is there."""
    Term, Measure = (apps.get_model("measures", name) for name in ("Term", "Measure"))
    measures = Measure.objects.filter(plan=plan, slug__in=term["measures"])
    if measures and not Term.objects.filter(slug=term["slug"]).exists():
        own = {name: text for name, text in term.items() if name != "measures"}
        Term.objects.create(plan=plan, **own).measures.set(measures)


def add_synonym(apps, synonym) -> None:
    """Add a synonym, unless staff have one of its slug or for the same two words already."""
    Synonym = apps.get_model("measures", "Synonym")
    same = Q(slug=synonym["slug"]) | Q(word=synonym["word"], means=synonym["means"])
    if not Synonym.objects.filter(same).exists():
        Synonym.objects.create(**synonym)


class Migration(migrations.Migration):
    dependencies = [("measures", "0004_second_edition")]

    operations = [migrations.RunPython(bring_in_second_edition, migrations.RunPython.noop)]
