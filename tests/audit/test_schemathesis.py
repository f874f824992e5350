"""Ten thousand generated requests to the API: no answer is undescribed, none is a fault of the server.

API_EXAMPLES, at most so many for each operation, makes a quicker run, which then does not count them.
"""

import os
import re
import warnings
from collections import Counter

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, assume, given, settings

from measures.open_data.api.endpoints import ENDPOINTS
from measures.open_data.api.openapi import MOMENTS
from measures.selection.parameters import NO_TEXT, NOT_IN_TEXTS

# Its import warns about what it imports itself.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

PATHS = [f"/api/{each.name}/{rest}" for each in ENDPOINTS for rest in ("", f"{{{each.key}}}/")]
EXAMPLES = os.environ.get("API_EXAMPLES")
MOST = int(EXAMPLES or "700")
ENOUGH = 10_000
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
        # What the description cannot say: the characters beyond the first plane that no text may contain.
        words = str((case.query or {}).get("q", ""))
        assume(re.search(f"[{NO_TEXT}]", words) or not NOT_IN_TEXTS.search(words))
        # Which numbers and days exist is said by no schema.
        for name in MOMENTS.keys() & (case.query or {}).keys():
            if re.fullmatch("[0-9-]{1,19}", str(case.query[name])):
                case.query[name] = "1"
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
