"""Records of the vocabulary that are no longer public, as their last public documents had them.

Old versions of measures still refer to them.
"""

from collections.abc import Iterable

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


def with_departed(vocabulary: Vocabulary, wanted: Iterable[Reference]) -> Vocabulary:
    """The vocabulary and those of the wanted records that it lacks, if they were ever public, after all others."""
    missing = [(kind, slug) for kind, slug in wanted if slug not in vocabulary.records(kind)]
    if not missing:
        return vocabulary
    plans = dict(vocabulary.plan_of_year)
    found: dict[str, dict] = {kind: {} for kind in ("category", *SIMPLE)}
    for kind, slug in missing:
        document = last_public(kind, key=slug)
        if document and kind == "category":
            year = document["plan_year"]
            if year not in plans:
                plans[year] = Plan.of_document(last_public("plan", document__year=year))
            found[kind][slug] = Category.of_document(document, plan=plans[year])
        elif document:
            found[kind][slug] = SIMPLE[kind].of_document(document)
    return Vocabulary(
        plan={plan.slug: plan for plan in plans.values()},
        **{kind: vocabulary.records(kind) | records for kind, records in found.items()},
    )


def last_public(kind: str, **key: object) -> dict | None:
    """The last public document of a record; None if it has never been public."""
    versions = Version.objects.public().filter(kind=kind, **key).order_by("-number")
    return versions.values_list("document", flat=True).first()
