"""pytest plugin, loaded before Django's settings: the run gets a PostgreSQL of its own, or a database on yours.

Without DATABASE_URL a throwaway embedded server starts once, in the first process; its workers inherit both addresses.
"""

import os
import tempfile
from contextlib import ExitStack

from benchmarks.throwaway_postgres import throwaway

resources = ExitStack()
os.environ["ENVIRONMENT_FILE"] = ""  # the machine's own site is not tested here

if "PYTEST_XDIST_WORKER" not in os.environ:
    # One data directory (secret key, static files) for all processes of the run.
    os.environ["FUTIAN_DATA"] = resources.enter_context(tempfile.TemporaryDirectory(prefix="futian-test-"))
    if not os.environ.get("DATABASE_URL"):
        server = resources.enter_context(throwaway())
        os.environ["DATABASE_URL"] = server.url()


def pytest_unconfigure():
    resources.close()
