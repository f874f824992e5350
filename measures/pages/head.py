"""The head of a page for machines: addresses in all languages, Open Graph, meta tags of Chinese pages, structured data."""

import json
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures import site
from measures.addresses import absolute, translated
from measures.language.bilingual import LANGUAGE_TAGS
from measures.snapshots import asked_moment

from .metadata import PAGES, Page
from .schema_org import breadcrumbs

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
    cited = [citation_tags(context)] if "citation" in context else []
    if asked_moment.get():
        return mark_safe("\n  ".join([noindex("nofollow"), *cited]))  # noqa: S308  every part comes from format_html
    tags = [addresses(request), *cited]
    if request.GET:  # a search or a filter: the address is good, but no entry for a search engine
        tags.append(noindex())
    if build := PAGES.get(resolved.url_name):
        tags += describe(build(context), absolute(request.get_full_path()))
    return mark_safe("\n  ".join(tags))  # noqa: S308  every part comes from format_html


def noindex(links: str = "follow") -> str:
    return format_html('<meta name="robots" content="noindex, {}">', links)


def citation_tags(context) -> str:
    return format_html_join("\n  ", '<meta name="{}" content="{}">', context["citation"].tags)


def addresses(request) -> str:
    # Another look at the same list stands last in its address, and is no page of its own.
    own = request.get_full_path().removesuffix("view=matrix").rstrip("?&")
    path, mark, query = own.partition("?")
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


@cache
def picture(category: str) -> str:
    """The address of the picture of the category with this slug, or of the site's where it has none."""
    name = f"pictures/{category}.png"
    return absolute(static(name if category and finders.find(name) else "pictures/site.png"))


def describe(page: Page, address: str) -> list[str]:
    open_graph = [
        ("og:title", page.title),
        ("og:description", page.description),
        ("og:type", page.og_type),
        ("og:url", address),
        ("og:image", picture(page.picture)),
        ("og:image:width", "1200"),
        ("og:image:height", "630"),
        ("og:image:alt", page.title),
        ("og:site_name", site.name()),
        ("og:locale", LOCALES[get_language()]),
        *(("og:locale:alternate", locale) for name, locale in LOCALES.items() if name != get_language()),
    ]
    tags = [
        format_html_join("\n  ", '<meta property="{}" content="{}">', open_graph),
        format_html('<meta name="twitter:card" content="{}">', "summary_large_image"),
    ]
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
        tags.append(format_html('<script type="application/ld+json">{}</script>', mark_safe(text)))  # noqa: S308  no < > & is left
    return tags
