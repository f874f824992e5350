"""The endpoints: each has its records in pages at /api/<name>/, and one record at /api/<name>/<key>/."""

import json
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from measures.addresses import CODE_PATTERN, PLURALS, absolute, with_query
from measures.catalogue import Catalogue
from measures.history.changes import Span
from measures.history.events import described
from measures.history.names import public_names
from measures.history.records import not_public
from measures.models import PublicVersion
from measures.open_data.fields import SLUG, RecordType
from measures.open_data.json_list import JSON_TYPE
from measures.open_data.records import MEASURE, record
from measures.selection.parameters import in_moment
from measures.selection.requests import existing_page, selected

#: The keys of all records, in order. Those of changes are never read as a whole: there it is a queryset.
Keys = Sequence[Any] | QuerySet[Any]

PAGE_SIZE = 50


class Endpoint(View):
    """Records of one kind. A subclass says which, and which keys there are; `records` reads those of one page."""

    name = ""
    many: str | Promise = ""
    one: str | Promise = ""
    listed: RecordType
    retrieved: RecordType
    key = "slug"
    key_pattern = SLUG["pattern"]

    def keys(self) -> Keys:
        """The keys of all records, in their order."""
        raise NotImplementedError

    def records(self, keys: Iterable[Any]) -> Iterable[Any]:
        """The records with these keys, in their order."""
        raise NotImplementedError

    def record(self, key: str) -> Any:
        """The record with this key; None where there is none."""
        raise NotImplementedError

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.catalogue = Catalogue.current()

    def get(self, request: HttpRequest, key: str = "") -> HttpResponse:
        return self.get_one(key) if key else self.get_page(request)

    def get_one(self, key: str) -> HttpResponse:
        record = self.record(key)
        if record is None and self.name == "measures":
            raise not_public(key)
        if record is None:
            raise Http404(_("There is no such record here, or it is not published."))
        return as_json(self.retrieved.as_json(record))

    def get_page(self, request: HttpRequest) -> HttpResponse:
        """Fifty records: `count` in all, the data `version`, the addresses of the `next` and `previous` page, `results`."""
        paginator = Paginator(self.keys(), PAGE_SIZE)
        page = paginator.page(existing_page(request.GET.get("page") or "1", paginator.num_pages))
        return as_json(
            {
                "count": paginator.count,
                "version": self.catalogue.version.number,
                "next": page_address(request, page.number + 1) if page.has_next() else None,
                "previous": page_address(request, page.number - 1) if page.has_previous() else None,
                "results": list(map(self.listed.as_json, self.records(page.object_list))),
            }
        )


def as_json(document: dict[str, Any]) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type=JSON_TYPE)


def page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    if number > 1:
        query["page"] = str(number)
    return absolute(in_moment(with_query(request.path, query.urlencode())))


class Measures(Endpoint):
    name = "measures"
    many, one = _("The measures of a selection"), _("One measure")
    listed = retrieved = MEASURE
    key, key_pattern = "code", CODE_PATTERN

    def keys(self) -> Keys:
        return array("q", selected(self.request).keys)

    def records(self, keys: Iterable[Any]) -> Iterable[Any]:
        return self.catalogue.measures(list(keys))

    def record(self, key: str) -> Any:
        return self.catalogue.measure(key)


class VocabularyEndpoint(Endpoint):
    """Records of one kind of the vocabulary, which a subclass names."""

    kind = ""

    def __init_subclass__(cls) -> None:
        cls.name = PLURALS[cls.kind]
        cls.listed = cls.retrieved = record(cls.kind.capitalize())

    def keys(self) -> Keys:
        return list(self.catalogue.vocabulary.records(self.kind))

    def records(self, keys: Iterable[Any]) -> Iterable[Any]:
        return list(map(self.record, keys))

    def record(self, key: str) -> Any:
        return self.catalogue.vocabulary.records(self.kind).get(key)


class Categories(VocabularyEndpoint):
    kind = "category"
    many, one = _("The categories of the plans"), _("One category")


class Centres(VocabularyEndpoint):
    kind = "centre"
    many, one = _("The four centres"), _("One centre")


class Audiences(VocabularyEndpoint):
    kind = "audience"
    many, one = _("The groups that measures concern"), _("One group")


class Districts(VocabularyEndpoint):
    kind = "district"
    many, one = _("The district and its places"), _("One place")


class Plans(VocabularyEndpoint):
    kind = "plan"
    many, one = _("The plans"), _("One plan, with the paragraphs of its source by their opening words")


class Terms(VocabularyEndpoint):
    kind = "term"
    many, one = _("The terms of the plans, explained"), _("One term")

    def record(self, key: str) -> Any:
        return self.catalogue.terms.get(key)


class Changes(Endpoint):
    name = "changes"
    many = _("All public changes, the newest first")
    one = _("One change, with the record as it stood then")
    listed, retrieved = record("Change"), record("ChangeWithRecord")
    key, key_pattern = "id", "[0-9]{1,18}"

    def keys(self) -> Keys:
        return Span.asked_for(self.request.GET).events()

    def records(self, keys: Iterable[Any]) -> Iterable[Any]:
        return described(keys, public_names(self.catalogue.vocabulary))

    def record(self, key: str) -> Any:
        found = self.records(PublicVersion.objects.events().filter(pk=key))
        return next(iter(found), None)


ENDPOINTS: tuple[type[Endpoint], ...] = (
    Audiences, Categories, Centres, Changes, Districts, Measures, Plans, Terms,
)  # fmt: skip
