"""The sitemap: every page without parameters, in every language, with the day its content last changed.

/sitemap.xml is an index of files of bounded size, /sitemap-<section>.xml?p=<number>.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from .models import Audience, Category, Centre, DataVersion, District, SearchRow


class InEveryLanguage(Paginator):
    """Pages of (item, language). Django's own are cut from a list of all items; here only those of a page are read."""

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
        return [(name, ()) for name in ("home", "measure-list", "source", "data", "api", "about")]

    def location(self, item):
        name, arguments = item
        return reverse(name, args=arguments)

    @cached_property
    def data_version(self):
        return DataVersion.objects.live()

    def lastmod(self, item):
        return self.data_version.at

    def get_latest_lastmod(self):
        return self.data_version.at


class Topics(Pages):
    def items(self):
        return [
            (facet, (slug,))
            for facet, model in (
                ("category", Category),
                ("centre", Centre),
                ("audience", Audience),
                ("district", District),
            )
            for slug in model.objects.values_list("slug", flat=True)
        ]


class Measures(Pages):
    def items(self):
        return SearchRow.objects.in_plan_order()

    def location(self, row):
        return reverse("measure", args=[row.code])

    def lastmod(self, row):
        return row.edited_at

    def get_latest_lastmod(self):
        return SearchRow.objects.last_edit()


SITEMAPS = {"pages": Pages, "topics": Topics, "measures": Measures}


def index(request):
    # Django's view names the host that was asked for.
    request.META["HTTP_HOST"] = urlsplit(settings.SITE_ORIGIN).netloc
    return views.index(request, SITEMAPS, sitemap_url_name="sitemap-section")


def section(request, section):
    try:
        return views.sitemap(request, SITEMAPS, section)
    except Http404:
        raise Http404 from None  # what Django says is in English only
