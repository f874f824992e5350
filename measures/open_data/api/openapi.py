"""The OpenAPI document of the API, made from its endpoints, the fields of their records and the filter of the list."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.db.models.enums import ChoicesType
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from measures import models
from measures.addresses import absolute
from measures.language.normalising import NO_TEXT
from measures.open_data.fields import Field, RecordType
from measures.open_data.json_list import JSON_TYPE, indented
from measures.selection.filter import MeasureFilter
from measures.selection.parameters import parameters
from measures.site import LICENCE, NAME, NAME_EN

from .endpoints import ENDPOINTS, PAGE_SIZE, Endpoint
from .examples import add_examples

Schema = dict[str, Any]

#: The names under which the sets of choices stand in the document.
CHOICES: dict[ChoicesType, str] = {
    models.Measure.Basis: "Basis",
    models.CentreLink.Basis: "LinkBasis",
    models.District.Kind: "PlaceKind",
    models.DistrictRole.Role: "PlaceRole",
    models.Version.Kind: "RecordKind",
    models.Version.Event: "Event",
}
TYPES: dict[str, Schema] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "any": {"type": "object"},
}
#: Parameters that name a moment, by the number of a data version or a day.
MOMENTS = {
    "from": gettext_lazy("Only what changed after this data version or day (2026-11-23)."),
    "to": gettext_lazy("Only what changed until this data version or the end of this day, in Beijing."),
    "as_of": gettext_lazy("The answer as it was at this data version or at the end of this day, in Beijing."),
}
PROBLEM_TYPE = "application/problem+json"


def openapi(language: str = "en", *, with_examples: bool = True) -> Schema:
    """The OpenAPI document, with its explanations in `language`; examples are read from the records of today."""
    with override(language):
        document = {
            "openapi": "3.0.3",
            # Programs that write clients name them after the title, and package names are ASCII.
            "info": {
                "title": NAME_EN,
                "version": "2.0.0",
                "description": _(
                    "A read-only JSON API for the whole database, without registration. Whatever parameters are written, an "
                    "answer is given where it was asked for; parameters that do not exist are refused."
                ),
                "contact": {"name": settings.ORGANISER or NAME, "url": absolute("/about/")},
                "license": {"name": LICENCE["title"], "url": LICENCE["path"]},
            },
            "servers": [{"url": settings.SITE_ORIGIN}],
            "security": [],
            "tags": [{"name": endpoint.name, "description": str(endpoint.many)} for endpoint in ENDPOINTS],
            "paths": {
                address: {"get": own} for endpoint in ENDPOINTS for address, own in operations(endpoint)
            },
            "components": {"schemas": dict(sorted(components().items()))},
        }
        if with_examples:
            add_examples(document)
        return document


def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(indented(openapi()), content_type="application/vnd.oai.openapi+json")


# --- Operations ---


def operations(endpoint: type[Endpoint]) -> Iterator[tuple[str, Schema]]:
    """The addresses of an endpoint, each with its GET operation."""
    key = {
        "in": "path",
        "name": endpoint.key,
        "required": True,
        "schema": {"type": "string", "pattern": f"^{endpoint.key_pattern}$"},
    }
    narrowing = filter_parameters() if endpoint.name == "measures" else []
    taken = parameters(f"/api/{endpoint.name}/") or ()
    moments = [moment_parameter(name) for name in MOMENTS if name in taken]
    many = operation(
        endpoint, "list", endpoint.many, [*narrowing, page_parameter(), *moments], page_name(endpoint.listed)
    )
    yield f"/api/{endpoint.name}/", many
    own = [key, moment_parameter("as_of")]
    one = operation(endpoint, "retrieve", endpoint.one, own, endpoint.retrieved.name)
    one["responses"]["302"] = {
        "description": _(
            "The address is written in another way, such as with a capital letter: Location has its own."
        ),
        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
    }
    yield f"/api/{endpoint.name}/{{{endpoint.key}}}/", one


def operation(
    endpoint: type[Endpoint], action: str, summary: object, parameters: list[Schema], answer: str
) -> Schema:
    return {
        "operationId": f"{endpoint.name}_{action}",
        "summary": str(summary),
        "tags": [endpoint.name],
        "parameters": parameters,
        "responses": {
            "200": response(str(summary), JSON_TYPE, answer),
            "400": response(_("The address cannot be read."), PROBLEM_TYPE, "Problem"),
            "404": response(_("There is no such record or page."), PROBLEM_TYPE, "Problem"),
        },
    }


def response(description: str, media_type: str, component: str) -> Schema:
    return {"description": description, "content": {media_type: {"schema": reference(component)}}}


def query_parameter(name: str, description: object, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": str(description), "schema": schema}


def page_parameter() -> Schema:
    description = _("Number of the page, from 1; each has fifty records.")
    return query_parameter("page", description, {"type": "integer", "minimum": 1, "default": 1})


def moment_parameter(name: str) -> Schema:
    return query_parameter(name, MOMENTS[name], {"type": "string", "pattern": "^[0-9-]{1,19}$"})


def filter_parameters() -> list[Schema]:
    """The parameters of MeasureFilter, with the values that exist today."""
    return [
        query_parameter(name, form_field.label or name, parameter_schema(form_field))
        for name, form_field in MeasureFilter().form.fields.items()
    ]


def parameter_schema(form_field: forms.Field) -> Schema:
    found: Schema = {"type": "string"}
    if values := [str(value) for value, _label in getattr(form_field, "choices", ()) if str(value)]:
        found["enum"] = values
    elif most := getattr(form_field, "max_length", None):
        # Nor U+FFFD, which stands for bytes that are not UTF-8.
        found |= {"maxLength": most, "pattern": rf"^[^{NO_TEXT}\ufffd]*$"}
    if isinstance(form_field, forms.MultipleChoiceField):
        return {"type": "array", "items": found}
    return found


# --- Records ---


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def page_name(record: RecordType) -> str:
    return f"Paginated{record.name}List"


def components() -> dict[str, Schema]:
    """Every schema that others refer to, by its name."""
    found = {"Problem": problem()}
    for endpoint in ENDPOINTS:
        found[page_name(endpoint.listed)] = page_of_records(endpoint.listed)
        for record in with_parts((endpoint.listed, endpoint.retrieved)):
            found[record.name] = record_schema(record)
    for choices, name in CHOICES.items():
        described = "\n".join(f"* `{value}` - {label}" for value, label in choices.choices)
        found[name] = {"type": "string", "enum": choices.values, "description": described}
    return found


def with_parts(records: Iterable[RecordType]) -> Iterator[RecordType]:
    """The records and all that they are made of."""
    for record in records:
        yield record
        yield from with_parts(field.record for field in record.fields if field.record)


def record_schema(record: RecordType) -> Schema:
    return {
        "type": "object",
        "description": str(record.description),
        "required": [field.name for field in record.fields],
        "properties": {field.name: field_schema(field) for field in record.fields},
    }


def field_schema(field: Field) -> Schema:
    """The schema of a field's values, with its label and what it means."""
    value = value_schema(field)
    if field.several:
        value = {"type": "array", "items": value}
    if "$ref" in value:  # OpenAPI 3.0 allows no other key beside it
        value = {"allOf": [value]}
    if field.nullable:
        value["nullable"] = True
    value["title"] = capfirst(str(field.label))
    if field.description:
        value["description"] = str(field.description)
    return value


