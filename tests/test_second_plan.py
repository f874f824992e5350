"""A second plan beside the first, read by readers: each is told truthfully, and a draft leaves no trace."""

import csv
import json
import re
from io import StringIO
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

from futian_reform.requests.traditional import traditional
from measures.models import Category, Centre, Measure, Plan, SourceParagraph, Term
from tests import second_plan
from tests.crawl import Page, Site, crawl
from tests.open_data import test_package
from tests.readers import SPECIFICATION
from tests.second_plan import PLANTED, SLUG, YEAR

#: What tells that somebody knows of the plan.
TRACES = (*PLANTED, second_plan.CATEGORIES[0][0], "/plans/2021", "2021-0")


def of_one_plan(site: Site, slug: str) -> dict[str, Page]:
    """The pages that speak of this plan alone."""
    categories = "|".join(Category.objects.filter(plan__slug=slug).values_list("slug", flat=True))
    own = re.compile(rf"(/en|/zh-hant)?/(measures/{slug}-.*|categories/({categories})/|plans/{slug}/.*)")
    return {at: page for at, page in site.pages.items() if own.fullmatch(at)}


def faults_of(client, site: Site) -> dict[str, object]:
    """All that is not as it should be on a site with both plans public; empty where nothing is."""
    named = {
        at: plan
        for plan, other in ((SLUG, "2020"), ("2020", "2021"))
        for at, page in of_one_plan(site, plan).items()
        if other in page.text or (plan == "2020" and any(word in page.text for word in PLANTED))
    }
    based = {}
    for plan in Plan.objects.all():
        for at, page in of_one_plan(site, plan.slug).items():
            for thing in (thing for data in page.data for thing in data["@graph"] if "isBasedOn" in thing):
                name = traditional(plan.title_zh) if at.startswith("/zh-hant") else plan.title_zh
                if thing["isBasedOn"]["name"] not in (name, plan.title_en):
                    based[at] = thing["isBasedOn"]
    test_package.check_package(client)
    found = {
        "no 200": site.faults,
        "fragments without a target": site.broken_fragments(),
        "ids twice": site.repeated_ids(),
        "names the other plan": named,
        "based on another plan": based,
        "numbers": numbers(client),
        "OpenAPI": [error.message for error in openapi_errors(client)],
    }
    return {name: value for name, value in found.items() if value}


def numbers(client) -> dict[str, object]:
    """The numbers of each plan that differ from a plain count."""
    wrong = {}
    for plan in Plan.objects.all():
        count = Measure.objects.filter(plan=plan, status="published").count()
        told = {
            "list": int(
                re.search(r'id="selection">(\d+)', client.get(f"/en/measures/?plan={plan.slug}").text)[1]
            ),
            "API": client.get(f"/api/measures/?plan={plan.slug}").json()["count"],
            "CSV": len(
                list(
                    csv.DictReader(
                        StringIO(client.get(f"/measures.csv?plan={plan.slug}").getvalue().decode("utf-8-sig"))
                    )
                )
            ),
            "JSON": json.loads(client.get(f"/measures.json?plan={plan.slug}").getvalue())["count"],
            "page": int(re.search(r"(\d+) measures: ", client.get(f"/en/plans/{plan.slug}/").text)[1]),
            "feed": client.get(f"/en/measures.atom?plan={plan.slug}").text.count("<entry>"),
            "cited": int(
                re.search(r"Of the (\d+) key reforms", client.get(f"/en/measures/{plan.year}-01/").text)[1]
            ),
        }
        wrong |= {(plan.slug, name): number for name, number in told.items() if number != count}
    newest = re.search(r"reform in (\d+): (\d+) measures", client.get("/en/").text)
    if (int(newest[1]), int(newest[2])) != (
        YEAR,
        Measure.objects.filter(plan=YEAR, status="published").count(),
    ):
        wrong["home"] = newest[0]
    return wrong


def openapi_errors(client):
    return Draft4Validator(SPECIFICATION).iter_errors(client.get("/api/schema/").json())


@pytest.fixture
def published(restored):
    return second_plan.enter("published")


@pytest.mark.no_cover
def test_each_of_two_plans_is_told_truthfully(published, client):
    """In English; `make audit` crawls all languages."""
    assert faults_of(client, crawl(client, ["/en"])) == {}


@pytest.mark.no_cover
def test_a_draft_plan_leaves_no_trace(restored, client):
    second_plan.enter("draft")
    site = crawl(client, ["/en"])
    assert (site.mentioning(*TRACES), site.faults) == (set(), {})
    for address in (
        "/measures/2021-01/",
        "/measures/2021-01/history/",
        "/measures/2021-01.json",
        "/categories/yuheng-port/",
        "/plans/2021/",
        "/plans/2021/source/",
        "/api/plans/2021/",
        "/api/categories/yuheng-port/",
        "/api/measures/2021-01/",
    ):
        assert client.get(address).status_code == 404, address
    assert client.get("/en/measures/?plan=2021").status_code == 400
    assert client.get("/en/measures/?q=Yuheng").context["listing"].count == 0
    # The test would notice: once published, the words are there.
    Plan.objects.filter(slug=SLUG).update(status="published")
    for address in ("/", "/measures/2021-01/", "/measures.csv", "/api/plans/", "/changes.atom"):
        assert PLANTED[0] in client.get(address).getvalue().decode(), address


