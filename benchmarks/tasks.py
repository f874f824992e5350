"""Ten things readers come for, done on a phone in Chromium: taps and typed texts, screens scrolled, seconds.

    .venv/bin/python -m benchmarks.tasks

Without the origin of a running site it starts one of its own. To compare with an older state, run this file in a worktree of it:
each step names several ways, and takes the first that the page offers.
"""

import argparse
import sys
import time
from collections.abc import Callable

from playwright.sync_api import Error, Locator, sync_playwright

from tests.browser.conftest import OPTIONS, chromium

from .site import running_site

HEIGHT = 844
PHONE = {
    "viewport": {"width": 390, "height": HEIGHT},
    "has_touch": True,
    "is_mobile": True,
    "locale": "zh-CN",
}
PATIENCE = 10  # seconds


class Reader:
    """Somebody with a phone, who begins at the home page and counts."""

    def __init__(self, browser, origin: str):
        self.page = browser.new_context(base_url=origin, accept_downloads=True, **PHONE).new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.steps, self.scrolled = 0, 0.0
        self.page.goto("/")

    def offers(self, way: str) -> bool:
        return self.page.locator(way).locator("visible=true").count() > 0

    def find(self, *ways: str) -> Locator:
        """The first element on the page that one of the ways leads to, the best way first."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for way in ways:
                if self.offers(way):
                    return self.page.locator(way).locator("visible=true").first
            self.page.wait_for_timeout(50)
        raise LookupError(f"{self.page.url}: none of {ways}")

    def see(self, *ways: str) -> Locator:
        """Scroll, as far as it takes, until the element's beginning stands on the screen."""
        element = self.find(*ways)
        before = self.page.evaluate("scrollY")
        box = element.bounding_box()
        if box["y"] < 0 or box["y"] + min(box["height"], 44) > HEIGHT:
            element.evaluate("(element) => element.scrollIntoView({block: 'center', behavior: 'instant'})")
        self.scrolled += abs(self.page.evaluate("scrollY") - before) / HEIGHT
        return element

    def tap(self, *ways: str) -> None:
        self.see(*ways).tap()
        self.steps += 1
        self.page.wait_for_timeout(100)  # by then a link has begun to open its page
        self.page.wait_for_load_state()
        self.page.locator("[aria-busy]").wait_for(state="detached")  # or a list begins to narrow in place

    def open_list(self) -> None:
        """By the head of the page, where a phone may have folded its links into a menu."""
        link = '.masthead a[href$="/measures/"]'
        if not self.offers(link):
            self.tap(".masthead .menu > summary")
        self.tap(link)

    def choose(self, name: str, value: str) -> None:
        """Tick a box of the filter, having opened what it stands in."""
        box = f'input[name="{name}"][value="{value}"]'
        label = f"label:has({box})"
        facet = f'[data-facet="{name}"]'
        self.find(".filter-panel")
        for way in (".filter-panel", f".facet:has({facet}):not({facet})", facet):
            opened = self.page.locator(way)
            if opened.count() and opened.first.get_attribute("open") is None:
                self.tap(f"{way} > summary")
        self.tap(label)
        self.page.wait_for_url(f"**{name}={value}**")

    def search(self, words: str) -> None:
        self.see("main input[type=search]").fill(words)
        self.page.keyboard.press("Enter")
        self.steps += 2
        self.page.wait_for_url("**q=**")


RESULT = ".rows > .row"


def parents(reader: Reader) -> None:
    ways = 'main a[href$="/audiences/families/"], main a[href*="audience=families"]'
    if reader.offers(ways):
        reader.tap(ways)
    else:
        reader.open_list()
        reader.choose("audience", "families")
    reader.see(f"main .titles a, {RESULT}")


def my_street(reader: Reader) -> None:
    """A street that no measure names: the answer is a sentence."""
    if reader.offers('main a[href*="nanyuan"]'):
        reader.tap('main a[href*="nanyuan"]')
    else:
        reader.search("南园")
    reader.see(".nothing p", "main h1:has-text('南园') + *", "main h1 ~ p")


