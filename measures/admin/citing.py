"""The paragraphs of a measure: those that its actions cite are among them, so that the links beside actions lead somewhere."""

from measures.models import Measure, SourceParagraph


def list_cited_paragraphs(measure: Measure) -> list[SourceParagraph]:
    """Adds to the paragraphs of a saved measure what its actions cite beside them. The result is what was added."""
    cited = SourceParagraph.objects.filter(actions__measure=measure).distinct()
    missing = list(cited.exclude(pk__in=measure.paragraphs.values("pk")))
    if missing:
        measure.paragraphs.add(*missing)
    return missing
