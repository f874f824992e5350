"""The shipped content in a real PostgreSQL, once for each worker; tests that write give it back as it was."""

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test import client as test_client
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from benchmarks.throwaway_postgres import throwaway
from futian_reform.operations.prepare import collect_static_files
from measures.search import index as search_index

# The commands and servers that tests start read what was compiled once, also where whoever runs the tests compiles nothing.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
PBKDF2PasswordHasher.iterations = 1  # a million make each sign-in take half a second, on purpose
# The same examples in every run, however long each takes; the judges of `make audit` look for others.
hypothesis_settings.register_profile("the same", deadline=None, derandomize=True)
hypothesis_settings.load_profile("the same")
TRACED = 10  # cases of a parametrised test
UNTRACED = tuple(Path(__file__).with_name("untraced.txt").read_text().splitlines()[1:])


def pytest_collection_modifyitems(items):
    """Measure coverage where a test runs what no other does: untraced, tests take half as long.

    That is in the first cases of a test alone, and in none of those that are listed. Nor in tests with the mark no_cover,
    which ask for the same many times.
    """
    seen = Counter()
    for item in items:
        function = item.nodeid.partition("[")[0]
        seen[function] += 1
        if seen[function] > TRACED or function.startswith(UNTRACED):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """End the first of the two measurements that pytest-cov begins in a worker: nobody reads it, and it knows no mark."""
    coverage = session.config.pluginmanager.getplugin("_cov")
    if coverage and coverage.cov_controller and hasattr(session.config, "workerinput"):
        coverage.cov_controller.cov.stop()


def pytest_collection_finish():
    """Collect garbage more seldom, and never what is there for all tests: a tenth of their time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def store_pages(*arguments, template, context, store=test_client.store_rendered_templates, **more):
    """Keep the contexts of templates for `response.context`, but not those of each field of a form: there are thousands."""
    if not (template.name or "").startswith(("django/forms/", "admin/widgets/")):
        store(*arguments, template=template, context=context, **more)


test_client.store_rendered_templates = store_pages


class Databases:
    """A database with the shipped content, and a pristine copy that it can be restored from."""

    def __init__(self, worker: str):
        self.name, self.pristine = f"futian_test_{worker}", f"futian_test_{worker}_pristine"
        # Databases are created from the one that DATABASE_URL names.
        parameters = connections["default"].get_connection_params()
        wanted = ("host", "port", "user", "password", "dbname")
        self.maintenance = {key: parameters[key] for key in wanted if key in parameters}

    def execute(self, *statements: str):
        names = {"name": sql.Identifier(self.name), "pristine": sql.Identifier(self.pristine)}
        with psycopg.connect(**self.maintenance, autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(**names))

    def use(self, name: str):
        connections.close_all()
        for alias in connections:
            connections[alias].settings_dict["NAME"] = connections.settings[alias]["NAME"] = name

    def build(self, built: str):
        """Build the pristine database, or copy the one named `built`, which another worker has built."""
        self.execute("DROP DATABASE IF EXISTS {pristine} WITH (FORCE)")
        if built:
            self.execute(f"CREATE DATABASE {{pristine}} TEMPLATE {built}")
        else:
            self.execute("CREATE DATABASE {pristine}")
            self.use(self.pristine)
            call_command("migrate", verbosity=0)
            call_command("load_content", stdout=StringIO())
            call_command("reader_role", stdout=StringIO())
        self.restore()

    def restore(self):
        self.use(self.name)
        self.execute(
            "DROP DATABASE IF EXISTS {name} WITH (FORCE)", "CREATE DATABASE {name} TEMPLATE {pristine}"
        )

    def drop(self):
        connections.close_all()
        self.execute("DROP DATABASE {name} WITH (FORCE)", "DROP DATABASE {pristine} WITH (FORCE)")


@pytest.fixture(scope="session", autouse=True)
def seconds_of_a_search():
    """The limit that readers have; here a search has more, so that no answer depends on how busy this machine is."""
    limit = search_index.MAX_SECONDS
    with pytest.MonkeyPatch.context() as patch:
        for module in ("index", "search"):
            patch.setattr(f"measures.search.{module}.MAX_SECONDS", 10 * limit)
        yield limit


@pytest.fixture(scope="session", autouse=True)
def databases(django_db_blocker):
    with django_db_blocker.unblock():
        databases = Databases(os.environ.get("PYTEST_XDIST_WORKER", "main"))
        # The first worker builds, the others copy.
        with (settings.FUTIAN_DATA / "built").open("a+") as built:
            fcntl.flock(built, fcntl.LOCK_EX)
            built.seek(0)
            if not (name := built.read()):
                collect_static_files(lambda line: None)
            databases.build(name)
            built.write("" if name else databases.pristine)
        yield databases
        databases.drop()


@pytest.fixture(scope="session")
def with_static_files(databases):
    """`with_static_files(folder)` spares a site in another data directory to collect and compress its static files."""

    def copy(folder):
        shutil.copytree(settings.STATIC_ROOT, folder / "static")
        shutil.copy(settings.FUTIAN_DATA / "static.stamp", folder)
        return folder

    return copy


@pytest.fixture(scope="session")
def prepared_cluster(databases) -> Path:
    """The cluster of a stopped server on which the site was set up, for servers of tests to begin with as a copy."""
    cluster = settings.FUTIAN_DATA / "cluster"
    with (settings.FUTIAN_DATA / "cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not cluster.exists():
            with throwaway() as server:
                own = {"DATABASE_URL": server.url(), "DATABASE_READER_URL": ""}
                command = [sys.executable, "manage.py", "serve", "--prepare-only"]
                subprocess.run(
                    command,
                    cwd=settings.BASE_DIR,
                    env=os.environ | own,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
                server.stop()
                subprocess.run(["cp", "-a", server.cluster, cluster], check=True)
    return cluster


@pytest.fixture
def restored(databases):
    """For tests that write: commits are real, and afterwards the database is as it was before."""
    yield databases
    databases.restore()


@pytest.fixture
def client():
    return Client(headers={"host": "localhost"})
