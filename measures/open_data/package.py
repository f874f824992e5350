"""The whole set as a Frictionless Data Package and as a schema.org Dataset."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from measures.addresses import absolute, changes_path, list_path
from measures.catalogue import Catalogue
from measures.selection.numbers import everything
from measures.selection.parameters import in_moment
from measures.site import LICENCE, NAME

from . import fingerprints
from .columns import COLUMNS
from .dictionary import table_schema
from .fields import iso
from .files import FORMS
from .json_list import JSON_TYPE, indented


def data_package(catalogue: Catalogue) -> dict[str, Any]:
    """The data package of the whole set; its resource is `measures.csv` beside it, of the past at its own address."""
    plans, version = catalogue.plans, catalogue.version
    return {
        "profile": "tabular-data-package",
        "name": "futian-reform-database",
        "id": absolute("/data/"),
        "title": NAME,
        "description": "\n\n".join(text for plan in plans for text in (plan.intro_en, plan.intro_zh)),
        "homepage": absolute("/data/"),
        "version": f"{version.number}",
        "created": iso(version.at),
        "keywords": ["福田区", "深圳", "改革", "Futian", "Shenzhen", "reform"],
        "licenses": [LICENCE],
        "sources": [{"title": f"{plan.source_en} {plan.source_zh}"} for plan in plans],
        "contributors": [{"title": settings.ORGANISER or NAME, "role": "publisher"}],
        "changelog": absolute(changes_path()),
        "resources": [_resource(catalogue)],
    }


def _resource(catalogue: Catalogue) -> dict[str, Any]:
    fingerprint = fingerprints.of_whole_set(catalogue).get(".csv")
    address = list_path("", ".csv")
    path = address.lstrip("/") if in_moment(address) == address else absolute(in_moment(address))
    checksum = {"bytes": fingerprint.bytes, "hash": f"sha256:{fingerprint.sha256}"} if fingerprint else {}
    return {
        "profile": "tabular-data-resource",
        "name": "measures",
        "title": "改革 Measures",
        "description": f"{everything(catalogue).total} measures, one in each row. Cells that begin with = + - @ or a tab "
        "have an apostrophe in front, so that no spreadsheet program takes them for a formula.",
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n"},
        **checksum,
        "schema": table_schema(),
    }


def distribution(files: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The part of the schema.org Dataset that describes `files`: those of `citations.files`, with their fingerprints."""
    downloads = []
    for file in files:
        download = {
            "@type": "DataDownload",
            "encodingFormat": FORMS[file["form"]][1].partition(";")[0],
            "contentUrl": absolute(file["address"]),
        }
        if found := file["fingerprint"]:
            download |= {"contentSize": f"{found.bytes} B", "sha256": found.sha256}
        downloads.append(download)
    return {"variableMeasured": [column.name for column in COLUMNS], "distribution": downloads}


def datapackage(request: HttpRequest) -> HttpResponse:
    return HttpResponse(indented(data_package(Catalogue.current())), content_type=JSON_TYPE)
