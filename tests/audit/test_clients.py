"""The description of the API in the hands of others: linters of OpenAPI accept it, and clients made from it read everything."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from measures.open_data.api.endpoints import ENDPOINTS

GENERATORS = ("openapi-python-client==0.29.1", "openapi-spec-validator==0.9.0")


def run(*command, **options) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def environment_with(folder: Path, *packages) -> Path:
    """The folder of programs of a virtual environment with these packages."""
    venv.create(folder, with_pip=True, clear=True)
    run(
        folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages
    )
    return folder / "bin"


@pytest.fixture(scope="module")
def generators() -> Path:
    folder = settings.BASE_DIR / ".audit" / "generators"
    programs = folder / "bin"
    if not (programs / "openapi-python-client").exists():
        environment_with(folder, *GENERATORS)
    return programs


@pytest.fixture(scope="module")
def described(live_site, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    with urlopen(f"{live_site}/api/schema/", timeout=60) as answer:
        path.write_bytes(answer.read())
    return path


@pytest.fixture(scope="module")
def python_client(generators, described, tmp_path_factory) -> Path:
    """The programs of an environment that has nothing but the generated client."""
    folder = tmp_path_factory.mktemp("client")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # it formats by ruff
    said = run(
        generators / "openapi-python-client",
        "generate",
        "--path",
        described,
        "--fail-on-warning",
        cwd=folder,
        env=os.environ | {"PATH": path},
    )
    assert "Warning" not in said
    (package,) = folder.iterdir()
    assert package.name == "futian-reform-database-client"
    return environment_with(folder / "environment", package)


def test_a_validator_finds_nothing_wrong(generators, described):
    said = run(generators / "python", "-W", "error", "-m", "openapi_spec_validator", described)
    assert said.strip() == f"{described}: OK"


def test_a_linter_has_nothing_to_say(node_modules, described):
    said = run(
        node_modules / ".bin" / "redocly",
        "lint",
        f"--config={Path(__file__).with_name('redocly.yaml')}",
        "--format=json",
        described,
        env=os.environ | {"REDOCLY_TELEMETRY": "off"},
    )
    report = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert report["problems"] == []


def test_a_generated_client_reads_every_endpoint(python_client, live_site, client):
    script = Path(__file__).with_name("read_everything.py")
    said = run(python_client / "python", "-W", "error", script, live_site)
    found = json.loads(said.replace("+00:00", "Z"))  # both are UTC
    narrowed = found.pop("narrowed")
    assert found.keys() == {endpoint.name for endpoint in ENDPOINTS}
    for name, got in found.items():
        answer = client.get(f"/api/{name}/").json()
        here = json.loads(json.dumps(answer["results"]).replace(settings.SITE_ORIGIN, live_site))
        assert (got["count"], got["results"]) == (answer["count"], here)
        assert {key: got["one"][key] for key in here[0]} == here[0]
        assert got["missing"]["status"] == 404
    query = "q=金融&centre=finance&centre=technology&basis=named&sort=title"
    codes = [measure["code"] for measure in client.get(f"/api/measures/?{query}").json()["results"]]
    assert codes
    assert narrowed["codes"] == codes
    assert [error["parameter"] for error in narrowed["refused"]["errors"]] == ["q"]


USE = """
import type { paths, components } from "./api";
type Answer<P extends keyof paths> = paths[P]["get"]["responses"][200]["content"]["application/json"];
const measure: Answer<"/api/measures/{code}/"> = %s;
const page: Answer<"/api/measures/"> = { count: 1, version: 1, next: null, previous: null, results: [measure] };
const basis: components["schemas"]["Basis"] = page.results[0].basis;
const query: paths["/api/measures/"]["get"]["parameters"]["query"] = { centre: ["finance", "none"], page: 1 };
// @ts-expect-error: it has no such field
measure.no_such_field;
export { basis, query };
"""


def test_types_for_typescript_compile(node_modules, described, client, tmp_path):
    programs = node_modules / ".bin"
    run(programs / "openapi-typescript", described, "--output", tmp_path / "api.d.ts")
    measure = client.get("/measures/2020-07.json").json()
    (tmp_path / "use.ts").write_text(USE % json.dumps(measure))
    run(programs / "tsc", "--strict", "--noEmit", "--skipLibCheck", "false", "use.ts", cwd=tmp_path)
