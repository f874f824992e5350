"""TimeMaps (RFC 7089): the moments at which an address can be read."""

from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.http import http_date
from django.utils.translation import override

from measures.addresses import PLURALS, TIMEMAP, absolute, language_of_path, with_query
from measures.history.changes import Span
from measures.models import DataVersion, PublicVersion
from measures.selection.facets import NONE
from measures.selection.filter import RECORD_FACETS, MeasureFilter
from measures.selection.parameters import as_of, has_past, is_of_selection
from measures.selection.requests import InvalidParameters, existing_page

LINK_FORMAT = "application/link-format"
MAX_MEMENTOS = 500  # on a page
#: Name of an address -> the kind of the record that it is of, where it is not the kind's own.
KINDS = {"source": "plan", "measures": "measure"} | {plural: kind for kind, plural in PLURALS.items()}


def timemap(request: HttpRequest, path: str = "") -> HttpResponse:
    """The moments of the address after /timemap, the oldest first: of a measure, those in which it changed."""
    address = f"/{path}"
    if not has_past(address):
        raise Http404
    query = QueryDict(request.META["QUERY_STRING"], mutable=True)
    given = query.pop("p", ["1"])[-1]
    rest = query.urlencode()
    original = with_query(address, rest)
    pages = Paginator(moments_of(address, query), MAX_MEMENTOS)
    refuse_what_never_was(address, query, pages.count)
    if not pages.count:
        raise Http404
    page = pages.page(existing_page(given, pages.num_pages))

    def own(number: int) -> str:
        return absolute(with_query(TIMEMAP + address, rest, f"p={number}" if number > 1 else ""))

    links = [
        f'<{absolute(original)}>; rel="original"',
        f'<{own(page.number)}>; rel="self"; type="{LINK_FORMAT}"',
    ]
    for other in {page.number - 1, page.number + 1}.intersection(pages.page_range):
        links.append(f'<{own(other)}>; rel="timemap"; type="{LINK_FORMAT}"')
    for place, moment in enumerate(page, page.start_index()):
        relation = " ".join(["first"] * (place == 1) + ["last"] * (place == pages.count) + ["memento"])
        memento = absolute(as_of(original, moment.number))
        links.append(f'<{memento}>; rel="{relation}"; datetime="{http_date(moment.at.timestamp())}"')
    return HttpResponse(",\n".join(links) + "\n", content_type=LINK_FORMAT)


def refuse_what_never_was(address: str, query: QueryDict, moments: int) -> None:
    """Raise BadRequest where a value is none at any of so many moments: a record that is not public now may have been then."""
    Span.asked_for(query)
    errors = MeasureFilter(query).errors.as_data() if is_of_selection(address) else {}
    if errors and (not moments or not errors.keys() <= {*RECORD_FACETS}):
        raise InvalidParameters(errors)


def moments_of(address: str, query: QueryDict) -> QuerySet[DataVersion]:
    """The moments at which there is something to read: of a record, those since it was published, unless it was gone then; of
    a selection, those that know the records it names."""
    found = DataVersion.objects.filter(number__gt=0).order_by("number")
    with override(language_of_path(address)):
        match = resolve(address)
    name = (match.url_name or "").removeprefix("api-").removesuffix("-detail")
    key = match.kwargs.get("code") or match.kwargs.get("slug") or match.kwargs.get("key")
    if key is None:
        for facet in RECORD_FACETS:
            always = NONE if MeasureFilter.base_filters[facet].none_label else ""
            for value in query.getlist(facet):
                found = found if value == always else while_public(found, facet, value)
        return found
    if name == "changes":
        return found.filter(number__gte=PublicVersion.objects.filter(pk=key).values("data_version"))
    kind = "measure" if "code" in match.kwargs else KINDS.get(name, name)
    if kind != "measure":
        return while_public(found, kind, key)
    versions = PublicVersion.objects.filter(kind=kind, key=key)
    told = versions if name == "measure-history" else versions.filter(public=True)
    return found.filter(number__in=told.values("data_version"))


def while_public(moments: QuerySet[DataVersion], kind: str, key: str) -> QuerySet[DataVersion]:
    """Those of the moments at which the record was public."""
    versions = PublicVersion.objects.filter(kind=kind, key=key, data_version__lte=OuterRef("number"))
    return moments.filter(Subquery(versions.order_by("-number").values("public")[:1]))
