"""Numbers that cannot disagree: option, heading, rows and matrix, held against a plain reading of the records."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import pytest
from django.db import connections
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.generate import generate
from measures.catalogue import Catalogue
from measures.models import Category, District, Measure, SearchRow
from measures.pages.listing import Listing
from measures.search import Search
from measures.selection.facets import FACETS
from measures.selection.filter import SORTS, MeasureFilter
from tests.search.queries import readers_catalogue

SEARCHES = ("", "", "", "教育", "改革", "jinrong", "services", "福田 社区", "鸾")
ONE_TIME = settings(
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Record:
    """A published measure as the tables hold it, read without search rows."""

    code: str
    plan: str
    category: str
    links: set[tuple[str, str]]
    audiences: set[str]
    places: set[tuple[str, str]]  # with the places above
    basis: str

    def fits(self, chosen: dict[str, list[str]]) -> bool:
        centres, links = chosen.get("centre"), chosen.get("link")
        if centres or links:
            in_one_link = any(
                (not centres or c in centres) and (not links or b in links) for c, b in self.links
            )
            if not in_one_link and not (not self.links and not links and "none" in centres):
                return False
        districts, roles = chosen.get("district"), chosen.get("role")
        if (districts or roles) and not any(
            (not districts or d in districts) and (not roles or r in roles) for d, r in self.places
        ):
            return False
        audiences = self.audiences or {"none"}
        return all(
            not chosen.get(facet) or own & set(chosen[facet])
            for facet, own in (
                ("plan", {self.plan}),
                ("category", {self.category}),
                ("audience", audiences),
                ("basis", {self.basis}),
            )
        )


def read_records() -> list[Record]:
    above = {
        place.slug: place.parent and place.parent.slug for place in District.objects.select_related("parent")
    }

    def upwards(slug):
        while slug:
            yield slug
            slug = above[slug]

    return [
        Record(
            measure.code,
            measure.plan.slug,
            measure.category.slug,
            {(link.centre.slug, link.basis) for link in measure.centre_links.all()},
            {audience.slug for audience in measure.audiences.all()},
            {(slug, p.role) for p in measure.district_roles.all() for slug in upwards(p.district.slug)},
            measure.basis,
        )
        for measure in Measure.objects.filter(status="published")
    ]


def filtered(
    selection: dict[str, list[str]], q: str = "", sort: str = "", catalogue: Catalogue | None = None
) -> MeasureFilter:
    data = QueryDict(mutable=True)
    for facet, values in selection.items():
        data.setlist(facet, values)
    data["q"], data["sort"] = q, sort
    filterset = MeasureFilter(data, catalogue=catalogue)
    assert filterset.is_valid(), filterset.form.errors
    return filterset


def codes(filterset: MeasureFilter) -> set[str]:
    keys = list(filterset.keys)
    assert len(keys) == len(set(keys))
    found = {measure.code for measure in filterset.catalogue.measures(keys)}
    assert found == set(filterset.qs.values_list("code", flat=True))
    return found


def in_order(filterset: MeasureFilter) -> list[int]:
    """The keys of the measures that fit, sorted by the plain tables."""
    order = {"title": ["title_key"], "edited": ["-edited_at"]}.get(filterset.order, [])
    rows = SearchRow.objects.present().filter(measure_id__in=list(filterset.keys))
    keys = list(rows.order_by(*order, "plan_year", "number").values_list("measure_id", flat=True))
    if filterset.order != "relevance":
        return keys
    titled = filterset.search.in_title
    register = filterset.catalogue.register
    return sorted(keys, key=lambda key: not titled >> register.position(key) & 1)


def check(records: list[Record], selection: dict[str, list[str]], q: str, sort: str, found: dict) -> None:
    """`found`: search -> codes, kept between the calls."""
    selection = {facet: values for facet, values in selection.items() if values}
    catalogue = readers_catalogue()
    if q not in found:
        found[q] = codes(filtered({}, q, "", catalogue))
    searched = [record for record in records if record.code in found[q]]
    filterset = filtered(selection, q, sort, catalogue)
    expected = {record.code for record in searched if record.fits(selection)}
    assert codes(filterset) == expected
    assert list(filterset.keys) == in_order(filterset)
    assert filterset.fitting.total == len(expected)
    listing = Listing(filterset)
    assert int(re.search(r"([\d,]+)项", listing.sentence)[1].replace(",", "")) == len(expected)
    for facet in listing.facets:
        for option in facet.options:
            instead = selection | {facet.name: [option.value]}
            assert option.count == sum(record.fits(instead) for record in searched), (
                facet.name,
                option.value,
            )
    check_matrix(listing.matrix, records, searched, expected)
    if not expected:
        for way in listing.relaxations:
            query = QueryDict(way.address.partition("?")[2])
            left = {facet: query.getlist(facet) for facet in FACETS if facet in query}
            assert way.count == len(codes(filtered(left, query.get("q", ""), "", catalogue)))


def check_matrix(matrix, records: list[Record], searched: list[Record], expected: set[str]) -> None:
    """Each number is that of the list it leads to, and each dot inside is a measure of the selection."""
    assert matrix.count == len(expected)
    numbered = [*matrix.rows, *matrix.foot, *(cell for row in matrix.rows for cell in row.cells)]
    for own in numbered:
        query = QueryDict(own.address.partition("?")[2])
        asked = {facet: query.getlist(facet) for facet in FACETS if facet in query}
        assert own.count == sum(record.fits(asked) for record in searched), own.address
    for row in matrix.rows:
        for cell in row.cells:
            place = {"category": [row.category.slug], "centre": [cell.centre]}
            codes = {record.code for record in records if record.fits(place)}
            dots = {shown.dot.code for shown in cell.dots}
            assert not cell.dots or (dots == codes and len(cell.dots) == len(dots))
            assert {shown.dot.code for shown in cell.dots if shown.inside} == dots & expected


def selections():
    """Any choices in any facets; places with the right of way, because they nest."""
    values = {facet: list(labels) for facet, labels in filtered({}).labels.items()}
    return st.fixed_dictionaries(
        {},
        optional={
            facet: st.lists(st.sampled_from(own), unique=True, max_size=3) for facet, own in values.items()
        },
    )


def test_every_number_on_the_shipped_content(databases):
    records, found = read_records(), {}

    @settings(ONE_TIME, max_examples=60)
    @given(selections(), st.sampled_from(SEARCHES), st.sampled_from(["", *dict(SORTS)]))
    def every_number_is_true(selection, q, sort):
        check(records, selection, q, sort, found)

    every_number_is_true()


def test_every_number_on_generated_content(restored):
    shipped = Measure.objects.count()
    added = generate(84)
    assert (added, Measure.objects.count()) == (84, shipped + 84)
    records, found = read_records(), {}
    assert len(records) < shipped + 84  # drafts are among them

    @settings(ONE_TIME, max_examples=20)
    @given(selections(), st.sampled_from(SEARCHES), st.sampled_from(["", *dict(SORTS)]))
    def every_number_is_true(selection, q, sort):
        check(records, selection, q, sort, found)

    every_number_is_true()


@pytest.mark.parametrize(
    ("selection", "facet", "counts"),
    [
        # A place and its role hold in one place of the measure, and the numbers say so.
        ({"district": ["xiangmihu"]}, "role", {"pilot": 1}),
        ({"role": ["responsible"]}, "district", {"futian": 28}),
        (
            {"role": ["pilot"]},
            "district",
            {
                "futian": 3,
                "xiangmihu": 1,
                "meicai": 1,
                "mingde-experimental-school": 1,
                "hongling-experimental-primary-school": 1,
            },
        ),
        # A centre and the basis hold in one link; where there is no link, there is no basis.
        ({"centre": ["finance"]}, "link", {"text": 2, "editorial": 1}),
        ({"centre": ["none"]}, "link", {}),
        ({"link": ["text"]}, "centre", {"finance": 2, "technology": 8, "culture": 2}),
    ],
)
def test_numbers_of_what_is_chosen_together(databases, selection, facet, counts):
    assert +filtered(selection).fitting.numbers(facet) == counts


def test_options_stand_in_a_fixed_order_with_their_zeros(databases):
    for selection in ({}, {"category": ["motivating-officials"]}, {"centre": ["culture"], "role": ["pilot"]}):
        facets = {facet.name: facet for facet in Listing(filtered(selection)).facets}
        assert [option.value for option in facets["category"].options] == list(
            Category.objects.values_list("slug", flat=True)
        )
        assert [option.value for option in facets["centre"].options] == [
            "finance", "technology", "culture", "services", "none",
        ]  # fmt: skip
    assert [option.count for option in facets["category"].options] == [0, 0, 0, 0, 1, 0]


def test_matrix_draws_33_dots_for_28_measures(databases):
    matrix = Listing(filtered({})).matrix
    dots = [dot for row in matrix.rows for cell in row.cells for dot in cell.dots]
    assert (len(dots), len({shown.dot.code for shown in dots}), all(shown.inside for shown in dots)) == (
        33,
        28,
        True,
    )
    assert [shown.dot.basis for shown in dots].count("editorial") == 9
    assert [cell.count for cell in matrix.foot] == [3, 10, 3, 5, 12]
    assert [row.count for row in matrix.rows] == [4, 5, 5, 5, 6, 3]
    pilots = Listing(filtered({"role": ["pilot"]})).matrix
    inside = {
        shown.dot.code for row in pilots.rows for cell in row.cells for shown in cell.dots if shown.inside
    }
    assert inside == {"2020-15", "2020-22", "2020-25"}


def test_number_takes_over_where_a_cell_is_full(databases, monkeypatch):
    monkeypatch.setattr("measures.pages.rows.MAX_DOTS", 2)
    cells = [cell for row in Listing(filtered({})).matrix.rows for cell in row.cells]
    assert {len(cell.dots) for cell in cells if cell.count > 2} == {0}
    assert all(len(cell.dots) == cell.count for cell in cells if cell.count <= 2)


def test_of_many_options_the_chosen_and_the_largest_are_shown(databases, client, monkeypatch):
    """With how many are not, and the numbers of those that are shown stay as they were."""
    selection = {"role": ["pilot"], "district": ["hetao-zone"]}
    (places,) = [facet for facet in Listing(filtered(selection)).facets if facet.name == "district"]
    monkeypatch.setattr("measures.pages.options.MAX_OPTIONS", 3)
    (shown,) = [facet for facet in Listing(filtered(selection)).facets if facet.name == "district"]
    assert [option.value for option in shown.options] == ["futian", "xiangmihu", "hetao-zone", "meicai"]
    assert [option for option in places.options if option in shown.options] == shown.options
    others = [option for option in places.options if option not in shown.options]
    assert (shown.more, shown.more_fitting) == (len(others), sum(1 for option in others if option.count))
    assert f"{shown.more} more options are not shown (2 with measures)" in (
        client.get("/en/measures/?district=hetao-zone&role=pilot").text
    )
    refused = client.get("/en/measures/?district=hetao-zone&role=pilot&category=nothing").text
    assert "more options are not shown. The search finds them by name." in refused
    assert "with measures)" not in refused


def test_a_slow_search_keeps_no_other_list_waiting(databases, monkeypatch):
    found, begun, go_on = Search.found.fget, Event(), Event()

    def slow(search):
        if search.query == "zzzz":
            begun.set()
            assert go_on.wait(20)
        return found(search)

    def total(q):
        try:
            return filtered({}, q).fitting.total
        finally:
            connections.close_all()

    monkeypatch.setattr(Search, "found", property(slow))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(total, "zzzz")
        assert begun.wait(20)
        try:
            assert threads.submit(total, "").result(10) == Measure.objects.filter(status="published").count()
        finally:
            go_on.set()
        assert first.result(20) == 0


def test_one_thread_reads_a_new_version(databases):
    catalogue = Catalogue.current()

    def registered(_thread):
        try:
            return catalogue.register
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert len({id(register) for register in threads.map(registered, range(8))}) == 1