@pytest.mark.no_cover
def test_a_withdrawn_plan_is_nowhere_but_in_its_history(published, client):
    Plan.objects.filter(pk=published.pk).update(status="draft")
    site = crawl(client, ["/en"])
    places = {re.sub(r"^/(en|zh-hant)/", "/", at) for at in site.mentioning(*PLANTED)}
    assert {at.split("/")[1] for at in places} <= {"changes", "changes.atom", "measures", "api"}
    assert not {at for at in places if re.fullmatch(r"/measures/[-0-9]+/|/measures/(\?.*)?", at)}
    assert site.faults == {}
    assert site.pages["/en/measures/2021-01/history/"].text


@pytest.mark.no_cover
def test_a_site_without_any_public_plan_still_answers(restored, client):
    Plan.objects.update(status="draft")
    site = crawl(client, ["/en"])
    assert site.faults == {}
    assert "No plan has been published here yet" in site.pages["/en/"].text


def test_one_plan_needs_no_name(client):
    """With one plan nothing says which, and its facet is not offered; the parameter is understood all the same."""
    text = client.get("/en/measures/").text
    assert 'data-facet="plan"' not in text
    assert client.get("/en/measures/?plan=2020").context["listing"].count == 28
    for at in (
        "/en/",
        "/en/measures/",
        "/en/measures/2020-05/",
        "/en/categories/well-being/",
        "/en/centres/finance/",
    ):
        text = client.get(at).text
        assert "/plans/2020/source/" in text, at
        assert "?plan=" not in text
        assert "plan=2020" not in text
        own_description = at not in ("/en/", "/en/measures/")
        assert text.count("lan of 2020") == (2 if own_description else 3), (
            at
        )  # the notice, the foot, the description


def test_the_plan_is_the_first_facet_of_addresses_once_there_are_two(published, client):
    page = client.get("/en/measures/?plan=2021&category=yuheng-port")
    # The page begins with what people ask first; the plan stands at the head of the others.
    assert [facet.name for facet in page.context["listing"].facets] == [
        "audience", "district", "category", "centre", "plan", "link", "role", "basis",
    ]  # fmt: skip
    assert page.context["listing"].sentence == (
        "3 measures in the category “Yuheng port”, of the Yuheng reform action plan"
    )
    assert client.get("/en/measures/?category=yuheng-port&plan=2021").headers["Location"] == (
        "/en/measures/?plan=2021&category=yuheng-port"
    )
    everything = client.get("/en/measures/")
    options = everything.text.partition('data-facet="category"')[2].partition("</fieldset>")[0]
    assert re.findall(r'class="option-group">([^<]*)<', options) == [
        "Futian District 2020 Reform Action Plan",
        "Yuheng reform action plan",
    ]
    assert f"{second_plan.NAMESAKE[1]} (2021)" in unquote(options)
    assert f"{second_plan.NAMESAKE[1]} (2020)" in options


def test_what_is_said_of_a_selection_of_one_plan_is_said_of_that_plan(published, client):
    """The filter panel still offers the other one."""
    response = client.get("/en/measures/?plan=2021&centre=finance")
    assert "A plan of 2021; outcomes are not recorded here." in response.text
    assert "What Futian District’s reform plan of 2021 set out to change" in response.text
    assert "the following conditions fit 1:" in response.context["citation"].sentence
    assert response.context["citation"].sentence.startswith(
        "Of the 9 key reforms of Yuheng reform action plan (8 named in the source, "
    )
    everything = client.get("/en/measures/")
    assert "Plans of 2020 and 2021; outcomes are not recorded here." in everything.text
    assert everything.context["citation"].sentence.startswith(
        "Of the 37 key reforms of Yuheng reform action plan and Futian District 2020 Reform Action Plan, "
    )
    feed = client.get("/en/measures.atom?plan=2021").text
    assert "<subtitle>An editorial project, not an official site. A plan of 2021;" in feed
    assert "Futian District 2020" not in feed


