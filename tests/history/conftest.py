"""Edits that the tests of history look back on."""

import pytest

from measures.models import Action, Centre, DistrictRole, Measure
from measures.snapshots import editing_as

SECRET = "这句话从未公开"


@pytest.fixture
def edited(restored):
    """Measure 7 after three public edits, one of them while it was a draft; measure 90 that was never public."""
    measure = Measure.objects.get(code="2020-07")
    with editing_as("lin", "typing error"):
        Measure.objects.filter(pk=measure.pk).update(title_en="Second title")
    with editing_as("lin", "withdrawn for checking"):
        Measure.objects.filter(pk=measure.pk).update(status="draft")
    with editing_as("lin", SECRET):
        Measure.objects.filter(pk=measure.pk).update(note_zh=SECRET)
    with editing_as("lin"):
        Measure.objects.filter(pk=measure.pk).update(note_zh=measure.note_zh)
    with editing_as("zhou", "checked"):
        Measure.objects.filter(pk=measure.pk).update(status="published", title_en="Third title")
    with editing_as("lin", SECRET):
        draft = Measure.objects.create(
            plan_id=2020, category_id=1, number=90, slug="never-public", title_zh=SECRET, title_en=SECRET,
            summary_zh=SECRET, summary_en=SECRET, official_name_zh=SECRET, note_zh=SECRET, note_en=SECRET,
            basis="named", keywords_zh=[SECRET], keywords_en=[SECRET],
        )  # fmt: skip
        paragraph = Action.objects.first().paragraph
        draft.actions.create(position=1, text_zh=SECRET, text_en=SECRET, paragraph=paragraph)
        draft.paragraphs.add(paragraph)
        draft.centre_links.create(
            centre=Centre.objects.first(), basis="text", reason_zh=SECRET, reason_en=SECRET
        )
        DistrictRole.objects.create(measure=draft, district_id=1, role="pilot", note_zh=SECRET)
    return measure
