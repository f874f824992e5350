"""Every type of page in a real browser: accessible, whole on a phone, calm, printable, in three languages."""

import re

import pytest

from tests.public_pages import PAGE_TYPES, PREFIXES

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 2000}}
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}  # 1280 px at 200 %
# Controls and navigation; a link inside a sentence may be as tall as its line.
CONTROLS = ".masthead a, .masthead button, footer li a, .breadcrumbs a, .titles a, .search input, .search button, .button"
NAMED_ROLES = {
    "link",
    "button",
    "textbox",
    "searchbox",
    "checkbox",
    "radio",
    "combobox",
    "navigation",
    "table",
    "img",
}

# What is only shown with the focus is measured with the focus.
too_small = """([selector, least]) => [...document.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility() && !element.matches(".skip"))
    .map((element) => {
        if (element.matches(".visually-hidden")) element.focus({preventScroll: true});
        const box = element.getBoundingClientRect();
        if (element.matches(".visually-hidden")) element.blur();
        return [element.outerHTML.slice(0, 80), box];
    })
    .filter(([, box]) => box.height < least - 0.5 || box.width < Math.min(least, 44) - 0.5)
    .map(([markup, box]) => `${markup} ${box.width}x${box.height}`)"""
too_wide = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility() && !element.closest("[data-scrolls], .visually-hidden, .skip"))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => element.outerHTML.slice(0, 80))"""
# The page once more, its HTML given to the parser in pieces, one a frame; `arrived` becomes what moved meanwhile. White
# space between two pieces does not count: Chromium takes it for moved when words follow, though nobody sees it.
arrive_in_pieces = """(size) => {
    const moved = [];
    const seen = ({node}) => node?.nodeType !== Node.TEXT_NODE || node.data.trim();
    const describe = ({node, previousRect: from, currentRect: to}) =>
        `${(node?.outerHTML ?? node?.data ?? "").trim().slice(0, 80)} ${from.x},${from.y} -> ${to.x},${to.y}`;
    new PerformanceObserver((list) => {
        for (const {sources, value} of list.getEntries())
            moved.push(...(sources.length ? sources.filter(seen).map(describe) : [`something, by ${value}`]));
    }).observe({type: "layout-shift", buffered: true});
    const write = async () => {
        const html = await (await fetch(location.href)).text();
        document.open();
        for (let at = 0; at < html.length; at += size) {
            document.write(html.slice(at, at + size));
            await new Promise(requestAnimationFrame);
        }
        document.close();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return moved;
    };
    window.arrived = write();
}"""


@pytest.mark.parametrize("address", PAGE_TYPES)
def test_accessible_and_whole_on_a_small_phone(new_page, axe, address):
    """One type of page in Chinese; `make audit` looks at every language, theme and width."""
    page = new_page(**PHONE)
    page.goto(address)
    assert axe(page) == []
    assert page.evaluate(too_wide) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(too_small, [CONTROLS, 44]) == []
    assert unnamed_controls(page) == []
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => +h.localName[1])")
    assert (levels[0], levels.count(1)) == (1, 1)
    assert [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1] == []
    landmarks = ("main", "body > header", "body > footer")
    assert [page.locator(landmark).count() for landmark in landmarks] == [1, 1, 1]
    bare = "[...document.querySelectorAll('table')].filter((t) => !t.caption || !t.querySelector('th[scope]')).length"
    assert page.evaluate(bare) == 0


def unnamed_controls(page) -> list[str]:
    """The roles of controls that have no name in the accessibility tree."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored")
        and node["role"]["value"] in NAMED_ROLES
        and not node.get("name", {}).get("value", "").strip()
    ]


@pytest.mark.parametrize(
    "address", ["/en/", "/en/measures/", "/en/measures/2020-05/", "/en/plans/2020/source/"]
)
def test_nothing_is_cut_off_at_200_percent(new_page, address):
    page = new_page(**ZOOMED)
    page.goto(address)
    assert page.evaluate(too_wide) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_moves_however_slowly_a_page_arrives(new_page):
    tabs = []
    for address, options in (("/en/", PHONE), ("/measures/", DESKTOP), ("/measures/2020-15/", PHONE)):
        page = new_page(**options)
        page.goto(address)
        page.evaluate(arrive_in_pieces, 1000)
        tabs.append(page)
    assert [page.evaluate("arrived") for page in tabs] == [[]] * len(tabs)


