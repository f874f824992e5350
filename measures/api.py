"""The read-only JSON API. It shows the records of the pages, narrowed by the same filter, in both languages.

Field names are public and stable: fields may be added, none is renamed or removed.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import include, path
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, negotiation, pagination, serializers, viewsets
from rest_framework.filters import BaseFilterBackend
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from . import exports
from .addresses import CODE_PATTERN, absolute, measure_path, version_path
from .filters import MeasureFilter, canonical_redirect
from .models import (
    Action,
    Audience,
    Category,
    Centre,
    CentreLink,
    DataVersion,
    District,
    DistrictRole,
    Measure,
    Plan,
    SourceParagraph,
    Version,
)
from .selections import SelectionView, selected

PAGE_SIZE = 50

# --- Records ---


class SlugNames(serializers.ModelSerializer):
    """A record by its slug and its names."""

    class Meta:
        fields = ["slug", "name_zh", "name_en"]


class CategoryNames(SlugNames):
    class Meta(SlugNames.Meta):
        model = Category


class AudienceSerializer(SlugNames):
    class Meta(SlugNames.Meta):
        model = Audience


class ActionSerializer(serializers.ModelSerializer):
    paragraph = serializers.IntegerField(
        source="paragraph.number", help_text=_("Number of the source paragraph that states it.")
    )

    class Meta:
        model = Action
        fields = ["position", "text_zh", "text_en", "paragraph"]


class CentreLinkSerializer(serializers.ModelSerializer):
    slug = serializers.SlugField(source="centre.slug")
    name_zh = serializers.CharField(source="centre.name_zh")
    name_en = serializers.CharField(source="centre.name_en")

    class Meta:
        model = CentreLink
        fields = ["slug", "name_zh", "name_en", "basis", "reason_zh", "reason_en"]


class DistrictRoleSerializer(serializers.ModelSerializer):
    slug = serializers.SlugField(source="district.slug")
    name_zh = serializers.CharField(source="district.name_zh")
    name_en = serializers.CharField(source="district.name_en")

    class Meta:
        model = DistrictRole
        fields = ["slug", "name_zh", "name_en", "role", "note_zh", "note_en"]


class MeasureSerializer(serializers.ModelSerializer):
    year = serializers.IntegerField(source="plan_id", help_text=_("Year of the plan."))
    url = serializers.SerializerMethodField(help_text=_("Address of the measure’s page."))
    category = CategoryNames()
    parent = serializers.CharField(
        source="parent.code",
        default=None,
        allow_null=True,
        help_text=_("Code of the measure a derived one was split from; empty for named measures."),
    )
    parts = serializers.SlugRelatedField(
        slug_field="code",
        many=True,
        read_only=True,
        help_text=_("Codes of the measures that were split from this one."),
    )
    paragraphs = serializers.SlugRelatedField(
        slug_field="number",
        many=True,
        read_only=True,
        help_text=_("Numbers of the source paragraphs the measure rests on."),
    )
    audiences = AudienceSerializer(
        many=True, help_text=_("Slugs of the groups the measure concerns, in the editors’ reading.")
    )
    actions = ActionSerializer(many=True)
    centres = CentreLinkSerializer(source="centre_links", many=True)
    districts = DistrictRoleSerializer(source="district_roles", many=True)
    version = serializers.IntegerField(
        source="version_number",
        help_text=_("Number of this version of the record; it rises by one with every change."),
    )
    version_url = serializers.SerializerMethodField(
        help_text=_("Permanent address of exactly this version of the record.")
    )
    edited = serializers.SerializerMethodField(help_text=_("When this version was made, in UTC."))

    class Meta:
        model = Measure
        fields = [
            "code",
            "year",
            "number",
            "slug",
            "url",
            "title_zh",
            "title_en",
            "official_name_zh",
            "category",
            "summary_zh",
            "summary_en",
            "basis",
            "parent",
            "parts",
            "paragraphs",
            "audiences",
            "keywords_zh",
            "keywords_en",
            "actions",
            "centres",
            "districts",
            "note_zh",
            "note_en",
            "version",
            "version_url",
            "edited",
        ]

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, measure) -> str:
        return absolute(measure_path(measure.code))

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_version_url(self, measure) -> str:
        return absolute(version_path(measure.code, measure.version_number))

    @extend_schema_field({"type": "string", "format": "date-time"})
    def get_edited(self, measure) -> str:
        return exports.iso(measure.edited_at)


class CategorySerializer(serializers.ModelSerializer):
    year = serializers.IntegerField(source="plan_id", help_text=_("Year of the plan."))
    paragraphs = serializers.SlugRelatedField(slug_field="number", many=True, read_only=True)

    class Meta:
        model = Category
        fields = ["slug", "year", "number", "name_zh", "name_en", "intro_zh", "intro_en", "paragraphs"]


class CentreSerializer(serializers.ModelSerializer):
    paragraphs = serializers.SlugRelatedField(slug_field="number", many=True, read_only=True)

    class Meta:
        model = Centre
        fields = [
            "slug",
            "order",
            "name_zh",
            "name_en",
            "short_zh",
            "short_en",
            "epithet_zh",
            "epithet_en",
            "description_zh",
            "description_en",
            "paragraphs",
        ]


class DistrictSerializer(serializers.ModelSerializer):
    parent = serializers.SlugRelatedField(
        slug_field="slug", read_only=True, allow_null=True, help_text=_("Slug of the place it lies in.")
    )

    class Meta:
        model = District
        fields = [
            "slug",
            "kind",
            "name_zh",
            "name_en",
            "pinyin",
            "code",
            "parent",
            "aliases",
            "note_zh",
            "note_en",
        ]


class SourceParagraphSerializer(serializers.ModelSerializer):
    class Meta:
        model = SourceParagraph
        fields = ["number", "heading", "opening"]


class PlanSerializer(serializers.ModelSerializer):
    source_paragraphs = SourceParagraphSerializer(many=True)

    class Meta:
        model = Plan
        fields = [
            "slug",
            "year",
            "title_zh",
            "title_en",
            "short_title_zh",
            "short_title_en",
            "issuer_zh",
            "issuer_en",
            "source_zh",
            "source_en",
            "intro_zh",
            "intro_en",
            "method_zh",
            "method_en",
            "source_paragraphs",
        ]


class ChangeSerializer(serializers.ModelSerializer):
    """That a record changed: which, when, and why if the editors said so. Who is not public."""

    at = serializers.SerializerMethodField(help_text=_("When, in UTC."))
    data_version = serializers.IntegerField(help_text=_("Data version that the change belongs to."))

    class Meta:
        model = Version
        fields = ["id", "kind", "key", "number", "at", "note", "data_version"]
        extra_kwargs = {
            "key": {"help_text": _("Code or slug of the record.")},
            "number": {"help_text": _("Number of the version of the record, from 1.")},
            "note": {"help_text": _("Why, in the editors’ words; may be empty.")},
        }

    @extend_schema_field({"type": "string", "format": "date-time"})
    def get_at(self, version) -> str:
        return exports.iso(version.at)


class ChangeWithRecordSerializer(ChangeSerializer):
    document = serializers.JSONField(help_text=_("The whole record as it stood then."))

    class Meta(ChangeSerializer.Meta):
        fields = [*ChangeSerializer.Meta.fields, "document"]


# --- What all endpoints share ---


class OneForm(negotiation.BaseContentNegotiation):
    """JSON, whatever is accepted: an address has one answer, so caches need not look at headers."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Pages(pagination.BasePagination):
    """Fifty records a page: `count` in all, the data `version`, `next` and `previous` pages, `results`."""

    def paginate_queryset(self, queryset, request, view=None):
        paginator = Paginator(queryset, PAGE_SIZE)
        number = request.GET.get("page", "1")
        readable = number.isascii() and number.isdecimal() and len(number) < 10
        if not readable or not 1 <= int(number) <= paginator.num_pages:
            message = _("This list has {pages} pages; there is no page “{number}”.")
            raise Http404(format_lazy(message, pages=paginator.num_pages, number=number[:20]))
        self.request, self.page = request, paginator.page(int(number))
        return list(self.page)

    def get_paginated_response(self, data):
        page = self.page
        return Response(
            {
                "count": page.paginator.count,
                "version": self.request.data_version.number,
                "next": self._address(page.number + 1) if page.has_next() else None,
                "previous": self._address(page.number - 1) if page.has_previous() else None,
                "results": data,
            }
        )

    def _address(self, number: int) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        if number > 1:
            query["page"] = str(number)
        return absolute(f"{self.request.path}?{query.urlencode()}" if query else self.request.path)

    def get_paginated_response_schema(self, schema):
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "version", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": str(_("How many records there are in all."))},
                "version": {"type": "integer", "description": str(_("Data version."))},
                "next": {**link, "description": str(_("Address of the next page."))},
                "previous": {**link, "description": str(_("Address of the previous page."))},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": "page",
                "in": "query",
                "required": False,
                "description": str(_("Number of the page, from 1; each has fifty records.")),
                "schema": {"type": "integer", "minimum": 1, "default": 1},
            }
        ]


