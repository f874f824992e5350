"""The sitemap: every page without parameters, in every language, with the day its content last changed.

/sitemap.xml is an index of files of bounded size, /sitemap-<section>.xml?p=<number>.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from measures.catalogue import Catalogue
from measures.selection.filter import RECORD_FACETS
from measures.selection.numbers import everything

from .doors import KINDS


class InEveryLanguage(Paginator):
    """Pages of pairs (item, language). Django's own paginator lists all items first; this one reads those of one page."""

    def _get_page(self, items, *args, **kwargs):
        pairs = [(item, language) for item in items for language, _name in settings.LANGUAGES]
        return super()._get_page(pairs, *args, **kwargs)


class Pages(Sitemap):
    """Pages that show several records: each of them says which data version it shows."""

    i18n = alternates = x_default = True
    limit = 500  # items of a file, each in three languages that name one another: 0.7 MB
    protocol = urlsplit(settings.SITE_ORIGIN).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_ORIGIN).netloc  # never the Host header

    @property
    def paginator(self):
        return InEveryLanguage(self.items(), self.limit)

    def items(self):
        indexes = [kind.index for kind in KINDS.values()]
        names = ("home", "measure-list", "plans", *indexes, "glossary", "gaps", "data", "api", "about")
        return [(name, ()) for name in names]

    def location(self, item):
        name, arguments = item
        return reverse(name, args=arguments)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue.current()

    def lastmod(self, item):
        return self.catalogue.version.at


class Topics(Pages):
    def items(self):
        vocabulary = self.catalogue.vocabulary
        topics = [(facet, (slug,)) for facet in RECORD_FACETS for slug in vocabulary.records(facet)]
        return [*topics, *(("source", (slug,)) for slug in vocabulary.plan)]


class SitemapItems(Sequence):
    """The items of the sitemap of measures: code and last edit of each, in plan order; a slice reads no more than its own."""

    def __init__(self, catalogue: Catalogue):
        self.catalogue = catalogue

    def __len__(self):
        return everything(self.catalogue).total

    def __getitem__(self, at: slice) -> list[tuple[str, datetime]]:
        keys = islice(everything(self.catalogue).in_order(self.catalogue.order("number")), at.start, at.stop)
        return self.catalogue.edit_times(list(keys))


class Measures(Pages):
    def items(self):
        return SitemapItems(self.catalogue)

    def location(self, item):
        return reverse("measure", args=[item[0]])

    def lastmod(self, item):
        return item[1]

    def get_latest_lastmod(self):
        newest = islice(everything(self.catalogue).in_order(self.catalogue.order("edited")), 1)
        times = self.catalogue.edit_times(list(newest))
        return times[0][1] if times else None


SITEMAPS = {"pages": Pages, "topics": Topics, "measures": Measures}


def index(request):
    # Django's view names the host that was asked for.
    request.META["HTTP_HOST"] = urlsplit(settings.SITE_ORIGIN).netloc
    return views.index(request, SITEMAPS, sitemap_url_name="sitemap-section")


def section(request, section):
    try:
        return views.sitemap(request, SITEMAPS, section)
    except Http404:
        raise Http404 from None  # Django's message is in English only
