"""The page of the whole set and its data package: checksums, dictionary, structured data."""

import hashlib
import json
from urllib.parse import urljoin

import pytest
from django.conf import settings

from measures.open_data.dictionary import data_dictionary
from tests.cached_site import edit

from .forms import body, records_of_csv

SITE_ORIGIN = settings.SITE_ORIGIN


def test_data_page_prints_the_checksums_of_the_files(client):
    text = client.get("/en/data/").text
    for suffix in ("csv", "xlsx", "json"):
        assert hashlib.sha256(body(client.get(f"/measures.{suffix}"))).hexdigest() in text


def test_data_page_explains_every_column_in_both_languages(client):
    text = client.get("/data/").text
    for row in data_dictionary():
        assert f'id="column-{row["name"]}"' in text
        assert row["label_zh"] != row["label_en"]
        assert row["description_zh"] != row["description_en"]


@pytest.mark.parametrize("moment", ["", "?as_of=1"])
def test_package_describes_the_csv(client, restored, moment):
    """That which stands where it says, whose checksum is that of another data version than the newest."""
    edit()
    check_package(client, moment)


def check_package(client, moment=""):
    """Hold the description of the whole set, at a moment, against the file that it leads to."""
    package = client.get(f"/datapackage.json{moment}").json()
    (resource,) = package["resources"]
    address = urljoin(f"{SITE_ORIGIN}/datapackage.json{moment}", resource["path"])
    content = body(client.get(address.removeprefix(SITE_ORIGIN)))
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    assert [field["name"] for field in resource["schema"]["fields"]] == list(records_of_csv(content)[0])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_data_page_has_structured_data(client):
    text = client.get("/data/").text
    start = text.index('<script type="application/ld+json">') + len('<script type="application/ld+json">')
    dataset = json.loads(text[start : text.index("</script>", start)])["@graph"][0]
    assert dataset["@type"] == "Dataset"
    assert dataset["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert [(part["contentUrl"], part["sha256"]) for part in dataset["distribution"]] == [
        (
            f"{SITE_ORIGIN}/measures.{suffix}",
            hashlib.sha256(body(client.get(f"/measures.{suffix}"))).hexdigest(),
        )
        for suffix in ("xlsx", "csv", "json")
    ]
