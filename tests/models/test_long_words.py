"""Words that the index of a search cannot take are refused where they are written, and not by the database."""

import pytest
from django.core.exceptions import ValidationError

from measures.models import Action, Audience, Category, Centre, District, Measure
from measures.models.fields import MAX_WORD
from tests.admin.desk import error_texts, opened, saved, signed_in

FIELDS = [
    (Measure, "title_zh"), (Measure, "title_en"), (Measure, "headline_zh"), (Measure, "headline_en"),
    (Measure, "official_name_zh"), (Measure, "summary_zh"), (Measure, "summary_en"), (Measure, "note_zh"), (Measure, "note_en"),
    (Action, "text_zh"), (Action, "text_en"), (Category, "name_en"), (Centre, "short_en"), (Audience, "name_en"),
    (District, "name_en"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "field"), FIELDS, ids=[f"{model.__name__}.{field}" for model, field in FIELDS]
)
def test_a_word_has_a_limit(databases, model, field):
    record = model.objects.first()
    setattr(record, field, f"a {'B' * MAX_WORD} {'c' * MAX_WORD}")
    record.clean_fields(exclude=[other.name for other in model._meta.fields if other.name != field])
    setattr(record, field, "ﬀ" * (MAX_WORD // 2) + "f")
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    assert "long_word" in {error.code for error in refused.value.error_dict[field]}
    record.clean_fields(exclude=[field])


def test_the_longest_words_can_be_saved(restored):
    word = "w" * MAX_WORD
    for model, field in FIELDS:
        model.objects.filter(pk=model.objects.first().pk).update(**{field: f"{word} 1{word[1:]}"})


def test_the_desk_says_so(restored):
    editor, measure = signed_in("lin", "editor"), Measure.objects.get(code="2020-07")
    form = opened(editor, measure)
    form["note_en"] = ["x" * 3000]
    form["actions-0-text_en"] = ["y" * 3000]
    response = saved(editor, measure, form)
    assert response.status_code == 200
    assert sum("200" in text for text in error_texts(response)) >= 2
    assert Measure.objects.get(code="2020-07").note_en == measure.note_en
