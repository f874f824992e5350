"""Texts of which nothing can be seen: no field of any record takes one, whichever way it comes."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import CharField, SlugField, TextField
from django.utils.translation import override

from measures.history.kinds import MODELS
from measures.models import Action, CentreLink, DistrictRole, Measure, SourceParagraph, Version
from tests.admin.desk import error_texts, opened, saved
from tests.admin.sheets import as_csv, faults, upload

pytestmark = pytest.mark.usefixtures("restored")
SAID = "Nothing of this text can be seen: it has only invisible characters."
UNSEEN = {
    "right-to-left override": "\u202e",
    "zero width": "\u200b\u200d\ufeff",
    "among blanks": " \u3000\u2060 ",
    "soft hyphen": "\u00ad",
    "Hangul filler": "\u3164",
    "blank of Braille": "\u2800",
    "control character": "\x01",
    "private use": "\ue000",
    "accent on nothing": "\u0301",
    "tag": "\U000e0041",
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_a_title_that_cannot_be_seen_is_refused_in_words(editor, measure, kind):
    response = saved(editor, measure, opened(editor, measure), title_en=UNSEEN[kind])
    assert error_texts(response) == [SAID]
    row = {"code": "2020-07", "version": "1", "title_en": UNSEEN[kind]}
    assert [fault[1:] for fault in faults(upload(editor, as_csv({"2020-07": row})))] == [
        ("2020-07", "title_en", SAID)
    ]
    assert Version.objects.of("measure", "2020-07").count() == 1


@pytest.mark.parametrize("sign", ["\x0b", "\x08", "\x1f", "\x7f", "\x85", "\ufdd0", "\uffff", "\U0001fffe"])
def test_a_character_that_no_text_may_contain_is_named(editor, measure, sign):
    """HTML, XML and spreadsheets refuse them, so that files of one record would differ; Word and PDF bring them along."""
    text, said = f"New{sign}title", f"No text may contain the character U+{ord(sign):04X}."
    (error,) = error_texts(saved(editor, measure, opened(editor, measure), title_en=text))
    assert error.startswith(said)
    row = {"code": "2020-07", "version": "1", "title_en": text}
    (fault,) = faults(upload(editor, as_csv({"2020-07": row})))
    assert fault[2:] == ("title_en", error)


@pytest.mark.parametrize("model", [*MODELS.values(), Action, CentreLink, DistrictRole, SourceParagraph])
def test_every_text_of_every_record(model):
    record = model.objects.first() or model()
    texts = [
        field.name
        for field in model._meta.fields
        if isinstance(field, (CharField, TextField))
        and not field.choices
        and not isinstance(field, SlugField)
        if not field.generated
    ]
    for name in texts:
        setattr(record, name, UNSEEN["right-to-left override"])
    with override("en"), pytest.raises(ValidationError) as refusal:
        record.clean_fields()
    with override("en"):
        assert {name for name, said in refusal.value.message_dict.items() if SAID in said} == set(texts)


def test_every_record_with_texts_is_tried():
    tried = {*MODELS.values(), Action, CentreLink, DistrictRole, SourceParagraph}
    written = {
        model
        for model in apps.get_app_config("measures").get_models()
        if any(field.name.endswith(("_zh", "_en")) for field in model._meta.fields)
    }
    assert written <= tried


def test_what_can_be_seen_stays_as_it_is(editor, measure):
    """Invisible characters within a text join and part its letters."""
    text = "Co\u00adoperation \U0001f469\u200d\U0001f527 – 改革"
    assert saved(editor, measure, opened(editor, measure), title_en=text).status_code == 302
    assert Measure.objects.get(code="2020-07").title_en == text
