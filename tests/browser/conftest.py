"""A real site and a real browser: granian on the worker's test database, and the system's Chromium.

Without Chromium these tests are skipped and say so; with CI or FUTIAN_REQUIRE_BROWSER in the environment they fail.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from functools import partial
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import sync_playwright

from benchmarks.site import free_port
from futian_reform.operations.embedded_postgres import die_with_parent

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# The same browser without the parts that draw windows: it takes half the time of the processor.
SHELL = "chromium-headless-shell"
OPTIONS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# WCAG 2.2's size of targets is off by default.
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# Playwright keeps an event loop in this thread; Django would refuse its ORM to the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def live_site(databases):
    """The origin of a running site on this worker's test database, such as http://127.0.0.1:40123."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    environment = os.environ | {"SITE_ORIGIN": origin, "FUTIAN_DATA": str(settings.FUTIAN_DATA)}
    for name in ("DATABASE_URL", "DATABASE_READER_URL"):
        if url := os.environ.get(name):
            environment[name] = urlsplit(url)._replace(path=f"/{databases.name}").geturl()
    arguments = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *arguments, "futian_reform.wsgi:application"],
        env=environment,
        cwd=settings.BASE_DIR,
        preexec_fn=partial(die_with_parent, signal.SIGTERM),
    )
    try:
        wait_for(f"{origin}/healthz", server)
        yield origin
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (URLError, ConnectionError):
            assert server.poll() is None, "the site ended before it answered"
            assert time.monotonic() < deadline, "the site did not answer within a minute"
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        program = chromium(SHELL)
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


def chromium(*preferred: str) -> str:
    program = next(filter(None, map(shutil.which, (*preferred, *PROGRAMS))), None)
    if not program:
        report = pytest.fail if required() else pytest.skip
        report("No Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)")
    return program


def required() -> bool:
    return bool(os.environ.get("CI") or os.environ.get("FUTIAN_REQUIRE_BROWSER"))


class Profiles:
    """Browser profiles by their options. To open one costs a second of the processor, to empty one hardly anything."""

    def __init__(self, browser, origin: str):
        self.browser, self.origin = browser, origin
        self.empty: dict[str, list[tuple]] = {}
        self.taken: list[tuple] = []

    def take(self, options: dict):
        """A profile in which nothing is stored."""
        kind = json.dumps(options, sort_keys=True)
        if kept := self.empty.get(kind):
            profile = kept.pop()
        else:
            context = self.browser.new_context(base_url=self.origin, **options)
            context.set_default_timeout(10_000)
            # A page that stays, since what empties a profile is asked of one of its pages.
            tools = context.new_cdp_session(context.new_page())
            profile = kind, context, context.pages[0], tools
        self.taken.append(profile)
        return profile[1]

    def give_back(self):
        """Empty those that were taken: pages first, since some store something when they are left."""
        for kind, context, stays, tools in self.taken:
            for page in context.pages:
                if page != stays:
                    page.close()
            context.clear_cookies()
            tools.send("Network.clearBrowserCache")
            for origin in (self.origin, named(self.origin)):
                tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            self.empty.setdefault(kind, []).append((kind, context, stays, tools))
        self.taken = []


def named(origin: str) -> str:
    """The site under a name, which passkeys need."""
    return origin.replace("127.0.0.1", "localhost")


def watch(page, origin: str, faults: list[str]) -> None:
    """Note where a page breaks the Content-Security-Policy, throws an uncaught error or asks another origin for anything."""

    def watch_console(message):
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def watch_request(request):
        if not request.url.startswith((origin, named(origin), "data:", "blob:")):
            faults.append(f"request to another origin: {request.url}")

    page.on("console", watch_console)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", watch_request)


@pytest.fixture(scope="session")
def profiles(browser, live_site):
    return Profiles(browser, live_site)


@pytest.fixture
def new_page(profiles, live_site):
    """`new_page(**options of a browser context)` opens a tab of an empty browser profile at the site's origin.

    The test fails at its end where a page did what `watch` notes.
    """
    faults = []

    def open_page(**options):
        page = profiles.take(options).new_page()
        watch(page, live_site, faults)
        return page

    yield open_page
    profiles.give_back()
    assert faults == []


@pytest.fixture
def page(new_page):
    """A tab on a desktop; `page.goto("/measures/")` starts at the site's origin."""
    return new_page(viewport={"width": 1280, "height": 900})


@pytest.fixture(scope="session")
def axe():
    """`axe(page)` is the list of what axe finds wrong with the page: (rule, the elements' markup)."""
    runner = Axe()

    def violations(page) -> list[tuple[str, list[str]]]:
        found = runner.run(page, options=AXE_OPTIONS).response["violations"]
        return [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found]

    return violations
