"""The head of a page for machines: addresses in all languages, Open Graph, meta tags of Chinese pages, structured data."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures import site
from measures.addresses import absolute, translated
from measures.language.bilingual import LANGUAGE_TAGS

from .metadata import PAGES, Page

# Languages as Open Graph writes them.
LOCALES = {"zh-hans": "zh_CN", "zh-hant": "zh_HK", "en": "en_GB"}
# Characters that would end a script element or start a comment in it.
SCRIPT_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def head(context) -> str:
    """The tags of the page that `context` renders; an error page only asks not to be indexed."""
    request = context["request"]
    resolved = getattr(request, "resolver_match", None)
    if not resolved or "view" not in context:
        return noindex()
    tags = [addresses(request)]
    if request.GET:  # a search or a filter: the address is good, but no entry for a search engine
        tags.append(noindex())
    if citation := context.get("citation"):
        tags.append(format_html_join("\n  ", '<meta name="{}" content="{}">', citation.tags))
    if build := PAGES.get(resolved.url_name):
        tags += describe(build(context), absolute(request.get_full_path()))
    return mark_safe("\n  ".join(tags))  # noqa: S308  every part comes from format_html


def noindex() -> str:
    return format_html('<meta name="robots" content="{}">', "noindex, follow")


def addresses(request) -> str:
    path, mark, query = request.get_full_path().partition("?")
    links = [("canonical", "", path)]
    links += [("alternate", tag, translated(path, language)) for language, tag in LANGUAGE_TAGS.items()]
    links.append(("alternate", "x-default", translated(path, settings.LANGUAGE_CODE)))
    return format_html_join(
        "\n  ",
        '<link rel="{}"{} href="{}">',
        (
            (rel, format_html(' hreflang="{}"', tag) if tag else "", absolute(address + mark + query))
            for rel, tag, address in links
        ),
    )


def describe(page: Page, address: str) -> list[str]:
    open_graph = [
        ("og:title", page.title),
        ("og:description", page.description),
        ("og:type", page.og_type),
        ("og:url", address),
        ("og:site_name", site.name()),
        ("og:locale", LOCALES[get_language()]),
        *(("og:locale:alternate", locale) for name, locale in LOCALES.items() if name != get_language()),
    ]
    tags = [format_html_join("\n  ", '<meta property="{}" content="{}">', open_graph)]
    if get_language() != "en":
        own = {
            "SiteName": site.name(),
            "SiteDomain": urlsplit(settings.SITE_ORIGIN).hostname,
            "SiteIDCode": settings.SITE_ID_CODE,
        }
        chinese = [(name, value) for name, value in (own | page.column | page.article).items() if value]
        tags.append(format_html_join("\n  ", '<meta name="{}" content="{}">', chinese))
    things = [*page.things]
    if page.crumbs:
        things.append(breadcrumbs([(_("Home"), reverse("home")), *page.crumbs]))
    if things:
        document = {"@context": "https://schema.org", "@graph": things}
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(SCRIPT_ESCAPES)
        tags.append(format_html('<script type="application/ld+json">{}</script>', mark_safe(text)))  # noqa: S308
    return tags


def breadcrumbs(crumbs: list[tuple[str, str]]) -> dict:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(crumbs, 1)
        ],
    }
