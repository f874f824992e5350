"""The commands and settings that the documentation names: each runs as it is written there, and none is missing there."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    path
    for pattern in (
        "*.md",
        "docs/*.md",
        ".env.example",
        ".pre-commit-config.yaml",
        "deploy/*",
        "benchmarks/*.py",
    )
    for path in sorted(ROOT.glob(pattern))
]
# In backquotes, or on a line that is indented as a block of code (a comment may follow), or what a hook of git enters.
SPAN = re.compile(r"`([^`]+)`|^    +(?:entry: )?([^\s`].*?)(?:\s+#.*)?$", re.MULTILINE)
VARIABLE = re.compile(r"[A-Z_]+=\S*")
PROGRAMS = re.compile(r"make|manage\.py|python3?|\.venv/bin/[\w-]+")
# Read by the program that a variable is meant for, and no setting of the site.
OF_OTHERS = {"PYTHON", "PYTEST_ARGS", "BENCH_ARGS"}


def commands(text: str) -> set[str]:
    """The commands of this project that a document names, with the variables before them."""
    found = set()
    for match in SPAN.finditer(text):
        command = " ".join((match[1] or match[2]).split())
        words = command.split()
        while words and VARIABLE.fullmatch(words[0]):
            words.pop(0)
        # `make` alone is the program, and "manage.py" alone a file; a sentence of Python code is no command.
        if (
            len(words) > 1
            and PROGRAMS.fullmatch(words[0])
            and re.fullmatch(r"[-\w./\[\]:= ]+", command.split("://")[0])
        ):
            found.add(command)
    return found


NAMED = sorted(
    {
        (path.relative_to(ROOT).as_posix(), command)
        for path in DOCUMENTS
        for command in commands(path.read_text())
    }
)


def bare(**variables: object) -> dict[str, str]:
    """An environment as a newcomer has it: with nothing of this run in it but what is named."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {name: str(value) for name, value in variables.items()}


def run(*command: str, **variables: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=ROOT, env=bare(**variables), capture_output=True, text=True, timeout=120, check=False
    )


@cache
def said(*command: str) -> str:
    """What a command prints that ends well; asked once, however many documents name it."""
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def refusal(*command: str, **variables: object) -> str:
    """What a command says that ends without a traceback and without having done anything."""
    done = run(*command, **variables)
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout == ""
    return done.stderr


def test_commands_are_found_in_documents():
    text = (
        "`make run`, `make`, `manage.py` and `python` in a sentence; `A=1 .venv/bin/python -m x.y 5`\n\n"
        "    make test    # sets everything up\n    DATABASE_URL=postgresql://a:b@host:1/c make run\n"
    )
    assert commands(text) == {
        "make run",
        "make test",
        "A=1 .venv/bin/python -m x.y 5",
        "DATABASE_URL=postgresql://a:b@host:1/c make run",
    }
    names = {name for name, _ in NAMED}
    assert {"README.md", "SECURITY.md", ".pre-commit-config.yaml", "benchmarks/lists.py"} <= names


@pytest.mark.parametrize(("document", "command"), NAMED)
def test_a_command_that_a_document_names_can_be_run(document, command):
    words = shlex.split(command)
    while VARIABLE.fullmatch(words[0]):
        assert_known_variable(words.pop(0).partition("=")[0])
    program, *arguments = words
    if program == "make":
        assert_target(arguments)
        return
    in_a_container = document.startswith("deploy/")
    assert program.startswith(".venv/bin/") or in_a_container, "written so that it does not run from a shell"
    if program.startswith(".venv/bin/") and program != ".venv/bin/python":
        assert os.access(ROOT / program, os.X_OK)
    elif arguments[0] == "-m":
        assert_module(*arguments[1:])
    else:
        assert arguments[0] == "manage.py"
        assert_management_command(*arguments[1:])


def assert_known_variable(name: str):
    assert name in variables_read_by_settings() | OF_OTHERS


def assert_target(arguments: list[str]):
    targets = [word for word in arguments if not VARIABLE.fullmatch(word)]
    for word in set(arguments) - set(targets):
        assert_known_variable(word.partition("=")[0])
    help_of_make = said("make", "--no-print-directory", "help")
    for target in targets:
        assert f"make {target}\t" in help_of_make
        said("make", "--dry-run", target)


def assert_module(module: str, *arguments: str):
    assert find_spec(module), f"there is no module {module}"
    options = {word.partition("=")[0] for word in arguments if word.startswith("--")}
    words = [word for word in arguments if not word.startswith("-")]
    if module == "pytest":  # which tests, it would not look at
        assert [word for word in words if "/" in word and not (ROOT / word.partition("::")[0]).exists()] == []
        words = []
    assert options <= set(re.findall(r"--[\w-]+", said(sys.executable, "-m", module, *words, "--help")))


def assert_management_command(name: str, *arguments: str):
    assert name in get_commands()
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parser.parse_args([word.strip("[]") for word in arguments])


# --- Settings ---


