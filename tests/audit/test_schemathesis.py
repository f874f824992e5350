"""Two thousand generated requests to the API: no answer is undescribed, none is a fault of the server."""

import warnings

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings

# Its import warns about what it imports itself.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

OPERATIONS = 14
EXAMPLES = 150  # for each operation


@pytest.fixture
def api(databases):
    return schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())


schema = schemathesis.pytest.from_fixture("api")
asked = []


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_answers_are_as_described(case):
    asked.append(case.operation.label)
    case.call_and_validate(headers={"Host": "localhost"})


def test_that_was_enough():
    assert len(set(asked)) == OPERATIONS
    assert len(asked) >= 2000
