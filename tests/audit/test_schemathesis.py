"""Ten thousand generated requests to the API, such as its description allows and such as it does not: no answer is undescribed,
none is a fault of the server, and nothing is taken that should be refused. All checks of schemathesis are made of each.

API_EXAMPLES, at most so many for each operation, makes a quicker run, which then does not count them.
"""

import os
import re
import warnings
from collections import Counter
from urllib.parse import unquote

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, assume, given, settings

from measures.addresses import STUCK
from measures.language.normalising import NO_TEXT, NOT_IN_TEXTS
from measures.open_data.api.endpoints import ENDPOINTS
from measures.open_data.api.openapi import MOMENTS
from measures.selection.facets import FACETS

# Its import warns about what it imports itself.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode

PATHS = [f"/api/{each.name}/{rest}" for each in ENDPOINTS for rest in ("", f"{{{each.key}}}/")]
EXAMPLES = os.environ.get("API_EXAMPLES")
MOST = int(EXAMPLES or "700")
ENOUGH = 10_000
asked, modes = Counter(), Counter()


@pytest.fixture(scope="module")
def api(databases, django_db_blocker):
    with django_db_blocker.unblock():
        yield schemathesis.openapi.from_wsgi(
            "/api/schema/", get_wsgi_application(), headers={"Host": "localhost"}
        )


def is_written_otherwise(case) -> bool:
    """Whether something is taken, or led to its place, in another way of writing it: docs/answers.md has them, a schema cannot."""
    for name, sent in (case.query or {}).items():
        if isinstance(sent, list) and name not in FACETS:
            return True
        for value in map(str, sent if isinstance(sent, list) else [sent]):
            tracker = name == "from" and not value[:1].isdigit()
            zeros = name == "page" and value.startswith("0")
            if tracker or zeros or not value.strip() or value != value.rstrip(STUCK):
                return True
    keys = map(unquote, map(str, (case.path_parameters or {}).values()))
    return any(key != key.rstrip(f"{STUCK}/") for key in keys)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", PATHS)
def test_answers_are_as_described(api, path):
    allowed, refused = (api[path]["GET"].as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(max_examples=MOST, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=allowed | refused)
    def ask(case):
        # What the description cannot say: the characters beyond the first plane that no text may contain.
        words = str((case.query or {}).get("q", ""))
        assume(re.search(f"[{NO_TEXT}]", words) or not NOT_IN_TEXTS.search(words))
        # Which numbers and days exist is said by no schema.
        for name in MOMENTS.keys() & (case.query or {}).keys():
            if re.fullmatch("[0-9-]{1,19}", str(case.query[name])):
                case.query[name] = "1"
        mode = case.meta.generation.mode
        assume(mode is GenerationMode.POSITIVE or not is_written_otherwise(case))
        asked[path] += 1
        modes[mode.value] += 1
        case.call_and_validate(headers={"Host": "localhost"})

    ask()
    assert asked[path]


@pytest.mark.skipif(EXAMPLES is not None, reason="API_EXAMPLES is set")
def test_they_were_enough():
    """Runs last: the file is collected in its order, in one process."""
    print(f"{asked.total()} cases: {dict(modes)}, {dict(asked)}")
    assert asked.keys() == set(PATHS)
    assert asked.total() >= ENOUGH
    assert min(modes.values()) > ENOUGH / 4