def test_the_skip_link_is_the_first_stop_of_the_keyboard(page):
    page.goto("/measures/2020-15/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_focus_can_always_be_seen(page):
    page.goto("/")
    for _ in range(12):
        page.keyboard.press("Tab")
        width, style = page.evaluate(
            "(({outlineWidth, outlineStyle}) => [outlineWidth, outlineStyle])(getComputedStyle(document.activeElement))"
        )
        assert (width, style) == ("3px", "solid")


def test_everything_can_be_read_without_scripts(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/")
    assert page.locator("[data-reading-toggle]").is_hidden()
    page.get_by_role("searchbox").fill("教师")
    page.get_by_role("button", name="搜索").click()
    assert page.url.startswith(page.url.split("/measures/")[0] + "/measures/")
    page.goto("/")
    page.locator(".titles a", has_text="15").click()
    assert page.get_by_role("heading", level=1).inner_text() == "划清区、街道和社区各管什么"


def test_the_language_switch_stays_on_the_page_and_back_returns(page):
    page.goto("/measures/2020-15/")
    page.get_by_role("navigation", name="语言").get_by_role("link", name="English").click()
    assert page.url.endswith("/en/measures/2020-15/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("navigation", name="Language").get_by_role("link", name="繁體中文").click()
    assert page.url.endswith("/zh-hant/measures/2020-15/")
    assert page.get_by_role("heading", level=1).inner_text() == "劃清區、街道和社區各管什麼"
    page.go_back()
    assert page.url.endswith("/en/measures/2020-15/")
    page.go_forward()
    assert page.url.endswith("/zh-hant/measures/2020-15/")


def test_reading_mode_lasts_without_a_cookie_and_without_a_flash(new_page):
    page = new_page(**PHONE)
    page.goto("/measures/2020-15/")
    size = "parseFloat(getComputedStyle(document.querySelector('.actions li')).fontSize)"
    assert 16 <= page.evaluate(size) < 18
    button = page.get_by_role("button", name="长者版")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    # What the first paint of the next pages already sees.
    page.add_init_script(
        "new PerformanceObserver((list) => { window.painted ??= document.documentElement.dataset.reading })"
        ".observe({type: 'paint', buffered: true})"
    )
    for address in ("/measures/2020-15/", "/", "/en/plans/2020/source/"):
        page.goto(address)
        # Polled from here: the policy forbids the browser to evaluate strings again and again by itself.
        for _attempt in range(100):
            if painted := page.evaluate("window.painted"):
                break
            page.wait_for_timeout(50)
        assert painted == "large"
        assert (
            page.evaluate("document.querySelector('[data-reading-toggle]').getAttribute('aria-pressed')")
            == "true"
        )
        smallest = """Math.min(...[...document.querySelectorAll("body *")]
            .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
            .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        assert page.evaluate(smallest) >= 18
        assert page.evaluate(too_small, [CONTROLS, 60]) == []
        assert page.evaluate(too_wide) == []
        page.evaluate(arrive_in_pieces, 4000)
        assert page.evaluate("arrived") == []
    assert page.context.cookies() == []
    page.get_by_role("button", name="Large text").click()
    page.goto("/")
    assert page.locator("html").get_attribute("data-reading") == "normal"


def test_reading_mode_where_storage_is_forbidden(new_page):
    page = new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden') }})"
    )
    page.goto("/")
    page.get_by_role("button", name="长者版").click()
    assert page.locator("html").get_attribute("data-reading") == "large"


def test_dark_mode_and_more_contrast(new_page):
    shades = {}
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        page.goto("/")
        shades[scheme] = page.evaluate(
            "['backgroundColor', 'color'].map((name) => parseFloat(getComputedStyle(document.body)[name].slice(6)))"
        )
    (light_paper, light_ink), (dark_paper, dark_ink) = shades["light"], shades["dark"]
    assert light_paper > 0.9 > 0.3 > light_ink
    assert dark_ink > 0.9 > 0.3 > dark_paper
    page = new_page(contrast="more")
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.querySelector('.notice')).color") == "rgb(0, 0, 0)"


def test_print(new_page):
    page = new_page()
    page.goto("/measures/2020-15/")
    document = page.pdf(format="A4", prefer_css_page_size=True)
    assert document.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", document)) in {1, 2, 3}
    page.emulate_media(media="print")
    hidden = page.locator("nav, button, form, .skip")
    assert [hidden.nth(index).is_visible() for index in range(hidden.count())] == [False] * hidden.count()
    assert page.get_by_text(re.compile(r"^数据版本\d+，截至\d+年\d+月\d+日。$")).is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert "Serif" in page.evaluate("getComputedStyle(document.body).fontFamily")
    assert page.locator(".printed").inner_text() == page.url
    page.goto("/plans/2020/")
    colours = "[...new Set([...document.querySelectorAll('.dot')].map((dot) => getComputedStyle(dot).borderTopColor))]"
    assert page.evaluate(colours) == ["rgb(0, 0, 0)"]


def test_no_motion_for_those_who_want_none(new_page):
    page = new_page(reduced_motion="reduce")
    page.goto("/measures/")
    moving = "[...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert page.evaluate(f"{moving}.length") == 0


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_masthead_is_one_line_and_a_notice_on_a_phone(new_page, prefix):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{prefix}/about/")
    masthead = page.locator(".masthead")
    assert masthead.bounding_box()["height"] <= 96
    parts = page.locator(".site-name, .menu > summary, [data-reading-toggle], .languages a:visible")
    boxes = [parts.nth(at).bounding_box() for at in range(parts.count())]
    # The language of the page is left out.
    assert [box["y"] + box["height"] <= 50 for box in boxes] == [True] * 5
    page.locator(".menu > summary").click()
    links = page.get_by_role("navigation").locator("visible=true").first.get_by_role("link")
    assert [links.nth(at).bounding_box()["height"] >= 44 for at in range(4)] == [True] * 4
    assert page.locator("h1").bounding_box()["y"] < 200  # the menu lies over the page and moves nothing
