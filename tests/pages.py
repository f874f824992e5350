"""Every type of page, once, and every page of the site."""

from measures.models import Audience, Category, Centre, District, Measure

PREFIXES = ("", "/zh-hant", "/en")
# One of each type; a second where the second looks different.
ADDRESSES = [
    "/",
    "/measures/",
    "/measures/?category=well-being&centre=none",
    "/measures/?district=xiangmihu&role=responsible",
    "/measures/?category=unknown",
    "/measures/2020-15/",
    "/measures/2020-01/",
    "/measures/2020-04/",
    "/categories/well-being/",
    "/centres/finance/",
    "/audiences/families/",
    "/districts/futian/",
    "/districts/hetao-zone/",
    "/districts/nanyuan/",
    "/source/",
    "/about/",
    "/measures/2020-99/",
    "/no-such-page/",
]


def every_address() -> list[str]:
    """Every page without parameters, as the sitemap should list it."""
    addresses = ["/", "/measures/", "/source/", "/about/"]
    addresses += [f"/measures/{code}/" for code in Measure.objects.published().values_list("code", flat=True)]
    for folder, model in (
        ("categories", Category),
        ("centres", Centre),
        ("audiences", Audience),
        ("districts", District),
    ):
        addresses += [f"/{folder}/{slug}/" for slug in model.objects.values_list("slug", flat=True)]
    return addresses
