"""Browsers that know neither `oklch()` (before 2023) nor `@layer` (before 2022) show the same pages in the same colours."""

import json
import re

import pytest
from django.conf import settings

from tests.public_pages import PAGE_TYPES

pytestmark = pytest.mark.browser

STYLES = (settings.BASE_DIR / "static" / "site.css").read_text()
# What becomes of the style sheet in them: an unknown function spoils its declaration, an unknown block is left out.
IN_OLD_BROWSERS = STYLES.replace("oklch(", "unknown(").replace("@layer", "@unknown")
FALLBACK = "@supports not (color: oklch(0% 0 0)) {"
# Rounded to 8 bits, and cut off where a screen has no such colour.
TOLERANCE = 3

painted = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const known = new Map();
    const rgb = (colour) => {
        if (!known.has(colour)) {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
        }
        return known.get(colour);
    };
    const names = ["color", "background-color", "border-top-color", "border-left-color"];
    // As one text: hundreds of thousands of values would take the browser's driver seconds.
    return JSON.stringify([...document.querySelectorAll("body, body *")].flatMap((element) => [null, "::before"].map((part) => {
        const style = getComputedStyle(element, part);
        return [
            element.localName + "." + element.className + (part ?? ""),
            names.flatMap((name) => rgb(style.getPropertyValue(name))),
            [style.display, style.fontFamily, style.fontSize, style.paddingTop],
        ];
    })));
}"""


def differences(page, addresses) -> dict[str, list]:
    """Where a page of an old browser has other colours, or is laid out otherwise."""
    found = {}
    for address in addresses:
        page.unroute_all()
        page.goto(address)
        new = json.loads(page.evaluate(painted))
        page.route("**/site*.css", lambda route: route.fulfill(body=IN_OLD_BROWSERS, content_type="text/css"))
        page.goto(address)
        old = json.loads(page.evaluate(painted))
        assert len(new) == len(old)
        others = [
            (name, colours, other, style, other_style)
            for (name, colours, style), (_name, other, other_style) in zip(new, old, strict=True)
            if style != other_style
            or any(abs(one - two) > TOLERANCE for one, two in zip(colours, other, strict=True))
        ]
        if others:
            found[address] = others[:5]
    return found


def test_every_new_colour_has_another_in_words_that_old_browsers_know():
    before, _start, rest = STYLES.partition(FALLBACK)
    fallback, _end, after = rest.partition("\n}\n")
    declared = re.compile(r"([\w-]+): (oklch\([^;]*)?")
    new = [name for name, colour in declared.findall(before + after) if colour]
    assert all(name.startswith("--") for name in new), "a colour outside the tokens has none in old words"
    plain = [name for name, _colour in declared.findall(fallback) if name.startswith("--")]
    assert "oklch" not in fallback
    # Categories differ by hue alone, and are told for each of the three lightnesses.
    lightnesses = len(re.findall(r"--mark-lightness: ", before + after))
    assert sorted(plain) == sorted(
        name for name in new for _each in range(lightnesses if name == "--category" else 1)
    )


def test_nothing_stands_in_blocks_that_old_browsers_leave_out():
    assert {*re.findall(r"^\s*@([\w-]+)", STYLES, re.MULTILINE)} <= {"media", "supports", "page"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_same_colours_in_the_same_places(new_page, scheme):
    page = new_page(color_scheme=scheme, reduced_motion="reduce")
    assert differences(page, ["/", "/measures/?category=well-being", "/measures/2020-15/"]) == {}
    page.emulate_media(media="print", color_scheme=scheme)
    assert differences(page, ["/measures/2020-15/"]) == {}


def every_page_in_old_browsers(page, axe) -> dict[str, list]:
    """What is wrong there: other colours, another layout, too little contrast."""
    found = differences(page, PAGE_TYPES)
    page.route("**/site*.css", lambda route: route.fulfill(body=IN_OLD_BROWSERS, content_type="text/css"))
    for address in PAGE_TYPES:
        page.goto(address)
        if violations := axe(page):
            found[address] = [*found.get(address, []), *violations]
    return found
