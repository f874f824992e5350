"""TimeMaps (RFC 7089): the moments at which an address can be read."""

from django.core.paginator import EmptyPage, Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.http import http_date
from django.utils.translation import override

from measures.addresses import PLURALS, TIMEMAP, absolute, language_of_path, with_query
from measures.models import DataVersion, PublicVersion
from measures.selection.parameters import as_of, has_past
from measures.selection.requests import number_of

LINK_FORMAT = "application/link-format"
MAX_MEMENTOS = 500  # on a page
#: Name of an address -> the kind of the record that it is of, where it is not the kind's own.
KINDS = {"source": "plan", "measures": "measure"} | {plural: kind for kind, plural in PLURALS.items()}


def timemap(request: HttpRequest, path: str = "") -> HttpResponse:
    """The moments of the address after /timemap, the oldest first: of a measure, those in which it changed."""
    if not has_past(f"/{path}"):
        raise Http404
    query = QueryDict(request.META["QUERY_STRING"], mutable=True)
    given = query.pop("p", ["1"])[-1]
    original = with_query(f"/{path}", query.urlencode())
    pages = Paginator(moments_of(f"/{path}"), MAX_MEMENTOS)
    try:
        page = pages.page(number_of(given))
    except EmptyPage:
        raise Http404 from None
    if not pages.count:
        raise Http404

    def own(number: int) -> str:
        return absolute(
            with_query(f"{TIMEMAP}/{path}", query.urlencode(), f"p={number}" if number > 1 else "")
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


def moments_of(path: str) -> QuerySet[DataVersion]:
    """The moments at which there is something to read: of a record, those since it was published, unless it was gone then."""
    found = DataVersion.objects.filter(number__gt=0).order_by("number")
    with override(language_of_path(path)):
        match = resolve(path)
    name = match.url_name.removeprefix("api-").removesuffix("-detail")
    if code := match.kwargs.get("code"):
        versions = PublicVersion.objects.filter(kind="measure", key=code, public=True)
        return found.filter(number__in=versions.values("data_version"))
    key = match.kwargs.get("slug") or match.kwargs.get("key")
    if key is None:
        return found
    if name == "changes":
        return found.filter(number__gte=PublicVersion.objects.filter(pk=key).values("data_version"))
    versions = PublicVersion.objects.filter(
        kind=KINDS.get(name, name), key=key, data_version__lte=OuterRef("number")
    )
    latest = versions.order_by("-number").values("public")[:1]
    return found.alias(is_there=Subquery(latest)).filter(is_there=True)
