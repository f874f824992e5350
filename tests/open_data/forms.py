"""Reads the list back from each of its forms: page, CSV, XLSX, JSON, API and feed."""

import csv
import json
import re
from io import BytesIO, StringIO

import feedparser
import openpyxl

ENTRY = re.compile(r"tag:[^,]+,\d{4}:en/measure/(.+)")


def body(response) -> bytes:
    return response.getvalue()


def fetched(client, path: str, query: str) -> bytes:
    response = client.get(f"{path}?{query}" if query else path, follow=True)
    assert response.status_code == 200, (path, query)
    return body(response)


def records_of_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def rows_of_xlsx(content: bytes, sheet: int = 1) -> list[tuple]:
    workbook = openpyxl.load_workbook(BytesIO(content), read_only=True)
    return list(workbook.worksheets[sheet].iter_rows(values_only=True))


def codes_of_rows(page: str) -> list[str]:
    """The codes of the rows of a list page, in their order."""
    return re.findall(r'<li class="row".*?href="[a-z/-]*/measures/([0-9-]+)/', page, re.S)


def codes_of_page(client, query: str) -> list[str]:
    codes, number = [], 1
    while True:
        page = f"{query}&page={number}".strip("&") if number > 1 else query
        text = fetched(client, "/en/measures/", page).decode()
        codes += codes_of_rows(text)
        if 'rel="next"' not in text:
            return codes
        number += 1


def codes_of_csv(client, query: str) -> list[str]:
    return [record["code"] for record in records_of_csv(fetched(client, "/measures.csv", query))]


def codes_of_xlsx(client, query: str) -> list[str]:
    return [row[0] for row in rows_of_xlsx(fetched(client, "/measures.xlsx", query))[1:]]


def codes_of_json(client, query: str) -> list[str]:
    document = json.loads(fetched(client, "/measures.json", query))
    assert document["count"] == len(document["measures"])
    return [measure["code"] for measure in document["measures"]]


def codes_of_api(client, query: str) -> list[str]:
    codes, address = [], f"/api/measures/?{query}" if query else "/api/measures/"
    while address:
        document = client.get(address, follow=True).json()
        codes += [measure["code"] for measure in document["results"]]
        address = document["next"]
    assert document["count"] == len(codes)
    return codes


def codes_of_feed(client, query: str) -> list[str]:
    feed = feedparser.parse(fetched(client, "/en/measures.atom", query))
    assert not feed.bozo, feed.get("bozo_exception")
    return [ENTRY.fullmatch(entry.id).group(1) for entry in feed.entries]


FORMS = {
    "CSV": codes_of_csv,
    "XLSX": codes_of_xlsx,
    "JSON": codes_of_json,
    "API": codes_of_api,
    "Atom": codes_of_feed,
}