def describe_problems(result, **kwargs):
    """Adds to the OpenAPI document the problems that every operation can answer with."""
    text = {"type": "string"}
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "description": str(_("What went wrong, as RFC 9457 describes it.")),
        "required": ["type", "status", "title", "title_zh", "detail", "detail_zh"],
        "properties": {
            "type": text,
            "status": {"type": "integer"},
            "title": text,
            "title_zh": text,
            "detail": {**text, "description": str(_("What happened and what to do, in English."))},
            "detail_zh": {**text, "description": str(_("The same in Chinese."))},
            "errors": {
                "type": "array",
                "description": str(_("For each parameter that could not be read, its name and why.")),
                "items": {
                    "type": "object",
                    "required": ["parameter", "detail", "detail_zh"],
                    "properties": {"parameter": text, "detail": text, "detail_zh": text},
                },
            },
        },
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for address, operations in result["paths"].items():
        for operation in operations.values():
            if address == "/api/measures/":
                operation["responses"]["302"] = {
                    "description": "One selection has one address: other orders, repeated and unknown parameters lead there."
                }
            operation["responses"]["400"] = {
                "description": str(_("The address cannot be read.")),
                "content": content,
            }
            operation["responses"]["404"] = {
                "description": str(_("There is no such record or page.")),
                "content": content,
            }
    return result


