"""The admin made for editors: the form, publishing, preview, simplified characters, numbers of actions."""

import pytest

from measures.models import Action, Measure, Version
from tests.desk import error_texts, opened, posted, saved, signed_in

pytestmark = pytest.mark.usefixtures("restored")


@pytest.fixture
def editor():
    return signed_in("lin", "editor")


@pytest.fixture
def publisher():
    return signed_in("zhou", "publisher")


@pytest.fixture
def measure():
    return Measure.objects.get(code="2020-07")


def latest(record):
    return Version.objects.of("measure", record.code).first()


def test_saving_an_untouched_form_changes_nothing(editor, measure):
    before = Version.objects.count()
    response = saved(editor, measure, opened(editor, measure))
    assert response.status_code == 302, error_texts(response)
    assert Version.objects.count() == before


@pytest.mark.parametrize("code", [f"2020-{number:02}" for number in range(1, 29)])
def test_every_measure_can_be_saved_as_it_is(editor, code):
    measure = Measure.objects.get(code=code)
    before = Version.objects.count()
    response = saved(editor, measure, opened(editor, measure), title_en="Another title")
    assert response.status_code == 302, error_texts(response)
    assert Version.objects.count() == before + 1
    old, new = Version.objects.of("measure", code)[1].document, latest(measure).document
    assert {name for name in new if new[name] != old[name]} == {"title_en"}
