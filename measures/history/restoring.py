"""Giving a record back the content of one of its versions, and the links that went with it when it was deleted."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from measures.models import Category, Measure, Plan, SourceParagraph, Term, Version

from .fields import ROWS
from .kinds import MODELS, kind_of

# The fields by which documents refer to records of other kinds than those with a slug.
REFERRED_BY = {Plan: "year", Measure: "code"}

# Longer than a commit takes, shorter than a person needs for a save and a deletion.
MAX_COMMIT = timedelta(seconds=5)

# Kind -> the kind and list of those that link to its records and lose the link with them. Other links forbid a deletion.
LINKED_FROM = {"audience": ("measure", "audiences"), "measure": ("term", "measures")}

# Fields that no document says: whether a record is public stays as it is, and a row belongs to the record of its document.
NOT_RESTORED = {"status", "measure"}


def restore(version: Version) -> None:
    """Make the record what it was in `version`: a new version, written at commit. Whether it is published stays as is.

    A record that was deleted is entered again, a measure as a draft. Raises ValidationError where something it names is
    gone or something that is its own was taken, and leaves the rest to the transaction.
    """
    if version.document is None:
        raise ValidationError(
            _("This version says that the record was deleted; there is nothing to restore.")
        )
    linked = lost_links(version)
    restored = restored_record(version.kind, version.document)
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


def restored_record(kind: str, document: dict) -> Model:
    """The record of `document`, found or new, with everything that the document says of it; saved."""
    model, year = MODELS[kind], document.get("plan_year")
    key = {"slug": document["slug"]}
    if kind == "measure":
        key = {"plan_id": year, "number": document["number"]}
    record = model.objects.filter(**key).first() or model(**key)
    year_until_now = getattr(record, "year", None)
    for name, value in values_of(model, document, year).items():
        setattr(record, name, value)
    generated = {field.name for field in model._meta.concrete_fields if field.generated}
    record.validate_unique(generated)  # another record may have taken its place
    record.validate_constraints(generated)
    if isinstance(record, Plan) and record.year != year_until_now:
        move_to_year(year_until_now, record.year)
    record.save()
    for field in model._meta.many_to_many:
        references = [referred(field.related_model, own, year) for own in document[field.name]]
        getattr(record, field.name).set(references)
    for name in document.keys() & ROWS.keys():
        restore_rows(ROWS[name].model, record, document[name])
    return record


def move_to_year(old: int | None, new: int) -> None:
    """Give a plan that was never public another year, with all that belongs to it. The transaction has to be the caller's."""
    Plan.objects.filter(year=old).update(year=new)
    for model in (SourceParagraph, Category, Term, Measure):
        model._base_manager.filter(plan_id=old).update(plan_id=new)


def values_of(model: type[Model], document: dict, year: int | None) -> dict[str, object]:
    """The values of the fields that a document, or a row of one, says."""
    values: dict[str, object] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.generated or field.name in NOT_RESTORED:
            continue
        if field.is_relation:
            reference = year if field.name == "plan" else document[field.name]
            values[field.name] = None if reference is None else referred(field.related_model, reference, year)
        else:  # an old document lacks the fields that came later
            values[field.name] = document.get(field.name, field.get_default())
    return values


def restore_rows(model: type[Model], record: Model, rows: list[dict]) -> None:
    """Give the record these rows. Those of a measure have no identity in the history: all are entered anew."""
    if model is SourceParagraph:
        for row in rows:
            model.objects.update_or_create(plan=record, number=row["number"], defaults=row)
        return
    model.objects.filter(measure=record).delete()
    for row in rows:
        model.objects.create(measure=record, **values_of(model, row, record.plan_id))


def referred(model: type[Model], reference: str | int | list[int], year: int | None) -> Model:
    """The record that a document of the plan of this `year` refers to; ValidationError if it is gone."""
    if model is SourceParagraph:  # a centre names the plan of each
        plan, number = reference if isinstance(reference, list) else (year, reference)
        key = {"plan": plan, "number": number}
    else:
        key = {REFERRED_BY.get(model, "slug"): reference}
    try:
        return model.objects.get(**key)
    except model.DoesNotExist:
        raise ValidationError(
            _("%(kind)s “%(key)s” no longer exists; enter it again before restoring this version.")
            % {"kind": model._meta.verbose_name, "key": " ".join(map(str, key.values()))}
        ) from None
