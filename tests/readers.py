"""Readers that others wrote, by the media type that they read: each raises an error where a body is not what it says."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.robotparser import RobotFileParser

import bibtexparser
import feedparser
import openpyxl
import rispy
from jsonschema import Draft4Validator, Draft202012Validator

# https://spec.openapis.org/oas/3.0/schema/2021-09-28
SPECIFICATION = json.loads(
    (Path(__file__).parent / "open_data" / "openapi_3_0_schema.json").read_text(encoding="utf-8")
)
#: What a JSON document is, by its path -> the schema in the description of the API that has it, and where in the document.
RECORDS = {
    re.compile(r"/measures\.json"): ("Measure", "measures"),
    re.compile(r"/measures/[\d-]+\.json"): ("Measure", ""),
}


def table(body: bytes) -> None:
    rows = list(csv.reader(StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    if len(set(map(len, rows))) != 1:
        raise ValueError("rows of different lengths")


def workbook(body: bytes) -> None:
    if len(openpyxl.load_workbook(BytesIO(body)).sheetnames) != 4:
        raise ValueError("sheets are missing")


def bibtex(body: bytes) -> None:
    (entry,) = bibtexparser.loads(body.decode()).entries
    if not {"author", "title", "year", "url"} <= entry.keys():
        raise ValueError("fields are missing")


def ris(body: bytes) -> None:
    (entry,) = rispy.loads(body.decode())
    if not {"authors", "title", "year", "urls"} <= entry.keys() or "unknown_tag" in entry:
        raise ValueError("fields are missing, or unknown")


def feed(body: bytes) -> None:
    ET.fromstring(body)
    found = feedparser.parse(body)
    if found.bozo:
        raise ValueError(found.bozo_exception)
    if not all({"id", "title", "updated", "link"} <= entry.keys() for entry in (found.feed, *found.entries)):
        raise ValueError("elements are missing")


def robots(body: bytes) -> None:
    parser = RobotFileParser()
    parser.parse(body.decode().splitlines())
    if not parser.can_fetch("a crawler", "/measures/") or not parser.site_maps():
        raise ValueError("crawlers are kept out, or find no site map")


class Reader(NamedTuple):
    name: str  # as docs/answers.md has it
    read: Callable[[bytes], object]


READERS = {
    "text/html": Reader("Nu Html Checker, in `make audit`", bytes.decode),
    "text/csv": Reader("Python's csv, strict; frictionless with its data package, in `make audit`", table),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Reader("openpyxl", workbook),
    "application/json": Reader("jsonschema, by the description of the API where it has the record", json.loads),
    "application/problem+json": Reader("jsonschema, by the description of the API", json.loads),
    "application/vnd.oai.openapi+json": Reader(
        "jsonschema, by the specification of OpenAPI; openapi-spec-validator and Redocly without a warning, in `make audit` (of "
        "Redocly's rules `tests/audit/redocly.yaml` leaves out one and says why)",
        lambda body: Draft4Validator(SPECIFICATION).validate(json.loads(body)),
    ),
    "application/x-bibtex": Reader("bibtexparser", bibtex),
    "application/x-research-info-systems": Reader("rispy", ris),
    "application/atom+xml": Reader("Python's ElementTree, and feedparser", feed),
    "application/xml": Reader("Python's ElementTree", ET.fromstring),
    "application/opensearchdescription+xml": Reader("Python's ElementTree", ET.fromstring),
    "application/link-format": Reader("requests, in `make audit`", bytes.decode),
    "text/plain": Reader("Python's robotparser, of `/robots.txt`", bytes.decode),
}  # fmt: skip


def as_json_schema(node: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of JSON: the former says `nullable`, the latter says it with a type."""
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: as_json_schema(value) for key, value in node.items()}
    if node.pop("nullable", False):
        return {"anyOf": [node, {"type": "null"}]}
    return node


def schema_of(path: str, status: int, description: dict[str, Any]) -> tuple[dict[str, Any], str] | None:
    """The schema of the JSON document at a path, by the description of the API, and where in the document it begins."""
    components = {"components": description["components"]}
    if status != 200:
        return {**components, "$ref": "#/components/schemas/Problem"}, ""
    for pattern, (name, part) in RECORDS.items():
        if pattern.fullmatch(path):
            own = {"$ref": f"#/components/schemas/{name}"}
            return {**components, **({"type": "array", "items": own} if part else own)}, part
    for template, methods in description["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            content = methods["get"]["responses"]["200"]["content"]["application/json"]
            return {**components, **content["schema"]}, ""
    return None


def fault_of(path: str, status: int, media_type: str, body: bytes, description: Callable[[], dict]) -> str:
    """What a reader of this media type says of a body; nothing where it is right."""
    if media_type not in READERS:
        return f"nobody reads {media_type}"
    try:
        READERS[media_type].read(body)
        if path == "/robots.txt" and status == 200:
            robots(body)
        is_json = media_type in ("application/json", "application/problem+json")
        if is_json and (found := schema_of(path, status, description())):
            schema, part = found
            document = json.loads(body)
            Draft202012Validator(as_json_schema(schema)).validate(document[part] if part else document)
    except Exception as error:  # whatever a reader says
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""
