"""Every page of the desk in Chinese: without texts of packages in English, names of fields or of classes."""

import re
from html.parser import HTMLParser

import pytest

from tests import second_plan
from tests.admin.desk import signed_in
from tests.admin.test_permissions import OPEN, POSTED_ONLY, address, desk_addresses, keys

pytestmark = pytest.mark.usefixtures("restored")

# Names of programs, formats and keys, and what cells and addresses hold: English in any language.
ALLOWED = {
    "Futian", "XLSX", "CSV", "ODS", "Excel", "English", "slug", "code", "version", "HTTP", "GET", "POST", "JSON", "URL",
    "LDAP", "Command", "Control", "Accept",
}  # fmt: skip
# Accounts that changed something; slugs and readings are values of records.
CONTENT = {
    "load_content",
    "__main__",
    "postgres",
    "futian",
    "zhang",
    "administrator",
    "editor",
    "publisher",
    "unknown",
}
OF_CONTENT = ("measures_version_changelist", "measures_version_change", "measures_version_compare")
# Titles of entries in django-axes' log are no texts that could be translated.
NOT_OURS = {"axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"}
SILENT = {"script", "style", "textarea", "code", "svg", "option"}
EMPTY = {"br", "img", "input", "link", "meta", "hr", "col", "path", "source"}


class Words(HTMLParser):
    """The words of a page in Latin letters that are not marked as English and are no values of records."""

    def __init__(self, page: str):
        super().__init__()
        self.open, self.words = [], set()
        self.feed(page)

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag not in EMPTY:
            of_content = attributes.get("id") == "result_list" or attributes.get("class") == "readonly"
            self.open.append((tag, tag in SILENT or attributes.get("lang") == "en" or of_content))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(silent for _tag, silent in self.open):
            self.words |= set(re.findall(r"[A-Za-z_]{4,}", data))


def pages():
    """(name of the address, the page in Chinese) of every address that an administrator may open."""
    second_plan.enter("draft", "draft")
    pks, administrator = keys(), signed_in("he", "administrator")
    others = {"jsi18n", "autocomplete", "view_on_site", "styleguide", "sign-in-app-picture"}
    for name, route in desk_addresses():
        if name in OPEN | POSTED_ONLY | others:
            continue
        path = address(route, pks).removeprefix("/en")
        response = administrator.get(path + ("?old=1&new=1" if name == "measures_version_compare" else ""))
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            yield name, response.text


def test_every_page_of_the_desk_is_in_chinese():
    found, seen = {}, 0
    for name, page in pages():
        seen += 1
        assert not re.search(r"[A-Za-z]关系|_[a-z]+ object|AXES", page), name
        words = Words(page).words - ALLOWED - CONTENT
        if words and not name.startswith(tuple(NOT_OURS)) and name not in OF_CONTENT:
            found[name] = words
    assert found == {}
    assert seen > 55
