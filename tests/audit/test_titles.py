"""Every title and headline, however it is typed or pasted, finds its measure first."""

import pytest

from measures.models import Measure
from tests.search.test_titles import ENGLISH, FORMS, check_titles


@pytest.mark.parametrize(
    ("language", "form"), [*(("zh", form) for form in FORMS), *(("en", form) for form in ENGLISH)]
)
def test_every_title_finds_its_measure_first(databases, language, form):
    check_titles(language, form, Measure.objects.filter(status="published"))
