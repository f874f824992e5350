"""The examples of the OpenAPI document: the first record of each kind, and what is said where there is none."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from measures.catalogue import Catalogue
from measures.language.bilingual import in_chinese_and_english
from measures.open_data.json_list import JSON_TYPE

from .endpoints import ENDPOINTS, Endpoint


def add_examples(document: dict[str, Any]) -> None:
    """Adds an example to each answer whose kind has a record today."""
    version = Catalogue.current().version.number
    for endpoint in ENDPOINTS:
        record = first_record(endpoint)
        if record is None:
            continue
        listed = {
            "count": 1,
            "version": version,
            "next": None,
            "previous": None,
            "results": [endpoint.listed.as_json(record)],
        }
        alone = endpoint.retrieved.as_json(record)
        many, one = (
            document["paths"][f"/api/{endpoint.name}/{key}"]["get"] for key in ("", f"{{{endpoint.key}}}/")
        )
        one["parameters"][0]["example"] = str(alone[endpoint.key])
        for operation, answer in ((many, listed), (one, alone)):
            operation["responses"]["200"]["content"][JSON_TYPE]["example"] = answer
    document["components"]["schemas"]["Problem"]["example"] = problem()


def first_record(endpoint: type[Endpoint]) -> Any:
    """The first of an endpoint's records; None where it has none."""
    view = endpoint()
    view.setup(HttpRequest())  # without parameters
    return next(iter(view.records(view.keys()[:1])), None)


def problem() -> dict[str, Any]:
    said: dict[str, Any] = {"type": "about:blank", "status": 404}
    for name, text in (
        ("title", _("There is no such page")),
        ("detail", _("There is no such record here, or it is not published.")),
    ):
        said[f"{name}_zh"], said[name] = in_chinese_and_english(text)
    return said
