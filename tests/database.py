"""pytest plugin, loaded before Django's settings: the run gets a PostgreSQL of its own, or a database on yours.

Without DATABASE_URL a throwaway embedded server starts once, in the first process; its workers inherit the address.
"""

import os
import tempfile
from contextlib import ExitStack

from futian_reform import embedded_postgres

resources = ExitStack()

# Every process has a data directory of its own (secret key, static files).
os.environ["FUTIAN_DATA"] = resources.enter_context(tempfile.TemporaryDirectory(prefix="futian-test-"))
if "PYTEST_XDIST_WORKER" not in os.environ and not os.environ.get("DATABASE_URL"):
    server = resources.enter_context(embedded_postgres.throwaway())
    os.environ["DATABASE_URL"] = server.url()


def pytest_unconfigure():
    resources.close()