@cache
def variables_read_by_settings() -> set[str]:
    """Names in the environment that the site reads, by `env`, `env_number` and the like, `hosts`, `networks`, `os.environ.get` or `os.environ[...]`."""
    names = set()
    for package in ("futian_reform", "measures"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args:
                    reader, name = ast.unparse(node.func), node.args[0]
                elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                    reader, name = ast.unparse(node.value), node.slice
                else:
                    continue
                readers = {"hosts", "networks", "os.environ", "os.environ.get", "os.getenv"}
                if (reader in readers or re.fullmatch("env(_[a-z]+)?", reader)) and isinstance(
                    name, ast.Constant
                ):
                    names.add(name.value)
    return names


def test_every_setting_is_in_the_example_and_every_one_in_the_example_is_read():
    described = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(variables_read_by_settings())


def test_the_example_names_the_defaults():
    example = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    probe = (
        "import django, json, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'futian_reform.settings'; django.setup(); "
        "from futian_reform import settings as s; "
        "from futian_reform.management.commands import serve; "
        "p = serve.Command().create_parser('', ''); print(json.dumps({'HOST': p.get_default('host'), "
        "'PORT': p.get_default('port'), 'PROXIES': ' '.join(str(n).removesuffix('/128') for n in s.networks('PROXIES', '127.0.0.0/8 ::1')), 'PAGE_CACHE_MB': str(s.PAGE_CACHE_BYTES >> 20), "
        "'LOG_LEVEL': s.LOGGING['root']['level'], 'DATABASE_READER_ROLE': s.READER_ROLE, "
        "'FUTIAN_DATA': str(s.FUTIAN_DATA.relative_to(s.BASE_DIR))}))"
    )
    done = run(sys.executable, "-c", probe, SECRET_KEY="unused")  # with one of its own, nothing is generated
    assert done.returncode == 0, done.stderr
    defaults = json.loads(done.stdout)
    assert {name: example[name] for name in defaults} == defaults


# --- Commands that need a database ---

GENERATE = (sys.executable, "-m", "benchmarks.generate", "28")


@pytest.mark.parametrize(
    "arguments", [["generate", "28"], ["lists"], ["downloads"]], ids=lambda words: words[0]
)
def test_a_benchmark_wants_its_scratch_database_named(arguments):
    module, *rest = arguments
    said = refusal(sys.executable, "-m", f"benchmarks.{module}", *rest)
    assert said.startswith("Name a scratch database in DATABASE_URL, or a new folder in FUTIAN_DATA")


@pytest.fixture
def scratch(databases):
    """The address of a database with the shipped content that a command may fill."""
    name = f"{databases.name}_scratch"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    databases.execute(drop, f"CREATE DATABASE {name} TEMPLATE {{pristine}}")
    parts = databases.maintenance
    yield address_of(parts | {"dbname": name})
    databases.execute(drop)


def address_of(parts: dict) -> str:
    account = quote(parts["user"], safe="")
    if "password" in parts:
        account += ":" + quote(parts["password"], safe="")
    return f"postgresql://{account}@{quote(parts['host'], safe='')}:{parts['port']}/{parts['dbname']}"


def test_benchmarks_run_on_the_scratch_database(scratch):
    environment = {"DATABASE_URL": scratch, "FUTIAN_DATA": settings.FUTIAN_DATA}
    filled = run(*GENERATE, **environment)
    assert filled.returncode == 0, filled.stderr
    assert "28 measures copied" in filled.stderr
    measured = run(sys.executable, "-m", "benchmarks.lists", "--rounds", "1", **environment)
    assert measured.returncode == 0, measured.stderr
    assert "published measures" in measured.stdout
    assert "slowest p95" in measured.stderr
    assert not [line for line in measured.stdout.splitlines() if re.search(r"  [45]\d\d$", line)]


def test_the_downloads_of_the_scratch_database_are_measured(scratch):
    environment = {"DATABASE_URL": scratch, "FUTIAN_DATA": settings.FUTIAN_DATA}
    done = run(sys.executable, "-m", "benchmarks.downloads", **environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("28 measures;")


def test_what_staff_use_is_not_filled_with_invented_measures(scratch):
    with psycopg.connect(scratch) as connection:
        connection.execute(
            "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff, is_active, "
            "date_joined) VALUES ('one', '', '', '', '', false, true, true, now())"
        )
    said = refusal(*GENERATE, DATABASE_URL=scratch, FUTIAN_DATA=settings.FUTIAN_DATA)
    assert "This database has accounts of staff" in said
    with psycopg.connect(scratch) as connection:
        assert connection.execute("SELECT count(*) FROM measures_measure").fetchone() == (28,)


def test_the_description_of_the_api_is_written_by_a_command(client, capsys):
    call_command("openapi", "--lang=en")
    assert json.loads(capsys.readouterr().out)["paths"] == client.get("/api/schema/").json()["paths"]


def test_a_database_without_tables_is_named_with_the_remedy(databases, tmp_path):
    name = f"{databases.name}_empty"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    databases.execute(drop, f"CREATE DATABASE {name}")
    try:
        address = address_of(databases.maintenance | {"dbname": name})
        said = refusal(
            sys.executable,
            "manage.py",
            "clearsessions",
            DATABASE_URL=address,
            DATABASE_READER_ROLE="",
            FUTIAN_DATA=tmp_path,
        )
    finally:
        databases.execute(drop)
    host = databases.maintenance["host"]
    assert said == (
        f"Database: {name} on {host}\n"
        f'The database {name} is not set up for this code (relation "django_session" does not exist). Set it up with '
        "`.venv/bin/python manage.py serve --prepare-only`, or start the site with `make run`.\n"
    )
