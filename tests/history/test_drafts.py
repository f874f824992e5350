"""What was never public is in no public answer."""

import re

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from measures.models import Centre, Measure, Plan, SourceParagraph, Term, Version
from measures.snapshots import editing_as
from tests.models.steps import new_measure, new_plan
from tests.public_pages import PREFIXES

from .conftest import SECRET


def addresses(patterns, prefix=""):
    """Every address of the site, with a draft's keys in it where it takes one; (address, name)."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            route = (
                "" if pattern.pattern.__class__.__name__ == "LocalePrefixPattern" else str(pattern.pattern)
            )
            yield from addresses(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def filled(route: str) -> list[str]:
    """`route` with the draft's own keys, and with those of what it refers to."""
    route = re.sub(r"\(\?P<format>[^)]*\)\??|\$|\^|\\Z|/\?", "", route).replace("\\.", ".")
    keys = {
        "code": ["2020-90", "2020-07"],
        "slug": ["technology-innovation", "finance", "futian", "residents", "never-public"],
        "number": ["1", "4"],
    }
    found = [route]
    for match in re.finditer(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\)", route):
        name = match[2] or match[3]
        values = keys.get(name) or keys.get(match[1]) or ["1", "json"]
        found = [address.replace(match[0], value) for address in found for value in values]
    return found


def test_a_drafts_text_is_in_no_public_answer(edited):
    """Walks the urlconf, so that forms of the data added later are covered as well."""
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    routes = {route for route in addresses(get_resolver().url_patterns) if "admin/" not in route}
    asked = set()
    for route in routes:
        for path in filled(route):
            for language in ("", "en/", "zh-hant/"):
                asked.add(f"/{language}{path}")
    lists = {path for path in asked if re.search(r"/measures(/|\.\w+)$|changes", path)}
    asked |= {f"{path}?q={SECRET}" for path in lists} | {f"{path}?q=2020-90" for path in lists}
    asked |= {f"{path}?category=technology-innovation&district=futian&role=pilot" for path in lists}
    answered = 0
    for address in sorted(asked):
        response = client.get(address, follow=True)
        body = response.getvalue()
        for text in (SECRET, SECRET.translate(str.maketrans("这话从", "這話從")), "never-public"):
            # What was asked for may be repeated ("no result for ..."), nothing else.
            if text not in address:
                found = body.decode(errors="replace").replace("never-public/", "")
                assert text not in found or f"q={SECRET}" in address, address
        answered += response.status_code == 200
    assert answered > 60, (answered, len(asked))
    # The test would notice: once published, the text is there.
    Measure.objects.filter(number=90).update(status="published")
    assert SECRET in client.get("/measures/2020-90/").text


def test_the_drafts_that_public_records_refer_to_are_told_to_nobody(client, restored):
    """Neither measures nor plans: not in the documents of changes, nor in the differences that pages show; once the plan is public, it is."""
    new_plan(2031, "draft")
    draft = new_measure(95, SECRET, status="draft")
    centre, before = Centre.objects.get(slug="finance"), Version.objects.newest_id()
    with editing_as("lin"):
        centre.paragraphs.add(SourceParagraph.objects.get(plan=2031, number=1))
        Measure.objects.filter(code="2020-05").update(basis="derived", parent=draft)
        Term.objects.get(slug="civilised-city").measures.add(draft)
    own = list(Version.objects.filter(id__gt=before).values_list("id", "kind"))
    assert {kind for _id, kind in own} == {"centre", "measure", "term"}
    api = [f"/api/changes/{number}/" for number, _kind in own]
    pages = [f"{prefix}/changes/" for prefix in PREFIXES] + [
        "/changes.atom",
        "/api/changes/",
        "/api/centres/finance/",
    ]
    for address in [*api, *pages]:
        text = client.get(address).text
        # Fractions of a second and names of files may hold the same digits.
        assert not re.search(r"(?<![\w.])2031(?!\w)", text, re.ASCII), address
        assert "2020-95" not in text, address
    with editing_as("lin"):
        Plan.objects.filter(year=2031).update(status="published")
    centres = [client.get(address).json() for address in api]
    (paragraphs,) = [own["document"]["paragraphs"] for own in centres if own["kind"] == "centre"]
    assert paragraphs[-1] == [2031, 1]
    # Numbers of paragraphs say nothing without their plan.
    with editing_as("lin"):
        centre.paragraphs.remove(SourceParagraph.objects.get(plan=2020, number=4))
    assert "2020 ¶4 2020 ¶5 2031 ¶1" in re.sub("<[^>]+>", "", client.get("/en/changes/").text)