def value_schema(field: Field) -> Schema:
    if field.record:
        return reference(field.record.name)
    if field.choices:
        return reference(CHOICES[field.choices])
    value = dict(TYPES[field.type])
    if field.format:
        value["format"] = field.format
    for name, limit in field.constraints.items():
        if name == "pattern":
            value["pattern"] = f"^{limit}$"
        elif name not in ("required", "unique"):
            value[name] = limit
    return value


def page_of_records(record: RecordType) -> Schema:
    link = {"type": "string", "format": "uri", "nullable": True}
    return {
        "type": "object",
        "required": ["count", "version", "next", "previous", "results"],
        "properties": {
            "count": {"type": "integer", "description": _("How many records there are in all.")},
            "version": {"type": "integer", "description": _("Data version.")},
            "next": {**link, "description": _("Address of the next page.")},
            "previous": {**link, "description": _("Address of the previous page.")},
            "results": {"type": "array", "maxItems": PAGE_SIZE, "items": reference(record.name)},
        },
    }


def problem() -> Schema:
    """The schema of every answer that says that something went wrong."""
    text = {"type": "string"}
    return {
        "type": "object",
        "description": _("What went wrong, as RFC 9457 describes it."),
        "required": ["type", "status", "title", "title_zh", "detail", "detail_zh"],
        "properties": {
            "type": text,
            "status": {"type": "integer"},
            "title": text,
            "title_zh": text,
            "detail": {**text, "description": _("What happened and what to do, in English.")},
            "detail_zh": {**text, "description": _("The same in Chinese.")},
            "errors": {
                "type": "array",
                "description": _("For each parameter that could not be read, its name and why."),
                "items": {
                    "type": "object",
                    "required": ["parameter", "detail", "detail_zh"],
                    "properties": {"parameter": text, "detail": text, "detail_zh": text},
                },
            },
        },
    }
