"""The kinds of records that have versions, and how each record is found."""

from django.db.models import Model, QuerySet

from measures.models import Audience, Category, Centre, District, Measure, Plan, Synonym, Term, Version

#: As `Version.kind` names them.
MODELS: dict[str, type[Model]] = {
    model._meta.model_name: model
    for model in (Plan, Category, Centre, Audience, District, Measure, Term, Synonym)
}


def kind_of(record: Model) -> str:
    return record._meta.model_name


def key_of(record: Model) -> str:
    """The code or slug that names `record` in its versions."""
    return record.code if isinstance(record, Measure) else record.slug


def versions_of(record: Model) -> QuerySet[Version]:
    """The versions of the record, newest first."""
    return Version.objects.of(kind_of(record), key_of(record))


def record_of(version: Version) -> Model | None:
    """The record of this version as it is now; None where it was deleted."""
    name = "code" if version.kind == "measure" else "slug"
    return MODELS[version.kind].objects.filter(**{name: version.key}).first()
