"""Every page of the desk in Chinese: complete, without names of fields or of classes, whatever is shown on it."""

import re
from html.parser import HTMLParser

import pytest

from tests import second_plan
from tests.admin.desk import signed_in
from tests.admin.test_permissions import OPEN, POSTED_ONLY, address, desk_addresses, keys

pytestmark = pytest.mark.usefixtures("restored")

# Names, formats, and what people type at the desk: English in any language.
ALLOWED = {
    "Futian", "XLSX", "CSV", "ODS", "Excel", "English", "slug", "code", "version", "HTTP", "GET", "POST", "JSON", "URL",
    "administrator", "editor", "publisher", "PBKDF2",
}  # fmt: skip
SILENT = {"script", "style", "textarea", "code", "svg", "option"}


class Words(HTMLParser):
    """The words of a page that are in no element marked as English and are no values of fields."""

    def __init__(self, page: str):
        super().__init__()
        self.open, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, pairs):
        if tag in ("br", "img", "input", "link", "meta", "hr", "col", "path", "source"):
            return
        attributes = dict(pairs)
        self.open.append((tag, attributes.get("lang") == "en" or tag in SILENT))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(silent for _tag, silent in self.open):
            self.words += re.findall(r"[A-Za-z_]{4,}", data)


def test_print():
    second_plan.enter("draft", "draft")
    pks = keys()
    administrator = signed_in("he", "administrator")
    for name, route in desk_addresses():
        if name in OPEN | POSTED_ONLY | {
            "jsi18n",
            "autocomplete",
            "view_on_site",
            "styleguide",
            "sign-in-app-picture",
        }:
            continue
        path = address(route, pks).removeprefix("/en") + (
            "?old=1&new=1" if name == "measures_version_compare" else ""
        )
        response = administrator.get(path)
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            words = set(Words(response.text).words) - ALLOWED
            print(name, sorted(words)[:40])
