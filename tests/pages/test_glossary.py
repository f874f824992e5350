"""Terms explained: on a page of their own and on the pages of their measures."""

import html
import json
import re

import pytest

from measures.models import Measure, Term, Version
from measures.snapshots import editing_as
from tests.admin.desk import signed_in

ACTION = re.compile(r'<li id="action-(\d+)"(.*?)</li>', re.DOTALL)


def main_of(response) -> str:
    return response.text.split("<main", 1)[1].split("</main>")[0]


def entries(response) -> dict[str, str]:
    """Slug -> what the page says of the term, as markup."""
    found = re.split(r'<dt id="([a-z0-9-]+)">', main_of(response))
    return dict(zip(found[1::2], found[2::2], strict=True))


@pytest.mark.parametrize(("prefix", "language"), [("", "zh"), ("/en", "en")])
def test_every_term_is_there_with_its_explanation_and_its_measures(client, prefix, language):
    found = entries(client.get(f"{prefix}/glossary/"))
    assert len(found) == 25
    for term in Term.objects.prefetch_related("measures"):
        markup = html.unescape(found[term.slug])
        assert f"<dfn>{getattr(term, f'name_{language}')}</dfn>" in markup
        assert getattr(term, f"gloss_{language}") in markup
        linked = re.findall(r"/measures/(2020-\d\d)/", markup)
        assert linked == [measure.code for measure in term.measures.all()]


def test_terms_stand_in_the_order_of_the_language(client):
    english = list(entries(client.get("/en/glossary/")))
    assert english[:3] == ["one-plus-n", "notification-and-commitment", "papers-to-follow"]
    chinese = list(entries(client.get("/glossary/")))
    assert chinese[:5] == [
        "one-plus-n",
        "preservation-order",
        "industry-university-research-application",
        "urban-renewal-unit",
        "civilised-city",
    ]
    assert sorted(english) == sorted(chinese)


def test_traditional_pages_convert_terms(client):
    found = entries(client.get("/zh-hant/glossary/"))
    assert "<dfn>區管校聘</dfn>" in found["district-managed-school-hired"]


def test_machines_read_the_terms(client):
    text = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', client.get("/en/glossary/").text
    ).group(1)
    (terms,) = [thing for thing in json.loads(text)["@graph"] if thing["@type"] == "DefinedTermSet"]
    assert len(terms["hasDefinedTerm"]) == 25
    assert terms["hasDefinedTerm"][0]["@id"].endswith("/en/glossary/#one-plus-n")


def test_drafts_are_not_named(client, restored):
    with editing_as("lin"):
        Measure.objects.filter(number=6).update(status="draft")
    assert re.findall(
        r"2020-\d\d", entries(client.get("/glossary/"))["shantytown-and-old-area-redevelopment"]
    ) == ["2020-27"]
    assert client.get("/api/terms/shantytown-and-old-area-redevelopment/").json()["measures"] == ["2020-27"]
    assert client.get("/api/terms/silicon-building/").json()["measures"] == []


def test_a_measure_explains_its_terms_in_place(client):
    main = main_of(client.get("/en/measures/2020-15/"))
    actions = {position: re.findall(r"<dfn>(.*?)</dfn>", action) for position, action in ACTION.findall(main)}
    assert {position: terms for position, terms in actions.items() if terms} == {
        "2": ["Departments respond when sub-districts and communities call"],
        "5": ["Tongxin e-Station"],
        "8": ["Lead Goose"],
    }
    # What no action says word for word stands below them.
    other = main_of(client.get("/measures/2020-19/"))
    assert re.findall(r"<dfn>(.*?)</dfn>", other.split('id="terms"')[1]) == ["票决制"]
    assert "Projects of this name" in main or "projects of this name" in main
    assert "<dfn>" not in main_of(client.get("/en/measures/2020-03/"))


def test_background_stands_apart_under_its_own_number(client):
    main = main_of(client.get("/en/measures/2020-15/"))
    planned, _background, rest = main.partition('<h2 id="background">')
    assert re.findall(r'<li id="action-(\d)" value="\1"', planned) == list("123456")
    assert re.findall(r'<li id="action-(\d)" value="\1"', rest) == list("78")
    assert 'id="background"' not in main_of(client.get("/en/measures/2020-16/"))


def test_terms_can_be_had_from_the_api(client):
    answer = client.get("/api/terms/").json()
    assert answer["count"] == 25
    term = client.get("/api/terms/silicon-building/").json()
    own = Term.objects.get(slug="silicon-building")
    assert term in answer["results"]
    assert term == {
        "slug": "silicon-building",
        "year": 2020,
        "name_zh": "硅楼",
        "name_en": "Silicon Building",
        "gloss_zh": own.gloss_zh,
        "gloss_en": own.gloss_en,
        "measures": ["2020-06"],
    }
    assert client.get("/api/terms/no-such-term/").status_code == 404


def test_a_term_that_changed_leads_to_its_explanation(client, restored):
    with editing_as("chen"):
        Term.objects.filter(slug="one-plus-n").update(gloss_en="Explained again.")
    text = client.get("/en/changes/").text
    assert 'href="/en/glossary/#one-plus-n"' in text
    term = Term.objects.get(slug="one-plus-n")
    page = signed_in("lin", "editor").get(f"/en/admin/measures/term/{term.pk}/change/").text
    assert "/en/glossary/#one-plus-n" in page
    assert Version.objects.of("term", "one-plus-n").first().document["gloss_en"] == "Explained again."
