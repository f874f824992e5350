"""Staff, each with a browser without scripts, and a measure to work on."""

import pytest

from measures.models import Measure
from tests.admin.desk import signed_in


@pytest.fixture
def editor(restored):
    return signed_in("lin", "editor")


@pytest.fixture
def colleague(restored):
    return signed_in("chen", "editor")


@pytest.fixture
def publisher(restored):
    return signed_in("zhou", "publisher")


@pytest.fixture
def administrator(restored):
    return signed_in("he", "administrator")


@pytest.fixture
def measure(restored):
    return Measure.objects.get(code="2020-07")
