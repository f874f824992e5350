"""Two thousand generated requests to the API: no answer is undescribed, none is a fault of the server."""

import os
import warnings

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings

# Its import warns about what it imports itself.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

NAMES = ("audiences", "categories", "centres", "changes", "districts", "measures", "plans")
KEYS = {"changes": "id", "measures": "code"}
PATHS = [f"/api/{name}/{rest}" for name in NAMES for rest in ("", f"{{{KEYS.get(name, 'slug')}}}/")]
EXAMPLES = int(os.environ.get("API_EXAMPLES", "150"))  # for each of the fourteen operations


@pytest.fixture(scope="module")
def api(databases, django_db_blocker):
    with django_db_blocker.unblock():
        yield schemathesis.openapi.from_wsgi(
            "/api/schema/", get_wsgi_application(), headers={"Host": "localhost"}
        )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", PATHS)
def test_answers_are_as_described(api, path):
    asked = []

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=api[path]["GET"].as_strategy())
    def ask(case):
        asked.append(case)
        case.call_and_validate(headers={"Host": "localhost"})

    ask()
    assert asked
