"""Every public answer of the site: pages by following their links, and what machines read."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from measures.open_data.api.endpoints import ENDPOINTS
from measures.selection.parameters import as_of, has_past
from tests.public_pages import PREFIXES

MACHINE = [
    "/measures.csv",
    "/measures.json",
    "/datapackage.json",
    "/sitemap.xml",
    "/sitemap-pages.xml",
    "/sitemap-topics.xml",
    "/sitemap-measures.xml",
    "/api/schema/",
    "/timemap/",
    "/timemap/measures.csv",
    *(f"/api/{endpoint.name}/" for endpoint in ENDPOINTS),
    *(
        f"{prefix}/{name}"
        for prefix in PREFIXES
        for name in ("measures.atom", "changes.atom", "opensearch.xml", "measures/suggestions.json?q=jiao")
    ),
    *(f"/timemap{prefix}/measures/" for prefix in PREFIXES),
]
SKIPPED = ("/static/", "/admin/", "/en/admin/", "/zh-hant/admin/")


@dataclass
class Page(HTMLParser):
    """A page as it was answered: its ids, its links, its structured data and its words."""

    address: str
    markup: str = field(repr=False)

    def __post_init__(self):
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: set[str] = set()
        self.words: list[str] = []
        self.data: list[dict] = []
        self.inside = ""
        self.feed(self.markup)

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag in ("script", "style"):
            self.inside = attributes.get("type", tag)
        self.ids.update(filter(None, [attributes.get("id")]))
        if tag == "a" and attributes.get("href"):
            self.links.add(urljoin(self.address, attributes["href"]))
        self.words += [
            attributes[name] for name in ("content", "title", "alt", "aria-label") if attributes.get(name)
        ]

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.inside = ""

    def handle_data(self, data):
        if self.inside == "application/ld+json":
            self.data.append(json.loads(data))
        if self.inside in ("", "application/ld+json"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass
class Site:
    """What was found: pages by address, the other answers as text, and every address that was no 200, with why
    it was asked for."""

    pages: dict[str, Page] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def broken_fragments(self) -> set[str]:
        """Links to a part that their page does not have."""
        wanted = {link for page in self.pages.values() for link in page.links if urlsplit(link).fragment}
        parts = map(urldefrag, wanted)
        return {f"{at}#{part}" for at, part in parts if at in self.pages and part not in self.pages[at].ids}

    def repeated_ids(self) -> dict[str, list[str]]:
        found = {
            at: [name for name, count in page.ids.items() if count > 1] for at, page in self.pages.items()
        }
        return {at: names for at, names in found.items() if names}

    def mentioning(self, *words: str) -> set[str]:
        """The addresses whose answer holds one of the words."""
        whole = {at: page.markup for at, page in self.pages.items()} | self.answers
        return {at for at, text in whole.items() if any(word in text for word in words)}


def crawl(client, prefixes: Iterable[str] = PREFIXES, moment: int = 0) -> Site:
    """Every page that a link leads to, in these languages; selections of the list in English alone, one step deep. Of a
    moment of the past, every page that stays in it."""
    site, asked = Site(), set()
    whole = f"as_of={moment}" if moment else ""
    waiting = [(f"{prefix}/?{whole}".rstrip("?"), "") for prefix in prefixes]
    while waiting:
        address, on_page = waiting.pop()
        if address in asked:
            continue
        asked.add(address)
        response = client.get(address)
        if response.status_code != 200:
            site.faults[address] = f"{response.status_code}, linked on {on_page}"
            continue
        body = response.getvalue().decode(errors="replace")
        if not response.headers["Content-Type"].startswith("text/html"):
            site.answers[address] = body
            continue
        site.pages[address] = page = Page(address, body)
        if address.partition("?")[2] == whole:
            links = (urldefrag(link)[0] for link in page.links)
            waiting += {(link, address) for link in links if is_followed(link, prefixes, moment)}
    machine = [as_of(address, moment) for address in MACHINE if has_past(address)] if moment else MACHINE
    for address in machine:
        fetch(client, site, address)
    for endpoint in ENDPOINTS:
        address = as_of(f"/api/{endpoint.name}/", moment) if moment else f"/api/{endpoint.name}/"
        for record in json.loads(site.answers[address])["results"]:
            own = f"/api/{endpoint.name}/{record[endpoint.key]}/"
            fetch(client, site, as_of(own, moment) if moment else own)
    return site


def fetch(client, site: Site, address: str) -> None:
    """What a machine reads."""
    response = client.get(address)
    if response.status_code != 200:
        site.faults[address] = str(response.status_code)
    site.answers[address] = response.getvalue().decode(errors="replace")


def is_followed(link: str, prefixes: Iterable[str], moment: int) -> bool:
    parts = urlsplit(link)
    if parts.netloc or parts.path.startswith(SKIPPED) or parts.path.endswith(".xlsx"):
        return False
    # In the past, what is of the same moment; in the present, nothing of the past, as robots.txt asks crawlers to do.
    selection, _mark, number = parts.query.rpartition("as_of=")
    if number != str(moment) if moment else "as_of=" in parts.query:
        return False
    language = re.match("(/en|/zh-hant)?(?=/)", parts.path)
    if not language or (language[0] or "") not in prefixes:
        return False
    return not (selection if moment else parts.query) or re.match("/en/", parts.path) is not None
