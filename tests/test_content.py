"""The shipped content keeps the editorial rules."""

import re
from collections import Counter

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.validators import EMPTY_VALUES
from django.db import models

from measures.language.chinese import traditional_characters
from measures.models import (
    Action,
    Audience,
    Category,
    Centre,
    CentreLink,
    District,
    DistrictRole,
    Measure,
    Plan,
    SourceParagraph,
    Synonym,
    Term,
)

from .search.queries import found

CONTENT = [
    Plan,
    SourceParagraph,
    Category,
    Centre,
    Audience,
    District,
    Measure,
    Action,
    CentreLink,
    DistrictRole,
    Term,
]


def test_everything_is_there():
    assert {model.__name__: model.objects.count() for model in CONTENT} == {
        "Plan": 1,
        "SourceParagraph": 42,
        "Category": 6,
        "Centre": 4,
        "Audience": 9,
        "District": 15,
        "Measure": 28,
        "Action": 146,
        "CentreLink": 21,
        "DistrictRole": 34,
        "Term": 25,
    }


def test_measures_per_category():
    assert [category.measures.count() for category in Category.objects.all()] == [4, 5, 5, 5, 6, 3]


def test_measures_are_numbered_through_and_published():
    assert list(Measure.objects.values_list("code", "status")) == [
        (f"2020-{number:02}", "published") for number in range(1, 29)
    ]


def test_named_described_and_derived():
    assert Counter(Measure.objects.values_list("basis", flat=True)) == {
        "named": 19,
        "described": 2,
        "derived": 7,
    }
    assert list(Measure.objects.filter(basis="described").values_list("number", flat=True)) == [26, 28]
    assert dict(Measure.objects.filter(basis="derived").values_list("number", "parent__number")) == {
        2: 1, 3: 1, 4: 1, 8: 7, 12: 11, 23: 22, 27: 26,
    }  # fmt: skip


def test_links_to_centres_and_measures_without():
    assert Counter(CentreLink.objects.values_list("basis", flat=True)) == {"text": 12, "editorial": 9}
    assert [centre.links.count() for centre in Centre.objects.all()] == [3, 10, 3, 5]
    without = Measure.objects.filter(centre_links=None).values_list("number", flat=True)
    assert list(without) == [10, 12, 15, 16, 17, 18, 19, 20, 21, 25, 26, 28]


def test_places():
    assert Counter(DistrictRole.objects.values_list("role", flat=True)) == {
        "responsible": 28,
        "pilot": 4,
        "site": 2,
    }
    assert Counter(District.objects.values_list("kind", flat=True)) == {
        "district": 1,
        "subdistrict": 10,
        "area": 2,
        "site": 2,
    }
    assert [district.slug for district in District.objects.filter(parent=None)] == ["futian"]


def test_measures_that_concern_nobody_named():
    assert list(Measure.objects.filter(audiences=None).values_list("number", flat=True)) == [3, 26]


def test_paragraphs_are_numbered_1_to_43_without_the_byline():
    numbers = set(SourceParagraph.objects.values_list("number", flat=True))
    assert numbers == set(range(1, 44)) - {6}
    assert list(SourceParagraph.objects.filter(heading=True).values_list("number", flat=True)) == [
        7, 12, 18, 24, 32, 40,
    ]  # fmt: skip


def test_an_action_cites_a_paragraph_of_its_measure():
    for action in Action.objects.select_related("measure", "paragraph"):
        assert action.paragraph in action.measure.paragraphs.all(), action


def test_actions_are_numbered_through():
    for measure in Measure.objects.prefetch_related("actions"):
        positions = [action.position for action in measure.actions.all()]
        assert positions == list(range(1, len(positions) + 1)), measure


def test_background_is_what_the_plan_reports_from_before_it():
    assert list(Action.objects.filter(background=True).values_list("measure__number", "position")) == [
        (15, 7), (15, 8),
    ]  # fmt: skip


def test_every_measure_has_a_headline_that_fits_on_a_phone():
    for measure in Measure.objects.all():
        assert 0 < len(measure.headline_zh) <= 22, measure
        assert 0 < len(measure.headline_en) <= 60, measure


def test_terms_stand_in_their_measures():
    for term in Term.objects.prefetch_related("measures__actions"):
        assert term.measures.exists(), term
        for measure in term.measures.all():
            actions = [f"{action.text_zh} {action.text_en}" for action in measure.actions.all()]
            text = " ".join([measure.title_zh, measure.official_name_zh, measure.summary_zh, *actions])
            assert term.name_zh in text or term.name_en in text, (term, measure)


@pytest.mark.parametrize("model", CONTENT)
def test_what_is_said_in_one_language_is_said_in_the_other(model):
    names = {field.name for field in model._meta.fields}
    pairs = [(f"{name[:-3]}_zh", f"{name[:-3]}_en") for name in names if name.endswith("_en")]
    for record in model.objects.all():
        for chinese, english in pairs:
            said = [getattr(record, name) not in EMPTY_VALUES for name in (chinese, english)]
            assert said[0] == said[1], (record, chinese, english)


@pytest.mark.parametrize("model", CONTENT)
def test_chinese_is_simplified_and_every_record_is_valid(model):
    for record in model.objects.all():
        record.full_clean()
        for field in record._meta.fields:
            value = getattr(record, field.attname)
            if isinstance(field, (models.CharField, models.TextField)):
                assert traditional_characters(value or "") == [], (record, field.name)
            elif isinstance(field, ArrayField):
                assert [traditional_characters(text) for text in value] == [[] for _text in value]


def test_english_has_no_chinese_in_it():
    for model in CONTENT:
        for name in (field.name for field in model._meta.fields if field.name.endswith("_en")):
            for value in model.objects.values_list(name, flat=True):
                assert not re.search("[㐀-鿿]", " ".join(value) if isinstance(value, list) else value)


def test_every_synonym_leads_somewhere(databases):
    """What a synonym means stands in the content."""
    nowhere = [synonym for synonym in Synonym.objects.all() if not found(f'"{synonym.means}"')]
    assert [str(synonym) for synonym in nowhere] == []
