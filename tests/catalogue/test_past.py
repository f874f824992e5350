"""Catalogues of the past say what the present said then."""

import random
from itertools import count

import pytest
from django.db import transaction
from django.db.models.functions import Reverse
from django.utils.translation import override

from measures.catalogue import Catalogue
from measures.catalogue.catalogue import PAST
from measures.catalogue.moments import UnknownMoment
from measures.catalogue.past import PastCatalogues
from measures.models import Audience, Category, Centre, DataVersion, District, FacetSet, Measure
from measures.selection.facets import FACETS
from measures.selection.filter import MeasureFilter
from measures.selection.numbers import Fitting, everything, figures
from measures.snapshots import editing_as, public_snapshot

SELECTIONS = (
    {},
    {"category": ["well-being"], "centre": ["none"]},
    {"district": ["futian"], "role": ["pilot"]},
    {"link": ["editorial"], "audience": ["residents", "families"]},
)


def told(catalogue: Catalogue) -> dict:
    """What readers are told of a catalogue: order, numbers, names and whole records."""
    keys = list(everything(catalogue).in_order(catalogue.order("number")))
    measures = {measure.code: measure for measure in catalogue.measures(keys)}
    code_of = {measure.key: code for code, measure in measures.items()}
    numbers = {}
    for at, selection in enumerate(SELECTIONS):
        fitting = Fitting(catalogue.register, selection)
        numbers[at] = {facet: +fitting.numbers(facet) for facet in FACETS}
        numbers[at]["total"], numbers[at]["matrix"] = fitting.total, fitting.matrix
        numbers[at]["codes"] = [code_of[key] for key in fitting.in_order(catalogue.order("number"))]
    return {
        "measures": {code: shown(measure) for code, measure in measures.items()},
        "orders": {
            sort: [code_of[key] for key in everything(catalogue).in_order(catalogue.order(sort))]
            for sort in ("number", "title", "edited")
        },
        "figures": figures(everything(catalogue)),
        "numbers": numbers,
        "vocabulary": catalogue.vocabulary,
        "edited": [measure.code for measure in catalogue.edited_last(5)],
    }


def shown(measure) -> dict:
    """A measure without its key, which no reader sees."""
    return {name: getattr(measure, name) for name in measure.__dataclass_fields__ if name != "key"}


class Walk:
    """Random edits of every kind, each a transaction of its own."""

    def __init__(self, seed: int):
        self.random, self.number = random.Random(seed), count(1)

    def any_measure(self):
        return self.random.choice(list(Measure.objects.order_by("pk")))

    def text(self) -> str:
        return f"改动{next(self.number)}"

    def change(self):
        Measure.objects.filter(pk=self.any_measure().pk).update(title_zh=self.text(), note_en=self.text())

    def change_action(self):
        self.any_measure().actions.filter(position=1).update(text_zh=self.text())

    def withdraw(self):
        Measure.objects.filter(pk=self.any_measure().pk).update(status="draft")

    def publish(self):
        Measure.objects.filter(status="draft").update(status="published")

    def delete(self):
        measures = Measure.objects.filter(parts__isnull=True).order_by("pk")
        self.random.choice(list(measures)).delete()

    def add(self):
        number = 50 + next(self.number)
        category = self.random.choice(list(Category.objects.order_by("pk")))
        measure = Measure.objects.create(
            plan_id=2020, category=category, number=number, slug=f"new-{number}", title_zh=self.text(),
            basis="named", status="published",
        )  # fmt: skip
        measure.audiences.add(self.random.choice(list(Audience.objects.order_by("pk"))))

    def rename(self):
        for model in (Category, Centre, Audience, District):
            record = self.random.choice(list(model.objects.order_by("pk")))
            model.objects.filter(pk=record.pk).update(name_zh=self.text())

    def reorder(self):
        first = 100 * next(self.number)
        for at, audience in enumerate(Audience.objects.order_by("-order")):
            Audience.objects.filter(pk=audience.pk).update(order=first + at)

    def move_place(self):
        site = District.objects.get(slug="mingde-experimental-school")
        District.objects.filter(pk=site.pk).update(parent=District.objects.get(slug="xiangmihu"))

    def link(self):
        measure = self.any_measure()
        centre = self.random.choice(list(Centre.objects.order_by("pk")))
        measure.centre_links.filter(centre=centre).delete()
        measure.centre_links.create(centre=centre, basis="editorial", reason_zh=self.text())

    def two_edits(self):
        self.change()
        self.change_action()

    def step(self):
        do = self.random.choice(
            [self.change, self.change_action, self.withdraw, self.publish, self.delete, self.add, self.rename,
             self.reorder, self.move_place, self.link, self.two_edits]
        )  # fmt: skip
        with editing_as("walker", do.__name__):
            do()


