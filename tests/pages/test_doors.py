"""The ways into the measures: numbers that hold, words to try that find something, and honest answers where nothing is named."""

import html
import re

import pytest

from measures.models import Audience, Category, Centre, District
from tests.models.steps import new_measure, new_plan
from tests.public_pages import PREFIXES
from tests.second_plan import enter

KINDS = {"audiences": Audience, "districts": District, "categories": Category, "centres": Centre}
DOOR = re.compile(
    r'<a href="[^"]*/(audiences|districts|categories|centres)/([a-z-]+)/"><span>[^/]*?</span> <span class="door-count">(\d+)'
)


def main_of(response) -> str:
    return response.text.split("<main", 1)[1].split("</main>")[0].replace("<wbr>", "")


def counted(client, folder: str, slug: str) -> str:
    """The number of measures that the page of a topic says it has."""
    found = re.search(r'<h2 id="results">(\d+) measure', client.get(f"/en/{folder}/{slug}/").text)
    return found.group(1) if found else "0"


@pytest.mark.parametrize("address", ["/en/", *(f"/en/{folder}/" for folder in KINDS)])
def test_each_door_says_how_many_measures_stand_behind_it(client, address):
    doors = DOOR.findall(main_of(client.get(address)))
    assert len(doors) > 3
    assert [door for door in doors if counted(client, *door[:2]) != door[2]] == []


def test_each_door_says_so_beside_a_second_plan_too(client, restored):
    """The home page is that of the newest plan; its doors lead to topics, which all plans share."""
    enter(plan_status="published")
    for address in ("/en/", *(f"/en/{folder}/" for folder in KINDS)):
        doors = DOOR.findall(main_of(client.get(address)))
        assert len(doors) > 2
        assert [door for door in doors if counted(client, *door[:2]) != door[2]] == [], address


def test_the_home_page_has_all_doors_once(client):
    page = main_of(client.get("/en/"))
    doors = page.split('class="ways-in"')[1].split('id="contents"')[0]
    for folder, model in KINDS.items():
        slugs = re.findall(rf"/{folder}/([a-z-]+)/", doors)
        everything = set(model.objects.values_list("slug", flat=True)) - {"futian"}
        assert set(slugs) == everything
        twice = {slug for slug in slugs if slugs.count(slug) > 1}
        assert twice == ({"xiangmihu"} if folder == "districts" else set())  # named, and one of the ten


def test_the_home_page_is_of_the_newest_plan_with_measures(client, restored):
    """A plan may be published before its measures are: it says nothing yet."""
    new_plan(2021, "published")
    page = client.get("/en/")
    assert page.context["plan"].slug == "2020"
    assert [plan.slug for plan in page.context["other_plans"]] == ["2021"]
    new_measure(1, "第一项", plan=2021)
    assert client.get("/en/").context["plan"].slug == "2021"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_words_to_try_find_something(client, prefix):
    tries = re.findall(r'href="([^"]*/measures/\?q=[^"]+)"', main_of(client.get(f"{prefix}/")))
    assert len(tries) == 4
    for address in tries:
        assert 'class="row"' in client.get(html.unescape(address)).text, address


@pytest.mark.parametrize("folder", KINDS)
def test_the_index_of_a_kind_names_all_of_it(client, folder):
    page = main_of(client.get(f"/en/{folder}/"))
    slugs = set(re.findall(rf'href="/en/{folder}/([a-z-]+)/"', page))
    assert slugs == set(KINDS[folder].objects.values_list("slug", flat=True)) - {"futian"}


def test_a_place_that_is_not_named_says_so_and_leads_on(client):
    streets = District.objects.filter(kind="subdistrict", roles=None)
    assert len(streets) == 9
    for street in streets:
        page = main_of(client.get(f"/districts/{street.slug}/"))
        assert f"原文没有点名{street.name_zh}；面向全区的改革同样适用。" in page
        assert 'class="button quiet" href="/districts/futian/"' in page


@pytest.mark.parametrize(
    "form",
    ["{zh}", "{short}", "{en}", "{short} 教育", "{zh}有什么改革", "{zh}海滩", "{pinyin}", "{short}　街道"],
)
def test_a_search_for_a_place_that_is_not_named_leads_to_it(client, form):
    for street in District.objects.filter(kind="subdistrict", roles=None).order_by("pk"):
        if (short := street.name_zh.removesuffix("街道")) in ("福田", "梅林"):
            continue  # of these there is something: the district, and a district of the same name
        words = {"zh": street.name_zh, "short": short, "en": street.name_en, "pinyin": street.pinyin}
        page = main_of(client.get("/measures/", {"q": form.format(**words)}, follow=True))
        assert re.findall("原文没有点名(.*?)；", page) == [street.name_zh]
        assert f'<a href="/districts/{street.slug}/">' in page


@pytest.mark.parametrize("q", ["香蜜湖 仲裁", "海滩", "教育 仲裁 海滩", "梅彩片区 仲裁", "福田海滩"])
def test_no_place_is_said_not_to_be_named_that_is(client, q):
    assert "原文没有点名" not in main_of(client.get("/measures/", {"q": q}, follow=True))


@pytest.mark.parametrize("centre", ["finance", "technology", "culture", "services"])
def test_a_centre_tells_wording_from_judgement_with_each_reason(client, centre):
    page = main_of(client.get(f"/en/centres/{centre}/"))
    own = Centre.objects.get(slug=centre)
    for basis in ("text", "editorial"):
        links = own.links.filter(basis=basis, measure__status="published").order_by("measure__number")
        part = page.partition(f'data-basis="{basis}">')[2].partition("</ol>")[0]
        assert re.findall(r"/measures/(2020-\d\d)/", part) == [link.measure.code for link in links]
        assert [link for link in links if link.reason_en not in html.unescape(part)] == []
