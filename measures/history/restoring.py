"""Giving a record back the content of one of its versions, and the links that went with it when it was deleted."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from measures.models import (
    Audience,
    Category,
    Centre,
    District,
    Measure,
    Plan,
    SourceParagraph,
    Version,
)

from .kinds import MODELS, kind_of

# The fields that name a record for good -> their keys in its document.
NAMED_BY_SLUG = {"slug": "slug"}
NAMED_BY_PLAN_AND_NUMBER = {"plan_id": "plan_year", "number": "number"}

# Longer than a commit takes, shorter than a person needs for a save and a deletion.
MAX_COMMIT = timedelta(seconds=5)

# Kind -> the kind and list of those that link to its records and lose the link with them. Other links forbid a deletion.
LINKED_FROM = {"audience": ("measure", "audiences"), "measure": ("term", "measures")}

# Whether a record is public stays as it is.
KEPT = {"status"}


def restore(version: Version) -> None:
    """Make the record what it was in `version`: a new version, written at commit. Whether it is published stays as is.

    A record that was deleted is entered again, a measure as a draft. Raises ValidationError where something it names is
    gone, and leaves the rest to the transaction.
    """
    if version.document is None:
        raise ValidationError(
            _("This version says that the record was deleted; there is nothing to restore.")
        )
    linked = lost_links(version)
    restored = RESTORERS[version.kind](version.document)
    for record in linked:
        getattr(record, LINKED_FROM[version.kind][1]).add(restored)


def linked_from(record: Model) -> list[Model]:
    """The records that would lose their link to this one if it were deleted."""
    kind = kind_of(record)
    if kind not in LINKED_FROM:
        return []
    linking, name = LINKED_FROM[kind]
    return list(MODELS[linking].objects.filter(**{name: record}))


def lost_links(version: Version) -> list[Model]:
    """The records that lost their link to the one of this version when it was deleted, if it is, and are still without it."""
    deletion = Version.objects.of(version.kind, version.key).first()
    if deletion.document is not None or version.kind not in LINKED_FROM:
        return []
    kind, name = LINKED_FROM[version.kind]
    # What became public has the data version of its commit; drafts have none of their own, so their time counts.
    same_commit = Q(at__range=(deletion.at - MAX_COMMIT, deletion.at + MAX_COMMIT))
    if deletion.event:
        same_commit = Q(data_version=deletion.data_version) & ~Q(event="") | same_commit & Q(event="")
    by_the_same = Version.objects.filter(same_commit, kind=kind, actor=deletion.actor, note=deletion.note)
    keys = [
        other.key
        for other in by_the_same.with_previous()
        if other.document and other.previous_document
        if version.key in other.previous_document[name] and version.key not in other.document[name]
    ]
    key = "code__in" if kind == "measure" else "slug__in"
    return list(MODELS[kind].objects.filter(**{key: keys}))


def restore_plan(document: dict) -> Model:
    plan = restored_record("plan", document)
    for row in document["source_paragraphs"]:
        SourceParagraph.objects.update_or_create(plan=plan, number=row["number"], defaults=row)
    return plan


def restore_category(document: dict) -> Model:
    year = document["plan_year"]
    category = restored_record("category", document, plan=referred(Plan, year=year))
    category.paragraphs.set(paragraphs_of(year, document["paragraphs"]))
    return category


def restore_centre(document: dict) -> Model:
    centre = restored_record("centre", document)
    centre.paragraphs.set(referred_paragraph(year, number) for year, number in document["paragraphs"])
    return centre


def restore_audience(document: dict) -> Model:
    return restored_record("audience", document)


def restore_district(document: dict) -> Model:
    slug = document["parent"]
    return restored_record("district", document, parent=referred(District, slug=slug) if slug else None)


def restore_term(document: dict) -> Model:
    term = restored_record("term", document, plan=referred(Plan, year=document["plan_year"]))
    term.measures.set(referred(Measure, code=code) for code in document["measures"])
    return term


def restore_synonym(document: dict) -> Model:
    return restored_record("synonym", document)


def restore_measure(document: dict) -> Model:
    year, parent = document["plan_year"], document["parent"]
    measure = restored_record(
        "measure",
        document,
        category=referred(Category, slug=document["category"]),
        parent=referred(Measure, code=parent) if parent else None,
    )
    measure.paragraphs.set(paragraphs_of(year, document["paragraphs"]))
    measure.audiences.set(referred(Audience, slug=slug) for slug in document["audiences"])
    # The rows have no identity of their own in the history, so all of them are entered anew.
    for rows in (measure.actions, measure.centre_links, measure.district_roles):
        rows.all().delete()
    for row in document["actions"]:
        measure.actions.create(**row | {"paragraph": referred_paragraph(year, row["paragraph"])})
    for row in document["centres"]:
        measure.centre_links.create(**row | {"centre": referred(Centre, slug=row["centre"])})
    for row in document["districts"]:
        measure.district_roles.create(**row | {"district": referred(District, slug=row["district"])})
    return measure


RESTORERS: dict[str, Callable[[dict], Model]] = {
    "plan": restore_plan,
    "category": restore_category,
    "centre": restore_centre,
    "audience": restore_audience,
    "district": restore_district,
    "measure": restore_measure,
    "term": restore_term,
    "synonym": restore_synonym,
}


def restored_record(kind: str, document: dict, **references: Model | None) -> Model:
    """The record of `document`, found or new, with the document's columns and `references`; saved."""
    model = MODELS[kind]
    names = NAMED_BY_PLAN_AND_NUMBER if kind == "measure" else NAMED_BY_SLUG
    key = {name: document[column] for name, column in names.items()}
    record = model.objects.filter(**key).first() or model(**key)
    for field in model._meta.concrete_fields:
        is_own = not (field.primary_key or field.is_relation or field.generated)
        if is_own and field.name not in KEPT:
            # An old document lacks the fields that came later.
            setattr(record, field.name, document.get(field.name, field.get_default()))
    for name, value in references.items():
        setattr(record, name, value)
    record.save()
    return record


def referred(model: type[Model], **key: object) -> Model:
    """The record with this key; ValidationError if it is gone."""
    try:
        return model.objects.get(**key)
    except model.DoesNotExist:
        raise ValidationError(
            _("%(kind)s “%(key)s” no longer exists; enter it again before restoring this version.")
            % {"kind": model._meta.verbose_name, "key": " ".join(map(str, key.values()))}
        ) from None


def referred_paragraph(year: int, number: int) -> SourceParagraph:
    return referred(SourceParagraph, plan=year, number=number)


def paragraphs_of(year: int, numbers: Iterable[int]) -> list[SourceParagraph]:
    return [referred_paragraph(year, number) for number in numbers]
