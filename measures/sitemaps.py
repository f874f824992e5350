"""The sitemap: every page without parameters, in every language, with the day its content last changed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.functional import cached_property

from .models import Audience, Category, Centre, DataVersion, District, Measure


class Pages(Sitemap):
    """Pages that show several records: each of them says which data version it shows."""

    i18n = alternates = x_default = True

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_ORIGIN).netloc  # never the Host header

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_ORIGIN).scheme

    def items(self):
        return [(name, ()) for name in ("home", "measure-list", "source", "data", "api", "about")]

    def location(self, item):
        name, arguments = item
        return reverse(name, args=arguments)

    @cached_property
    def data_version(self):
        return DataVersion.objects.get()

    def lastmod(self, item):
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
    limit = 10_000  # with three languages and their alternates about 10 MB, below the protocol's 50

    def items(self):
        return Measure.objects.published().with_edit_times().only("code")

    def location(self, measure):
        return reverse("measure", args=[measure.code])

    def lastmod(self, measure):
        return measure.edited_at


SITEMAPS = {"pages": Pages, "topics": Topics, "measures": Measures}
