"""TimeMaps (RFC 7089): the moments at which an address can be read."""

from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.http import http_date
from django.utils.translation import override

from measures.addresses import absolute, language_of_path
from measures.models import DataVersion, PublicVersion
from measures.selection.parameters import as_of, has_past

LINK_FORMAT = "application/link-format"
MAX_MEMENTOS = 500  # on a page


def timemap(request: HttpRequest, path: str = "") -> HttpResponse:
    """The moments of the address after /timemap, the oldest first: those in which a measure changed, of others all."""
    if not has_past(f"/{path}"):
        raise Http404
    query = QueryDict(request.META["QUERY_STRING"], mutable=True)
    given = query.pop("p", ["1"])[-1]
    original = f"/{path}?{query.urlencode()}" if query else f"/{path}"
    pages = Paginator(moments_of(f"/{path}"), MAX_MEMENTOS)
    try:
        page = pages.page(int(given) if given.isascii() and given.isdecimal() else 0)
    except EmptyPage:
        raise Http404 from None
    if not pages.count:
        raise Http404

    def own(number: int) -> str:
        return absolute(
            f"/timemap{original}{'&' if query else '?'}{urlencode({'p': number})}"
            if number > 1
            else f"/timemap{original}"
        )

    links = [
        f'<{absolute(original)}>; rel="original"',
        f'<{own(page.number)}>; rel="self"; type="{LINK_FORMAT}"',
    ]
    for other in {page.number - 1, page.number + 1}.intersection(pages.page_range):
        links.append(f'<{own(other)}>; rel="timemap"; type="{LINK_FORMAT}"')
    for place, moment in enumerate(page, page.start_index()):
        relation = " ".join(["first"] * (place == 1) + ["last"] * (place == pages.count) + ["memento"])
        address = absolute(as_of(original, moment.number))
        links.append(f'<{address}>; rel="{relation}"; datetime="{http_date(moment.at.timestamp())}"')
    return HttpResponse(",\n".join(links) + "\n", content_type=LINK_FORMAT)


def moments_of(path: str):
    found = DataVersion.objects.filter(number__gt=0).order_by("number")
    with override(language_of_path(path)):
        code = resolve(path).kwargs.get("code")
    if code is None:
        return found
    versions = PublicVersion.objects.filter(kind="measure", key=code, public=True)
    return found.filter(number__in=versions.values("data_version"))
