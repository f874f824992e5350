"""Every type of page under what readers bring along: forced colours, old browsers, no scripts."""

import pytest

from tests.browser.test_old_browsers import every_page_in_old_browsers
from tests.browser.test_pages import too_wide
from tests.public_pages import PAGE_TYPES, PREFIXES

# In forced colours a background is the system's: text, borders and marks have to be seen by lines and words.
unseen = """() => {
    const canvas = getComputedStyle(document.documentElement).backgroundColor;
    const shown = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
    const opaque = (colour) => !/^rgba\\(.*, 0\\)$|^transparent$/.test(colour);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (opaque(colour)) return colour;
        }
        return canvas;
    };
    const faults = [];
    const say = (fault, element) => faults.push(`${fault}: ${element.outerHTML.slice(0, 90)}`);
    for (const element of document.querySelectorAll("body *")) {
        if (!shown(element) || element.closest("svg")) continue;
        const style = getComputedStyle(element);
        const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (words && style.color === ground(element)) say("text as its ground", element);
        if (element.matches("input:not([type=hidden]), select, textarea, button, .button, .chip")
            && !parseFloat(style.borderTopWidth) && style.appearance === "none") say("control without a border", element);
    }
    return faults;
}"""
# Marks of evidence, by their basis: how each looks, from the element itself or what stands before it.
marks = """() => [...document.querySelectorAll("main [data-basis]:not(svg *), main .dot:not([data-basis])")]
    .filter((element) => element.checkVisibility())
    .map((element) => {
        const before = getComputedStyle(element, "::before");
        const style = before.content !== "none" ? before : getComputedStyle(element);
        const kind = element.matches(".dot") ? "dot" : element.matches("li, .part") ? "part" : "mark";
        const outside = element.matches(".outside") ? " outside" : "";
        return [kind + outside, element.dataset.basis ?? "none",
                `${style.backgroundColor} ${style.borderTopStyle} ${style.borderTopWidth}`];
    })"""
SOLID = {"text", "named"}


def alike(found: list[tuple[str, str, str]]) -> list[str]:
    """Kinds of marks of which wording and judgement look the same."""
    looks = {}
    for kind, basis, look in found:
        looks.setdefault(kind, {}).setdefault(basis in SOLID, set()).add(look)
    return [
        f"{kind}: {by[True] & by[False]}"
        for kind, by in looks.items()
        if len(by) == 2 and by[True] & by[False]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_forced_colours(new_page, axe, prefix, scheme):
    faults = {}
    for width in (320, 1280):
        page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, forced_colors="active")
        for address in PAGE_TYPES:
            page.goto(prefix + address)
            # axe reckons with the site's colours of buttons, which the reader's have replaced.
            found = [violation for violation in axe(page) if violation[0] != "color-contrast"]
            found += [*page.evaluate(unseen), *page.evaluate(too_wide), *alike(page.evaluate(marks))]
            if found:
                faults[f"{address} {width}"] = found
    assert faults == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_old_browsers(new_page, axe, scheme):
    page = new_page(color_scheme=scheme, reduced_motion="reduce")
    assert every_page_in_old_browsers(page, axe) == {}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_without_scripts(new_page, prefix):
    """No button that does nothing, and every link that there is with scripts."""
    scripted, plain = new_page(), new_page(java_script_enabled=False)
    faults = {}
    for address in PAGE_TYPES:
        scripted.goto(prefix + address)
        plain.goto(prefix + address)
        found = [
            button.inner_text()
            for button in plain.locator("button:visible").all()
            if not button.evaluate("(button) => button.form !== null")
        ]
        if missing := missing_links(scripted, plain):
            found.append(missing)
        if found:
            faults[address] = found
    assert faults == {}


def missing_links(scripted, plain) -> set[str]:
    """Where the page leads to with scripts, and without them does not."""
    links = "a[href]:not([data-back-to-list]):visible"  # that one remembers the list that was seen last
    targets = "links => links.map((link) => link.getAttribute('href'))"
    with_scripts, without = (page.locator(links).evaluate_all(targets) for page in (scripted, plain))
    return {*with_scripts} - {*without}