class MeasureSelection(BaseFilterBackend):
    """The parameters of the list page, in the API."""

    def filter_queryset(self, request, queryset, view):
        return selected(request).qs.for_export() if view.action == "list" else queryset

    def get_schema_operation_parameters(self, view):
        return filter_parameters()


def filter_parameters() -> list[dict]:
    """MeasureFilter's parameters as OpenAPI describes them, with the values that exist today."""
    parameters = []
    for name, form_field in MeasureFilter({}, Measure.objects.none()).form.fields.items():
        schema = {"type": "string"}
        if values := [str(value) for value, _label in getattr(form_field, "choices", ()) if str(value)]:
            schema["enum"] = values
        elif form_field.max_length:
            # Neither NUL nor what undecodable bytes become.
            schema |= {"maxLength": form_field.max_length, "pattern": r"^[^\u0000\uFFFD]*$"}
        if isinstance(form_field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)):
            schema = {"type": "array", "items": schema}
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(form_field.label or name),
                "schema": schema,
            }
        )
    return parameters


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    http_method_names = ["get", "head", "options"]
    content_negotiation_class = OneForm
    pagination_class = Pages
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def handle_exception(self, exc):
        raise exc  # the site answers, in the form of the address

    def get_object(self):
        try:
            return super().get_object()
        except Http404:
            raise Http404(_("There is no such record here, or it is not published.")) from None


def described(many: str, one: str):
    return extend_schema_view(list=extend_schema(summary=many), retrieve=extend_schema(summary=one))


@described(_("The measures of a selection"), _("One measure"))
class MeasureViewSet(ReadOnly):
    queryset = Measure.objects.published().for_export()
    serializer_class = MeasureSerializer
    filter_backends = [MeasureSelection]
    lookup_field = "code"
    lookup_value_regex = CODE_PATTERN

    def list(self, request, *args, **kwargs):
        redirect = canonical_redirect(request, selected(request), request.GET.get("page") or "1")
        return redirect or super().list(request, *args, **kwargs)


@described(_("The categories of the plan"), _("One category"))
class CategoryViewSet(ReadOnly):
    queryset = Category.objects.prefetch_related("paragraphs")
    serializer_class = CategorySerializer


@described(_("The four centres"), _("One centre"))
class CentreViewSet(ReadOnly):
    queryset = Centre.objects.prefetch_related("paragraphs")
    serializer_class = CentreSerializer


@described(_("The groups that measures concern"), _("One group"))
class AudienceViewSet(ReadOnly):
    queryset = Audience.objects.all()
    serializer_class = AudienceSerializer


@described(_("The district and its places"), _("One place"))
class DistrictViewSet(ReadOnly):
    queryset = District.objects.select_related("parent")
    serializer_class = DistrictSerializer


@described(_("The plans"), _("One plan, with the paragraphs of its source by their opening words"))
class PlanViewSet(ReadOnly):
    queryset = Plan.objects.prefetch_related("source_paragraphs")
    serializer_class = PlanSerializer


@described(_("All public changes, the newest first"), _("One change, with the record as it stood then"))
class ChangeViewSet(ReadOnly):
    queryset = Version.objects.public().exclude(event="")
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"

    def get_serializer_class(self):
        return ChangeWithRecordSerializer if self.action == "retrieve" else ChangeSerializer


# --- The list and one measure as files ---


