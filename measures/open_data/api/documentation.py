"""The OpenAPI document as the documentation page shows it."""

from typing import Any

Schema = dict[str, Any]


def documentation(document: Schema) -> dict[str, Any]:
    """The `operations` and `records` of the OpenAPI document, ready to print."""
    return {
        "operations": [
            operation_shown(address, operation)
            for address, methods in document["paths"].items()
            for operation in methods.values()
        ],
        "records": {
            name: fields_shown(schema)
            for name, schema in document["components"]["schemas"].items()
            if schema.get("type") == "object" and not name.startswith("Paginated")
        },
        "origin": document["servers"][0]["url"],
    }


def operation_shown(address: str, operation: Schema) -> dict[str, Any]:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return {
        "address": address,
        "summary": operation["summary"],
        "parameters": [
            parameter | {"type": type_of(parameter["schema"]), "values": values_of(parameter["schema"])}
            for parameter in operation["parameters"]
        ],
        "record": record_of(answer),
        "paged": any(parameter["name"] == "page" for parameter in operation["parameters"]),
    }


def fields_shown(schema: Schema) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "required": name in schema["required"],
            "type": type_of(field),
            "record": record_of(field),
            "description": field.get("description") or field.get("title", ""),
        }
        for name, field in schema["properties"].items()
    ]


def record_of(schema: Schema) -> str:
    """The name of the record that a schema refers to, directly, in a list or in a page; empty for plain values."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return name.removeprefix("Paginated").removesuffix("List")
    for inner in (schema.get("items"), *schema.get("allOf", ())):
        if inner and (name := record_of(inner)):
            return name
    return ""


def type_of(schema: Schema) -> str:
    if schema.get("type") == "array":
        return f"[{type_of(schema['items'])}]"
    return " · ".join(filter(None, [schema.get("type") or record_of(schema), schema.get("format")]))


def values_of(schema: Schema) -> list[str]:
    return list(schema.get("items", schema).get("enum", ()))
