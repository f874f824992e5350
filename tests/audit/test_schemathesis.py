"""Two thousand generated requests to the API: no answer is undescribed, none is a fault of the server.

API_EXAMPLES, at most so many for each operation, makes a quicker run, which then does not count them.
"""

import os
import warnings
from collections import Counter

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
EXAMPLES = os.environ.get("API_EXAMPLES")
MOST = int(EXAMPLES or "150")
ENOUGH = 2_000
asked = Counter()


@pytest.fixture(scope="module")
def api(databases, django_db_blocker):
    with django_db_blocker.unblock():
        yield schemathesis.openapi.from_wsgi(
            "/api/schema/", get_wsgi_application(), headers={"Host": "localhost"}
        )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", PATHS)
def test_answers_are_as_described(api, path):
    @settings(max_examples=MOST, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=api[path]["GET"].as_strategy())
    def ask(case):
        asked[path] += 1
        case.call_and_validate(headers={"Host": "localhost"})

    ask()
    assert asked[path]


@pytest.mark.skipif(EXAMPLES is not None, reason="API_EXAMPLES is set")
def test_they_were_enough():
    """Runs last: the file is collected in its order, in one process."""
    print(f"{asked.total()} cases: {dict(asked)}")
    assert asked.keys() == set(PATHS)
    assert asked.total() >= ENOUGH