def test_measures_of_several_plans_are_told_apart_by_code(published, client):
    def marks(address: str) -> list[str]:
        return re.findall(r'<span class="folio(?: code)?">([^<]*)</span>\s*<h[34]>', client.get(address).text)

    assert marks("/en/measures/")[-1] == "2021-09"
    finance = marks("/en/centres/finance/")  # grouped by the basis of their links
    assert "2021-01" in finance
    assert {code.partition("-")[0] for code in finance} == {"2020", "2021"}
    assert marks("/en/measures/?plan=2021") == [f"{number:02}" for number in range(1, 10)]
    assert marks("/en/categories/yuheng-port/") == ["01", "02", "03"]
    dots = re.findall(r'class="dot[^>]*>(.*?)</a>', client.get("/en/measures/?view=matrix").text)
    assert len({re.sub("<[^>]*>|,.*", "", dot) for dot in dots}) == 28 + 9


def test_colours_go_by_the_position_within_the_plan(published, client):
    for number, slug in ((17, "yuheng-schools"), (12, "yuheng-well-being")):
        Category.objects.filter(slug=slug).update(number=number)
    matrix = client.get("/en/measures/").context["listing"].matrix
    assert [row.category.position for row in matrix.rows] == [1, 2, 3, 4, 5, 6, 1, 2, 3]


def test_a_centre_names_the_plan_of_each_paragraph(published, client):
    Centre.objects.get(slug="finance").paragraphs.add(SourceParagraph.objects.get(plan=YEAR, number=4))
    record = client.get("/api/centres/finance/").json()
    assert record["paragraphs_by_plan"] == [
        {"plan": "2020", "numbers": [4, 5]},
        {"plan": "2021", "numbers": [4]},
    ]
    text = client.get("/en/centres/finance/").text
    assert '/en/plans/2020/source/#p4" aria-label="2020 ¶4"' in text
    assert '/en/plans/2021/source/#p4" aria-label="2021 ¶4"' in text
    Plan.objects.filter(year=YEAR).update(status="draft")
    assert client.get("/api/centres/finance/").json()["paragraphs"] == [4, 5]
    assert "2021" not in client.get("/en/centres/finance/").text


@pytest.mark.parametrize("prefix", ["", "/en", "/zh-hant"])
def test_the_old_address_of_the_source_leads_to_the_plan_published_first(published, client, prefix):
    response = client.get(f"{prefix}/source/")
    assert (response.status_code, response.headers["Location"]) == (301, f"{prefix}/plans/2020/source/")


def test_a_part_of_a_draft_does_not_tell_what_it_was_split_from(published, client):
    Measure.objects.filter(code="2021-02").update(status="draft", title_en="SECRET", title_zh="机密")
    for address in (
        "/en/measures/2021-03/",
        "/measures/2021-03.json",
        "/measures.csv",
        "/api/measures/2021-03/",
    ):
        text = client.get(address).getvalue().decode()
        assert ("2021-02" in text, "SECRET" in text) == (False, False), address
    assert client.get("/api/measures/2021-03/").json()["parent"] is None


def test_documents_of_changes_do_not_tell_the_codes_of_drafts(restored, client):
    """A draft that a public measure was split from, and a draft that a term stands in, are in no change."""
    first = Measure.objects.get(code="2020-01")
    draft = Measure.objects.create(
        plan=first.plan,
        number=29,
        category=first.category,
        status="draft",
        basis="described",
        title_zh="机密",
        title_en="SECRET",
    )
    Measure.objects.filter(code="2020-02").update(basis="derived", parent=draft)
    term = Term.objects.first()
    term.measures.add(draft)
    changed = []
    for change in client.get("/api/changes/").json()["results"][:20]:
        answer = client.get(f"/api/changes/{change['id']}/")
        assert "2020-29" not in answer.text, change
        changed.append(change["key"])
    assert {"2020-02", term.slug} <= set(changed)
    for address in ("/en/measures/2020-02/history/", "/en/changes/", "/changes.atom", "/en/glossary/"):
        assert "2020-29" not in client.get(address, follow=True).text, address


def test_namesakes_of_two_plans_are_told_apart(published, client):
    """A number stands in both plans, and a title, a category or a term may: none stands alone where both could be meant."""
    first = Measure.objects.get(code="2020-22")
    Measure.objects.filter(code="2021-04").update(title_zh=first.title_zh, title_en=first.title_en)
    term = Term.objects.filter(plan=2020).first()
    texts = {name: getattr(term, name) for name in ("name_zh", "name_en", "gloss_zh", "gloss_en")}
    Term.objects.create(plan_id=YEAR, slug="yuheng-term", **texts)
    for q in ("education", "well-being", term.name_en, "4"):
        told = client.get("/en/measures/suggestions.json", {"q": q}).json()["suggestions"]
        names = [(own["kind"], own["text"]) for own in told]
        assert len(names) == len(set(names)) > 1, names
    page = client.get("/en/measures/").text
    assert set(re.findall(r'<i data-category="\d+">(.*?)</i>', page)) == {""}
    assert "37 measures, a colour for each category of a plan." in page
    for code in ("2020-04", "2021-04"):
        assert f"<title>{code} " in client.get(f"/en/measures/{code}/").text
