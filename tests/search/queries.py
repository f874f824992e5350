"""Helpers: what a query finds, and everything that is searched."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from django.http import QueryDict

from measures.catalogue import Catalogue
from measures.models import Measure
from measures.search import Search
from measures.selection.filter import MeasureFilter
from measures.snapshots import public_snapshot


def readers_catalogue() -> Catalogue:
    """The catalogue that readers have now: one for all who ask, as long as its data version stands."""
    with public_snapshot():
        return Catalogue.current()


def filtered(q: str) -> MeasureFilter:
    data = QueryDict(mutable=True)
    data["q"] = q
    filterset = MeasureFilter(data, catalogue=readers_catalogue())
    assert filterset.is_valid(), filterset.form.errors
    return filterset


def found(q: str) -> list[str]:
    filterset = filtered(q)
    return [measure.code for measure in filterset.catalogue.measures(list(filterset.keys))]


def searched(q: str, catalogue: Catalogue | None = None) -> set[str]:
    """What the filter's search finds, without the filter's form: for tests that ask a thousand times."""
    catalogue = catalogue or readers_catalogue()
    register = catalogue.register
    keys = register.keys_of(Search(q, catalogue).found, register.in_plan_order)
    return set(Measure.objects.filter(pk__in=list(keys)).values_list("code", flat=True))


def everything_searched() -> Iterator[tuple[str, list[str]]]:
    """The code of every public measure and all of its texts that are searched, without the search row."""
    for measure in Measure.objects.filter(status="published"):
        own = [
            measure.title_zh,
            measure.headline_zh,
            measure.official_name_zh,
            measure.summary_zh,
            measure.note_zh,
            *measure.keywords_zh,
        ]
        own += [
            measure.title_en,
            measure.headline_en,
            measure.summary_en,
            measure.note_en,
            *measure.keywords_en,
            measure.code,
        ]
        own += [part for action in measure.actions.all() for part in (action.text_zh, action.text_en)]
        named = [
            measure.category,
            *(link.centre for link in measure.centre_links.all()),
            *measure.audiences.all(),
        ]
        named += [place.district for place in measure.district_roles.all()]
        for record in named:
            own += [
                record.name_zh,
                record.name_en,
                getattr(record, "short_zh", ""),
                getattr(record, "short_en", ""),
            ]
            own += getattr(record, "aliases", [])
        yield measure.code, own


def answers(client, q: str) -> set[str]:
    """What page, CSV and API find for a query; they must agree."""
    page = client.get("/measures/", {"q": q}, follow=True)
    assert page.status_code == 200
    on_page = set(re.findall(r'<li class="row.*?/measures/(\d{4}-\d+)/"', page.text, re.S))
    table = client.get("/measures.csv", {"q": q}, follow=True)
    content = b"".join(table.streaming_content) if table.streaming else table.content
    in_table = {row["code"] for row in csv.DictReader(StringIO(content.decode("utf-8-sig")))}
    api = client.get("/api/measures/", {"q": q}, follow=True).json()
    assert api["count"] == len(api["results"])
    assert on_page == in_table == {measure["code"] for measure in api["results"]}, q
    return on_page