def finance_and_how_sure(reader: Reader) -> None:
    reader.tap('main a[href$="/centres/finance/"]', 'main a[href*="centre=finance"]')
    reader.see("main [data-basis]:has-text('判断')", "main :text('编辑判断')", "main [data-basis]", RESULT)


def quote_16(reader: Reader) -> None:
    reader.tap('main a[href$="/measures/2020-16/"]')
    reader.tap('main a[href="#cite"]', ".cite summary")
    reader.see(".cite blockquote, .cite pre")


def pilots_to_excel(reader: Reader) -> None:
    reader.open_list()
    reader.choose("role", "pilot")
    if reader.offers(".filter-actions button"):
        reader.tap(".filter-actions button")
    with reader.page.expect_download():
        reader.see('a[href*=".xlsx"]').tap()
    reader.steps += 1


def changes_since_last_month(reader: Reader) -> None:
    reader.tap('a[href$="/changes/"]')
    reader.see(".history time, main time")


def compare_two_categories(reader: Reader) -> None:
    reader.open_list()
    reader.choose("category", "well-being")
    reader.choose("category", "grassroots-governance")
    if reader.offers(".filter-actions button"):
        reader.tap(".filter-actions button")
    reader.see(RESULT)
    reader.see(f'{RESULT}:has([data-category="5"])', f'{RESULT}[data-category="5"]', '[data-category="5"]')


def share_a_list(reader: Reader) -> None:
    """A button, or the address that the page gives for citing it."""
    reader.open_list()
    reader.choose("category", "well-being")
    if reader.offers(".filter-actions button"):
        reader.tap(".filter-actions button")
    reader.see("main [data-share]", ".cite dd a", ".cite a", ".downloads a")


def what_it_says_about_ai(reader: Reader) -> None:
    suggested = 'main a[href*="%E4%BA%BA%E5%B7%A5%E6%99%BA%E8%83%BD"]'
    if reader.offers(suggested):
        reader.tap(suggested)
    else:
        reader.search("人工智能")
    reader.see(f"{RESULT} .hit, {RESULT} mark, {RESULT}")


def only_explored(reader: Reader) -> None:
    reader.tap('a[href$="/gaps/"]')
    reader.tap(".found:has-text('探索') > summary", "summary:has-text('研究')", ".found > summary")
    reader.see(".found[open] .titles a, .found[open] a, .found[open] li")


TASKS: dict[str, Callable[[Reader], None]] = {
    "which measures concern parents": parents,
    "what happens in my street (Nanyuan, not named)": my_street,
    "the finance centre, and how sure that is": finance_and_how_sure,
    "quote measure 16": quote_16,
    "pilots to Excel": pilots_to_excel,
    "what changed since last month": changes_since_last_month,
    "compare two categories": compare_two_categories,
    "share a list": share_a_list,
    "what it says about AI": what_it_says_about_ai,
    "what is only explored and not promised": only_explored,
}


def report(browser, origin: str) -> bool:
    """Print a line for each task; whether all could be done."""
    Reader(browser, origin).page.context.close()  # pages are made once before anybody is timed
    print(f"{'task':50} {'steps':>6} {'screens':>8} {'seconds':>8}")
    done = True
    for name, task in TASKS.items():
        started = time.monotonic()
        reader = Reader(browser, origin)
        try:
            task(reader)
            seconds = time.monotonic() - started
            print(f"{name:50} {reader.steps:6} {reader.scrolled:8.1f} {seconds:8.1f}")
        except (LookupError, Error) as fault:
            done = False
            print(f"{name:50} not done: {str(fault).splitlines()[0]}")
        reader.page.context.close()
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--origin", help="of a running site; without it one is started")
    origin = parser.parse_args().origin
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        if origin:
            return 0 if report(browser, origin) else 1
        with running_site() as site:
            return 0 if report(browser, site.origin) else 1


if __name__ == "__main__":
    sys.exit(main())
