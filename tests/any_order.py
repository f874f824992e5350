"""pytest plugin: files, and the tests of each, in an order of chance. `make test PYTEST_ARGS="-p tests.any_order"`, ORDER=number.

Two workers may share the tests of a file, so none may need another one before it; this shows those that do.
"""

import os
import random

import pytest

# Chosen in the first process; its workers inherit it.
order = os.environ.setdefault("ORDER", str(random.randrange(1000)))


def pytest_report_header() -> str:
    return f"tests in the order of chance ORDER={order}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items) -> None:
    files: dict = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    chance, shuffled = random.Random(order), list(files.values())
    chance.shuffle(shuffled)
    for own in shuffled:
        chance.shuffle(own)
    items[:] = [item for own in shuffled for item in own]
