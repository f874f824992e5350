"""Narrowing in place in a browser that lacks any one of the names that the script uses."""

import json
import re

from django.conf import settings

from tests.browser.test_in_place import without

# No page works without the first two; the others are as old as scripts are.
ALWAYS = {"document", "location", "checked", "title", "pathname"}


def names_used() -> list[str]:
    """Every word of the script that is none of a comment or a text: its own names, and all that it asks of a browser."""
    script = (settings.BASE_DIR / "static" / "list.js").read_text()
    code = re.sub(r"//.*|\"[^\"]*\"|'[^']*'", "", script)
    return sorted({*re.findall(r"[A-Za-z]+", code)} - ALWAYS)


def test_without_any_of_the_names_it_uses(browser, live_site):
    faults, tried = without(browser, live_site, names_used())
    assert {"AbortController", "URLSearchParams", "replaceChildren", "toggleAttribute", "fetch"} <= {*tried}
    assert faults == {}, json.dumps(faults, indent=1)
