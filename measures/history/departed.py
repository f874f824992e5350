"""Records of the vocabulary that are no longer public, as their last public documents had them.

Old versions of measures still refer to them.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from measures.catalogue import Vocabulary
from measures.catalogue.records import Audience, Category, Centre, District, Plan
from measures.models import Version

#: (kind, slug)
Reference = tuple[str, str]

# Kinds that refer to no other kind.
SIMPLE = {"centre": Centre, "audience": Audience, "district": District}


def references(document: dict) -> set[Reference]:
    """What the document of a measure refers to, beside its plan."""
    return {
        ("category", document["category"]),
        *(("audience", slug) for slug in document["audiences"]),
        *(("centre", link["centre"]) for link in document["centres"]),
        *(("district", role["district"]) for role in document["districts"]),
    }


def with_departed(
    vocabulary: Vocabulary, wanted: Iterable[Reference], visible: QuerySet[Version] | None = None
) -> Vocabulary:
    """The vocabulary and those of the wanted records that it lacks, after all others.

    They are taken from their last documents among the visible versions, by default the public ones.
    """
    missing = [(kind, slug) for kind, slug in wanted if slug not in vocabulary.records(kind)]
    if not missing:
        return vocabulary
    visible = Version.objects.public() if visible is None else visible
    plans = dict(vocabulary.plan_of_year)
    found: dict[str, dict] = {kind: {} for kind in ("category", *SIMPLE)}
    for kind, slug in missing:
        document = last_document(visible.of(kind, slug))
        if document and kind == "category":
            year = document["plan_year"]
            if year not in plans:
                own = visible.filter(kind="plan", document__year=year).order_by("-number")
                plans[year] = Plan.of_document(last_document(own))
            found[kind][slug] = Category.of_document(document, plan=plans[year])
        elif document:
            found[kind][slug] = SIMPLE[kind].of_document(document)
    return Vocabulary(
        plan={plan.slug: plan for plan in plans.values()},
        **{kind: vocabulary.records(kind) | records for kind, records in found.items()},
    )


def last_document(versions: QuerySet[Version]) -> dict | None:
    """The first document of these versions of a record, the newest first."""
    return versions.filter(document__isnull=False).values_list("document", flat=True).first()
