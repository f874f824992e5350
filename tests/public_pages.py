"""Every type of page, once, and every page of the site."""

from measures.models import Audience, Category, Centre, District, Measure, Plan

PREFIXES = ("", "/zh-hant", "/en")
# One of each type.
PAGE_TYPES = [
    "/",
    "/measures/",
    "/measures/?category=well-being&centre=none",
    "/measures/?category=business-environment&category=well-being",  # side by side
    "/measures/?centre=finance&view=matrix",
    "/measures/?q=jiaoshi",
    "/measures/?district=xiangmihu&role=responsible",  # nothing found
    "/measures/?q=arbitratoin",  # only something close found
    "/measures/?category=unknown",  # cannot be read
    "/measures/2020-05/",
    "/measures/2020-15/history/",
    "/measures/2020-15/history/1/",
    "/categories/",
    "/centres/",
    "/audiences/",
    "/districts/",
    "/categories/well-being/",
    "/centres/finance/",
    "/audiences/families/",
    "/districts/futian/",
    "/plans/",
    "/plans/2020/",
    "/plans/2020/source/",
    "/glossary/",
    "/gaps/",
    "/data/",
    "/api/",
    "/changes/",
    "/cite/verify/",
    "/about/",
    "/no-such-page/",
]
# And others of the same types that look different.
ADDRESSES = [
    *PAGE_TYPES,
    "/measures/2020-01/",
    "/measures/2020-04/",
    "/measures/2020-15/",
    "/districts/hetao-zone/",
    "/districts/nanyuan/",
    "/centres/technology/",
    "/districts/xiangmihu/",
    "/measures/2020-99/",
]


def every_address() -> list[str]:
    """Every page without parameters, as the sitemap should list it."""
    addresses = ["/categories/", "/centres/", "/audiences/", "/districts/"]
    addresses += ["/", "/measures/", "/plans/", "/glossary/", "/gaps/", "/data/", "/api/", "/about/"]
    addresses += [f"/measures/{code}/" for code in Measure.objects.published().values_list("code", flat=True)]
    for slug in Plan.objects.filter(status="published").values_list("slug", flat=True):
        addresses += [f"/plans/{slug}/", f"/plans/{slug}/source/"]
    for folder, model in (
        ("categories", Category),
        ("centres", Centre),
        ("audiences", Audience),
        ("districts", District),
    ):
        addresses += [f"/{folder}/{slug}/" for slug in model.objects.values_list("slug", flat=True)]
    return addresses