@pytest.mark.parametrize("seed", [1, 2])
def test_each_moment_is_as_it_was(restored, seed):
    """Edits, deletions, renamings: what was recorded at each data version is what that moment says afterwards."""
    walk, recorded = Walk(seed), {}
    for _step in range(25):
        number = DataVersion.objects.live().number
        recorded[number] = told(Catalogue.current())
        walk.step()
    PAST.forget()
    assert len(recorded) > 15
    for number, then in recorded.items():
        assert told(Catalogue.as_of(number)) == then, number


def test_a_deleted_and_a_renamed_record_stay_in_their_past(restored):
    number = DataVersion.objects.live().number
    before = Catalogue.current().measure("2020-05")
    with editing_as("lin"):
        Measure.objects.get(code="2020-05").delete()
    with editing_as("lin"):
        Category.objects.update(name_en="Renamed")
    assert Catalogue.current().measure("2020-05") is None
    then = Catalogue.as_of(number)
    assert shown(then.measure("2020-05")) == shown(before)
    assert then.measure("2020-05").category.name_en != "Renamed"
    assert {category.name_en for category in Catalogue.current().vocabulary.category.values()} == {"Renamed"}


def test_a_filter_reads_its_catalogue(restored):
    """Names of that time can be chosen, and nothing of the present is counted."""
    number = DataVersion.objects.live().number
    with transaction.atomic():
        Measure.objects.filter(category__slug="well-being").update(status="draft")
    now, then = (MeasureFilter({"category": "well-being"}, catalogue=own) for own in
                 (Catalogue.current(), Catalogue.as_of(number)))  # fmt: skip
    assert now.is_valid()
    assert then.is_valid()
    assert (now.fitting.total, then.fitting.total) == (0, 6)


@pytest.mark.parametrize("number", [0, -1, 10**6])
def test_a_number_that_was_not_given_out_has_no_catalogue(databases, number):
    newest = DataVersion.objects.live().number
    with pytest.raises(UnknownMoment) as raised:
        Catalogue.as_of(number)
    with override("en"):
        said = f"There is no data version “{number}”. There are {newest}; a day"
        assert str(raised.value.args[0]).startswith(said)


def test_the_newest_moment_is_the_present(restored):
    Measure.objects.filter(number=7).update(note_en="Edited")
    with public_snapshot() as version:
        assert Catalogue.as_of(version.number) is Catalogue.current()
        assert Catalogue.as_of(version.number - 1) is Catalogue.as_of(version.number - 1)


def test_catalogues_of_the_past_share_a_limit_of_memory():
    class Sized:
        def __init__(self, size):
            self.bytes = size

    kept = PastCatalogues(max_bytes=100)
    first = kept.get(1, lambda: Sized(60))
    assert kept.get(1, lambda: Sized(1)) is first
    kept.get(2, lambda: Sized(30))
    kept.get(1, lambda: Sized(1))  # asked for again: the other is the older one
    kept.get(3, lambda: Sized(40))
    assert kept.get(1, lambda: None) is first
    assert len(kept) == 2
    kept.get(4, lambda: Sized(500))
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("model", "record", "values", "same"),
    [
        (Measure, {"code": "2020-05"}, {"note_en": "Another note"}, ("vocabulary", "register")),
        (Measure, {"code": "2020-05"}, {"basis": "named", "status": "draft"}, ("vocabulary",)),
        (Category, {"slug": "well-being"}, {"name_en": "Another name"}, ()),
        (District, {"slug": "futian"}, {"name_en": "Another name"}, ()),
    ],
)
def test_moments_of_the_same_rows_share_what_is_made_of_them(restored, model, record, values, same):
    """A crawler that asks for all moments takes neither the time nor the memory of a register for each."""
    PAST.forget()
    before = DataVersion.objects.live().number
    with editing_as("lin"):
        model.objects.filter(**record).update(**values)
    then, now = Catalogue.as_of(before), Catalogue.present()
    shared = tuple(part for part in ("vocabulary", "register") if getattr(then, part) is getattr(now, part))
    assert shared == same


def test_facet_sets_of_the_same_numbers_and_other_tokens_are_told_apart(restored):
    """As after a restored backup, which gives numbers out again."""
    before = Catalogue.present().register
    FacetSet.objects.update(key=Reverse("key"), tokens=["category:other"])
    after = Catalogue.present().register
    assert after is not before
    assert (after.having("category:other"), before.having("category:other")) == (after.everything, 0)
