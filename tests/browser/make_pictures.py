"""Draws the pictures that other sites and devices show for this one: `python -m tests.browser.make_pictures`.

static/pictures/site.png and one for each category of the shipped content (1200 x 630), the touch icon and favicon.ico. They are
drawn by Chromium and committed, so that the site itself needs nothing to draw with. Run it again where a category is renamed.
"""

import json
import struct
from pathlib import Path

from playwright.sync_api import sync_playwright

from measures.site import NAME_EN, NAME_ZH

from .conftest import OPTIONS, chromium

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "static" / "pictures"
HUES = ("#3d3f9e", "#0a6666", "#7a5200", "#84306b", "#1d6733", "#45535f")
ICON = (ROOT / "static" / "favicon.svg").read_text(encoding="utf-8")

CARD = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; inline-size: 1200px; block-size: 630px; box-sizing: border-box; padding: 72px 80px; background: #fbfaf6;
    color: #201e1b; font-family: "Noto Serif CJK SC", "Songti SC", serif; display: flex; flex-direction: column;
    border-block-start: 14px solid {hue}; }}
.dots {{ display: grid; grid-template-columns: repeat(6, 46px); gap: 20px; margin-block-end: 56px; }}
.dots i {{ block-size: 46px; border-radius: 50%; border: 5px solid var(--own); box-sizing: border-box; }}
.dots i.full {{ background: var(--own); }}
h1 {{ margin: 0 0 20px; font-size: {size}px; line-height: 1.2; }}
p {{ margin: 0; font-size: 33px; line-height: 1.35; }}
.foot {{ margin-block-start: auto; padding-block-start: 24px; border-block-start: 3px solid #201e1b; font-size: 28px; }}
</style><div class="dots">{dots}</div><h1>{title}</h1><p>{subtitle}</p><p class="foot">{foot}</p>"""


def card(title: str, subtitle: str, foot: str, chosen: int | None = None) -> str:
    """The page of a picture; of a category, its dot alone is full."""
    dots = "".join(
        f'<i style="--own: {hue}" class="{"full" if chosen in {None, at} else ""}"></i>'
        for at, hue in enumerate(HUES)
    )
    hue = HUES[chosen] if chosen is not None else "#201e1b"
    return CARD.format(
        dots=dots, title=title, subtitle=subtitle, foot=foot, hue=hue, size=64 if chosen is not None else 104
    )


def cards() -> dict[str, str]:
    """The name of each picture -> its page."""
    records = json.loads((ROOT / "fixtures" / "vocabulary.json").read_text(encoding="utf-8"))
    categories = [record["fields"] for record in records if record["model"] == "measures.category"]
    name = f"{NAME_ZH} · {NAME_EN}"
    found = {
        "site": card(NAME_ZH, NAME_EN, "要改什么，关系到谁，在哪里，出自哪一段 · Each reform with its source")
    }
    for category in categories:
        found[category["slug"]] = card(category["name_zh"], category["name_en"], name, category["number"] - 1)
    return found


def icon_page(size: int) -> str:
    drawn = ICON.replace('width="32" height="32"', f'width="{size}" height="{size}"')
    return f'<!doctype html><style>body {{ margin: 0; background: #fbfaf6 }}</style><div style="padding: {size // 8}px">{drawn}</div>'


def ico(png: bytes, size: int) -> bytes:
    """A favicon.ico that holds one PNG."""
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, size, size, 0, 0, 1, 32, len(png), 22) + png


def draw() -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for name, content in cards().items():
            page.set_content(content)
            page.screenshot(path=PICTURES / f"{name}.png")
        page.set_viewport_size({"width": 180, "height": 180})
        page.set_content(icon_page(144))
        page.screenshot(path=ROOT / "static" / "apple-touch-icon.png")
        page.set_viewport_size({"width": 32, "height": 32})
        page.set_content(
            ICON.join(["<!doctype html><style>body, svg { margin: 0; display: block }</style>", ""])
        )
        (ROOT / "static" / "favicon.ico").write_bytes(ico(page.screenshot(omit_background=True), 32))
        browser.close()


if __name__ == "__main__":
    draw()
