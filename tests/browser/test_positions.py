"""Where things stand: a list begins with its first result, on a phone and on a desktop."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
WHOLE = ["/measures/", "/zh-hant/measures/"]
#: A search, and three filters each: short, and as long as names are.
NARROWED = [
    "/measures/?q=%E6%95%99%E8%82%B2",
    "/measures/?category=well-being&audience=families&role=pilot",
    "/measures/?category=grassroots-governance&audience=communities&district=futian",
    "/measures/?centre=technology&link=text&audience=researchers",
    "/measures/?category=technology-innovation&category=modern-industry&category=business-environment&sort=title",
]
place = "(element) => Math.round(element.getBoundingClientRect().top + scrollY)"


def first_results(new_page, options: dict, addresses: list[str]) -> dict[str, int]:
    page, found = new_page(**options), {}
    for address in addresses:
        page.goto(address)
        found[address] = page.locator(".row h3 a").first.evaluate(place)
        assert page.locator("body > .masthead").bounding_box()["height"] <= 96
        assert page.evaluate("document.documentElement.scrollWidth") == options["viewport"]["width"], address
    return found


@pytest.mark.parametrize(
    ("options", "addresses", "lowest"),
    [
        (PHONE, WHOLE, 660),
        (PHONE, NARROWED, 760),
        (PHONE, ["/en/measures/"], 760),
        (DESKTOP, WHOLE, 340),
        (DESKTOP, NARROWED, 420),
        (DESKTOP, ["/en/measures/"], 360),
    ],
    ids=["phone", "phone, narrowed", "phone, English", "desktop", "desktop, narrowed", "desktop, English"],
)
def test_a_list_starts_with_the_list(new_page, options, addresses, lowest):
    found = first_results(new_page, options, addresses)
    assert {address: top for address, top in found.items() if top > lowest} == {}


def test_the_strip_is_two_rows_on_a_phone_and_one_on_a_desktop(new_page):
    for options, rows in ((PHONE, 2), (DESKTOP, 1)):
        page = new_page(**options)
        page.goto("/measures/?audience=residents")
        tops = page.locator(".strip > i").evaluate_all(f"(dots) => dots.map({place})")
        assert (len(tops), len(set(tops))) == (28, rows)
        assert page.locator(".strip > i:not(.outside)").count() == 8


def test_compared_categories_stand_side_by_side_where_there_is_room(new_page):
    address = "/measures/?category=business-environment&category=well-being"
    for width, columns in ((1280, 2), (1100, 1), (390, 1)):
        page = new_page(viewport={"width": width, "height": 800})
        page.goto(address)
        groups = page.locator(".groups > section")
        assert groups.locator("h2").all_inner_texts() == [
            "全方位创建国际一流营商环境 5项改革",
            "着力打造民生幸福标杆 6项改革",
        ]
        assert groups.nth(0).locator(".row").count() == 5
        assert len({round(groups.nth(at).bounding_box()["x"]) for at in range(2)}) == columns
    page.goto(f"{address}&sort=title")
    assert page.locator(".groups").count() == 0


def test_the_open_panel_keeps_its_button_in_sight_and_leads_to_the_list(new_page):
    page = new_page(**PHONE)
    page.goto("/en/measures/")
    page.locator(".filter-panel > summary").tap()
    button = page.locator(".filter-actions button")
    assert button.inner_text() == "Show 28 measures"
    assert button.bounding_box()["y"] + button.bounding_box()["height"] <= 844
    page.get_by_role("checkbox", name="Residents").check()
    expect(button).to_have_text("ApplyShow 8 measures")
    button.tap()
    expect(page.locator(".filter-panel")).not_to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.id") == "results"
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert 0 <= page.locator(".row").first.bounding_box()["y"] < 200


def test_evidence_is_told_without_colours(new_page):
    """Solid, outlined and dotted where the system takes the colours away."""
    page = new_page(forced_colors="active", **DESKTOP)
    page.goto("/measures/?category=modern-industry&view=matrix")
    look = "(e) => { const s = getComputedStyle(e); return [s.backgroundColor === s.borderTopColor, s.borderTopStyle] }"
    looks = {
        basis: page.locator(f".dot{selector}").first.evaluate(look)
        for basis, selector in (
            ("text", "[data-basis=text]"),
            ("editorial", "[data-basis=editorial]"),
            ("none", ":not([data-basis])"),
        )
    }
    assert looks == {"text": [True, "solid"], "editorial": [False, "solid"], "none": [False, "dotted"]}
    inside, outside = (
        page.locator(selector).first.evaluate("(e) => getComputedStyle(e).borderTopColor")
        for selector in (".dot:not(.outside)", ".dot.outside")
    )
    assert inside != outside