def reading(serializer: serializers.Serializer) -> Callable[[object], dict]:
    """What makes of a `records.record()` what `serializer` makes of a model instance, forty times as fast.

    The values are there as JSON has them, so that nothing is left to do for the fields but to say where they stand.
    """

    def reader(field: serializers.Field) -> Callable:
        if isinstance(field, serializers.SerializerMethodField):
            return getattr(serializer, field.method_name)
        if isinstance(field, serializers.ManyRelatedField):
            each = attrgetter(field.child_relation.slug_field)
        elif isinstance(field, serializers.ListSerializer):
            each = reading(field.child)
        elif isinstance(field, serializers.Serializer):
            one, get = reading(field), attrgetter(field.source)
            return lambda record: one(get(record))
        elif field.allow_null:  # a code: `parent.code` of what may have no parent
            whole, inner = map(attrgetter, field.source.split("."))
            return lambda record: (found := whole(record)) and inner(found)
        else:
            return attrgetter(field.source)
        of = attrgetter(field.source)
        return lambda record: [each(part) for part in of(record)]

    readers = [(name, reader(field)) for name, field in serializer.fields.items()]
    return lambda record: {name: read(record) for name, read in readers}


def json_chunks(measures: Iterable, count: int, version: DataVersion) -> Iterator[bytes]:
    """`{"count", "version", "measures"}` of these `count` measures in pieces, one record a line."""
    head = {"count": count, "version": version.number}
    lines, comma = [json.dumps(head)[:-1] + ', "measures": ['], ""
    read = reading(MeasureSerializer())
    for position, measure in enumerate(measures):
        lines.append(comma + "\n" + json.dumps(read(measure), ensure_ascii=False))
        comma = ","
        if position % 20 == 0:
            yield "".join(lines).encode()
            lines = []
    yield ("".join(lines) + "\n]}\n").encode()


class MeasuresJson(SelectionView):
    def answer(self, filterset, query, version):
        measures = exports.records_of(filterset.keys, filterset.edition)
        chunks = json_chunks(measures, filterset.fitting.total, version)
        return exports.stream(self.request, chunks, "application/json")


def measure_json(request, code):
    measure = Measure.objects.published().for_export().filter(code=code).first()
    if measure is None:
        raise Http404(_("There is no such record here, or it is not published."))
    text = exports.dumped(MeasureSerializer(measure).data)
    return HttpResponse(text, content_type="application/json")


# --- Addresses and description ---

router = SimpleRouter()
for name, view in (
    ("measures", MeasureViewSet),
    ("categories", CategoryViewSet),
    ("centres", CentreViewSet),
    ("audiences", AudienceViewSet),
    ("districts", DistrictViewSet),
    ("plans", PlanViewSet),
    ("changes", ChangeViewSet),
):
    router.register(f"api/{name}", view, basename=f"api-{name}")


def openapi(language: str = "en") -> dict:
    """The OpenAPI document, with its explanations in `language`."""
    with override(language):
        # Through JSON, so that no lazy text survives the language it belongs to.
        document = SchemaGenerator(patterns=[path("", include(router.urls))]).get_schema(public=True)
        return json.loads(json.dumps(document, default=str))


def schema(request):
    return HttpResponse(exports.dumped(openapi()), content_type="application/vnd.oai.openapi+json")


def documentation(document: dict) -> dict:
    """The OpenAPI document as the documentation page shows it: `operations` and `records`, ready to print."""
    records = {
        name: [
            {
                "name": field,
                "required": field in schema.get("required", ()),
                "type": type_of(description),
                "record": record_of(description),
                "description": description.get("description", ""),
            }
            for field, description in schema["properties"].items()
        ]
        for name, schema in document["components"]["schemas"].items()
        if schema.get("type") == "object" and not name.startswith("Paginated")
    }
    operations = [
        {
            "address": address,
            "summary": operation["summary"],
            "parameters": [
                parameter | {"type": type_of(parameter["schema"]), "values": values_of(parameter["schema"])}
                for parameter in operation.get("parameters", ())
            ],
            "record": record_of(operation["responses"]["200"]["content"]["application/json"]["schema"]),
            "paged": any(parameter["name"] == "page" for parameter in operation.get("parameters", ())),
        }
        for address, methods in document["paths"].items()
        for operation in methods.values()
    ]
    return {"operations": operations, "records": records, "origin": document["servers"][0]["url"]}


def record_of(schema: dict) -> str:
    """The name of the record that a schema refers to, directly, in a list or in a page; empty for plain values."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name.removeprefix("Paginated").removesuffix("List")
    for inner in (schema.get("items"), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        if inner and (name := record_of(inner)):
            return name
    return ""


def type_of(schema: dict) -> str:
    if schema.get("type") == "array":
        return f"[{type_of(schema['items'])}]"
    return " · ".join(filter(None, [schema.get("type") or record_of(schema), schema.get("format")]))


def values_of(schema: dict) -> list[str]:
    return schema.get("items", schema).get("enum", [])
