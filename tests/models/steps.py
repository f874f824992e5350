"""Edits that the tests of the record have in common."""

from io import StringIO

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from measures.history.kinds import MODELS
from measures.models import Category, DataVersion, Measure, Plan, SearchRow, SourceParagraph


def at_once() -> None:
    """Have versions written in the middle of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def live() -> int:
    return DataVersion.objects.live().number


def rows_of(code: str) -> list[tuple]:
    return list(SearchRow.objects.filter(code=code).order_by("since").values_list("since", "until"))


@transaction.atomic
def new_measure(number: int, title: str, *, status: str = "published", plan: int = 2020) -> Measure:
    category = Category.objects.filter(plan=plan).first()
    measure = Measure.objects.create(
        plan_id=plan, category=category, number=number, slug=f"new-{number}", title_zh=title, basis="named", status=status
    )  # fmt: skip
    measure.paragraphs.add(SourceParagraph.objects.filter(plan=plan).first())
    return measure


def new_plan(year: int, status: str) -> Plan:
    names = ("title", "short_title", "issuer", "source", "intro", "method")
    texts = {f"{name}_{language}": "x" for name in names for language in ("zh", "en")}
    plan = Plan.objects.create(slug=str(year), year=year, status=status, **texts)
    texts = {"name_zh": f"类别{year}", "name_en": "x", "intro_zh": "x", "intro_en": "x"}
    Category.objects.create(plan=plan, number=1, slug=f"category-{year}", **texts)
    SourceParagraph.objects.create(plan=plan, number=1, opening="x")
    return plan


def rebuilt() -> str:
    output = StringIO()
    call_command("rebuild_index", stdout=output)
    return output.getvalue()


def save_everything() -> None:
    """Every row of every content table, and its relations, as they are."""
    parts = ("sourceparagraph", "action", "centrelink", "districtrole")
    for model in (*MODELS.values(), *(apps.get_model("measures", name) for name in parts)):
        for record in model.objects.all():
            record.save()
            for field in model._meta.many_to_many:
                relation = getattr(record, field.name)
                kept = list(relation.all())
                with transaction.atomic():
                    relation.clear()
                    relation.set(reversed(kept))
