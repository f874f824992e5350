"""Citations of source paragraphs: complete in each measure, and never stripped from what is public."""

from django.db.models import Model

from measures.models import Category, Centre, Measure, SourceParagraph


def list_cited_paragraphs(measure: Measure) -> list[SourceParagraph]:
    """Adds to the paragraphs of a saved measure what its actions cite beside them, so that the links beside actions lead somewhere.

    The result is what was added.
    """
    cited = SourceParagraph.objects.filter(actions__measure=measure).distinct()
    missing = list(cited.exclude(pk__in=measure.paragraphs.values("pk")))
    if missing:
        measure.paragraphs.add(*missing)
    return missing


def citing(paragraph: SourceParagraph) -> list[Model]:
    """The measures, categories and centres that cite the paragraph."""
    measures = Measure.objects.filter(paragraphs=paragraph) | Measure.objects.filter(
        actions__paragraph=paragraph
    )
    others = (model.objects.filter(paragraphs=paragraph) for model in (Category, Centre))
    return [*measures.distinct(), *(record for found in others for record in found)]
