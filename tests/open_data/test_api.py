"""The JSON API: what its records hold, and that its description tells the truth."""

import json

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft4Validator, Draft202012Validator

from measures.models import Measure, Version
from measures.open_data.api.openapi import openapi
from measures.snapshots import editing_as
from tests.queries import statements
from tests.readers import SPECIFICATION, as_json_schema


@pytest.fixture
def schema(client):
    return client.get("/api/schema/").json()


def test_the_description_is_valid_openapi(schema):
    Draft4Validator(SPECIFICATION).validate(schema)
    assert list(schema["paths"]) == sorted(
        f"/api/{name}/{rest}"
        for name, key in (
            ("audiences", "slug"),
            ("categories", "slug"),
            ("centres", "slug"),
            ("changes", "id"),
            ("districts", "slug"),
            ("measures", "code"),
            ("plans", "slug"),
            ("terms", "slug"),
        )
        for rest in ("", f"{{{key}}}/")
    )
    assert {method for path in schema["paths"].values() for method in path} == {"get"}


def test_no_warning_is_given_while_describing(capsys):
    openapi()
    assert capsys.readouterr().err == ""


def test_parameters_are_those_of_the_list_page(client, schema):
    described = {
        parameter["name"]: parameter["schema"]
        for parameter in schema["paths"]["/api/measures/"]["get"]["parameters"]
    }
    fields = client.get("/measures/").context["filter"].form.fields
    assert described.keys() == {*fields, "page", "as_of"}
    assert described["centre"]["items"]["enum"] == ["finance", "technology", "culture", "services", "none"]
    assert described["basis"]["items"]["enum"] == ["named", "described", "derived"]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/api/measures/", "/api/measures/?role=pilot"),
        ("/api/measures/{code}/", "/api/measures/2020-05/"),
        ("/api/measures/{code}/", "/api/measures/2020-02/"),
        ("/api/categories/", "/api/categories/"),
        ("/api/categories/{slug}/", "/api/categories/well-being/"),
        ("/api/centres/", "/api/centres/"),
        ("/api/audiences/", "/api/audiences/"),
        ("/api/districts/", "/api/districts/"),
        ("/api/districts/{slug}/", "/api/districts/hetao-zone/"),
        ("/api/plans/", "/api/plans/"),
        ("/api/plans/{slug}/", "/api/plans/2020/"),
        ("/api/changes/", "/api/changes/"),
        ("/api/changes/{id}/", "/api/changes/1/"),
    ],
)
def test_answers_are_as_described(client, schema, path, address):
    response = client.get(address)
    assert response.status_code == 200
    content = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    validator = Draft202012Validator(as_json_schema({**schema, **content["schema"]}))
    assert [error.message for error in validator.iter_errors(response.json())] == []


def test_problems_are_as_described(client, schema):
    response = client.get("/api/measures/?role=king")
    problem = as_json_schema({**schema, "$ref": "#/components/schemas/Problem"})
    assert [error.message for error in Draft202012Validator(problem).iter_errors(response.json())] == []


def test_a_record_is_the_same_everywhere(client):
    listed = {measure["code"]: measure for measure in client.get("/api/measures/").json()["results"]}
    whole = json.loads(client.get("/measures.json").getvalue())
    in_file = {measure["code"]: measure for measure in whole["measures"]}
    assert in_file == listed
    assert client.get("/api/measures/2020-05/").json() == listed["2020-05"]
    assert client.get("/measures/2020-05.json").json() == listed["2020-05"]


def test_a_measure_has_everything_in_both_languages(client):
    record = client.get("/api/measures/2020-02/").json()
    measure = Measure.objects.get(code="2020-02")
    assert record["title_zh"] == measure.title_zh
    assert record["parent"] == "2020-01"
    assert record["category"] == {
        "slug": "technology-innovation",
        "name_zh": measure.category.name_zh,
        "name_en": measure.category.name_en,
    }
    assert [action["text_zh"] for action in record["actions"]] == [
        action.text_zh for action in measure.actions.all()
    ]
    assert client.get("/api/measures/2020-01/").json()["parts"] == ["2020-02", "2020-03", "2020-04"]


def test_changes_name_no_editor_and_no_draft(client, restored):
    with editing_as("secret.editor", note="A typo"):
        Measure.objects.filter(code="2020-05").update(title_en="Corrected")
    with editing_as("secret.editor", note="never told"):
        Measure.objects.filter(code="2020-06").update(status="draft")
    response = client.get("/api/changes/")
    changes = response.json()["results"]
    assert "secret.editor" not in response.text
    withdrawal, newest = changes[:2]
    told = ("kind", "key", "number", "event", "note")
    assert {key: newest[key] for key in told} == {
        "kind": "measure",
        "key": "2020-05",
        "number": 2,
        "event": "changed",
        "note": "A typo",
    }
    document = client.get(f"/api/changes/{newest['id']}/").json()["document"]
    assert document["title_en"] == "Corrected"
    # That a measure was withdrawn is public, or mirrors would keep it; what it became is not.
    assert {key: withdrawal[key] for key in told} == {
        "kind": "measure",
        "key": "2020-06",
        "number": 2,
        "event": "withdrawn",
        "note": "",
    }
    assert client.get(f"/api/changes/{withdrawal['id']}/").json() == withdrawal | {"document": None}
    with editing_as("secret.editor", note="never told"):
        Measure.objects.filter(code="2020-06").update(title_en="Never told")
    draft = Version.objects.get(key="2020-06", number=3)
    assert client.get(f"/api/changes/{draft.pk}/").status_code == 404


def test_queries_do_not_grow_with_the_records(client):
    counts = []
    for query in ("?role=pilot", ""):
        with CaptureQueriesContext(connections["reader"]) as captured:
            client.get(f"/api/measures/{query}")
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["", "/en"])
def test_documentation_shows_every_operation_and_field(client, schema, language):
    response = client.get(f"{language}/api/")
    for path in schema["paths"]:
        assert f"<code>GET {path}</code>" in response.text
    for field in schema["components"]["schemas"]["Measure"]["properties"]:
        assert f"<code>{field}</code>" in response.text
    assert "<script" not in response.text.partition("<main")[2]
    assert "<style" not in response.text
