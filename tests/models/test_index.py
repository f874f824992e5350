"""The index rows of every data version are a plain reading of the versions, whatever happened and in whatever order."""

import random

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from measures.models import (
    Action,
    Audience,
    Category,
    CharacterPair,
    District,
    Measure,
    Plan,
    SearchName,
    SearchRow,
    SourceParagraph,
    Version,
    Word,
)
from measures.snapshots import editing_as

from .index_oracle import check_derived_columns, data_versions, read_from_index, read_plainly, whole_index
from .steps import at_once, live, new_measure, new_plan, rebuilt, rows_of

pytestmark = pytest.mark.usefixtures("restored")


class Walk:
    """Random edits; each is one transaction of one to three of these steps."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.numbers = iter(range(101, 400))

    def measure(self) -> Measure:
        return self.random.choice(list(Measure.objects.order_by("plan", "number")))

    def text(self) -> str:
        return "".join(self.random.choices("福田改革创新教育金融科技文化服务", k=6))

    def retitle(self):
        Measure.objects.filter(pk=self.measure().pk).update(title_zh=self.text())

    def edit_action(self):
        Action.objects.filter(
            pk=self.random.choice(list(Action.objects.values_list("pk", flat=True)))
        ).update(text_zh=self.text())

    def audience(self):
        self.measure().audiences.set(self.random.sample(list(Audience.objects.all()), 2))

    def reorder_audiences(self):
        first, second = self.random.sample(list(Audience.objects.all()), 2)
        Audience.objects.filter(pk=first.pk).update(order=200)
        Audience.objects.filter(pk=second.pk).update(order=first.order)
        Audience.objects.filter(pk=first.pk).update(order=second.order)

    def place(self):
        place = self.random.choice(list(District.objects.all()))
        self.measure().district_roles.get_or_create(
            district=place, role=self.random.choice(["pilot", "site"])
        )

    def paragraphs(self):
        measure = self.measure()
        paragraphs = SourceParagraph.objects.filter(plan=measure.plan_id)
        measure.paragraphs.set(self.random.sample(list(paragraphs), min(2, len(paragraphs))))

    def flip(self):
        measure = self.measure()
        status = "draft" if measure.status == "published" else "published"
        Measure.objects.filter(pk=measure.pk).update(status=status)

    def delete(self):
        without_parts = Measure.objects.filter(parts=None)
        self.random.choice(list(without_parts)).delete()

    def add(self):
        new_measure(next(self.numbers), self.text(), status=self.random.choice(["draft", "published"]))

    def add_again(self):
        used = set(Measure.objects.values_list("code", flat=True))
        gone = sorted(
            set(Version.objects.filter(kind="measure", key__startswith="2020").values_list("key", flat=True))
            - used
        )
        if gone:
            new_measure(int(self.random.choice(gone).split("-")[1]), self.text())

    def rename(self):
        category = self.random.choice(list(Category.objects.all()))
        Category.objects.filter(pk=category.pk).update(
            name_zh=self.random.choice([self.text(), category.name_zh])
        )

    def introduce(self):
        Category.objects.filter(pk=Category.objects.first().pk).update(intro_zh=self.text())

    def aliases(self):
        District.objects.filter(slug="meicai").update(aliases=[self.text()])

    def flip_plan(self):
        plan = Plan.objects.get(year=2031)
        Plan.objects.filter(pk=plan.pk).update(status="draft" if plan.status == "published" else "published")

    def add_to_other_plan(self):
        new_measure(next(self.numbers), self.text(), plan=2031)

    def at_once(self):
        at_once()

    def step(self):
        name = self.random.choice(
            ["retitle", "edit_action", "audience", "reorder_audiences", "place", "paragraphs", "flip", "flip", "delete",
             "add", "add_again", "rename", "introduce", "aliases", "flip_plan", "add_to_other_plan", "at_once"]
        )  # fmt: skip
        getattr(self, name)()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_moment_of_a_random_walk_can_be_read_afterwards(seed):
    walk = Walk(seed)
    new_plan(2031, "draft")
    seen = {live(): read_from_index(live())}
    for number in range(40):
        with editing_as("walker", str(number)):
            for _step in range(walk.random.randint(1, 3)):
                walk.step()
        present = read_from_index(live())
        # What raises no data version changes nothing that the public reads.
        assert seen.setdefault(live(), present) == present
    assert len(seen) > 20
    for number in data_versions():
        assert read_from_index(number) == read_plainly(number), number
        assert number not in seen or read_from_index(number) == seen[number]
    check_derived_columns()
    before = whole_index()
    assert rebuilt() == "Every row was as it should be.\n"
    assert whole_index() == before


def test_a_damaged_index_is_made_anew():
    Measure.objects.filter(code="2020-07").update(title_zh="又一个标题")
    Measure.objects.filter(code="2020-08").update(status="draft")
    before = whole_index()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM measures_searchrow WHERE code IN ('2020-01', '2020-08')")
        cursor.execute("UPDATE measures_searchrow SET text = 'x' WHERE code = '2020-02'")
        cursor.execute("UPDATE measures_searchname SET text = 'x', until = NULL WHERE slug = 'futian'")
        cursor.execute("UPDATE measures_searchrow SET until = NULL WHERE code = '2020-07' AND until IS NULL")
        cursor.execute("DELETE FROM measures_characterpair; DELETE FROM measures_word")
    assert rebuilt() == "4 rows were not as they should have been and were made anew.\n"

    def without_ids(index):
        return {name: sorted((row[1:] for row in rows), key=repr) for name, rows in index.items()}

    assert without_ids(whole_index()) == without_ids(before)


# --- Intervals ---


def test_an_edit_closes_a_row_and_opens_another():
    before = live()
    Measure.objects.filter(code="2020-07").update(title_en="New")
    assert rows_of("2020-07") == [(1, before + 1), (before + 1, None)]
    (past, present) = SearchRow.objects.filter(code="2020-07").order_by("since")
    assert past.measure_id == present.measure_id
    assert (past.version_number, present.version_number) == (1, 2)
    assert past.published_at == present.published_at == past.edited_at < present.edited_at


def test_a_withdrawal_closes_and_a_publication_opens():
    before = live()
    Measure.objects.filter(code="2020-07").update(status="draft")
    Measure.objects.filter(code="2020-07").update(title_en="While nobody looks")
    Measure.objects.filter(code="2020-07").update(status="published")
    assert rows_of("2020-07") == [(1, before + 1), (before + 2, None)]


def test_what_lasts_for_no_data_version_leaves_no_row():
    before = live()
    with transaction.atomic():
        new_measure(90, "片刻")
        at_once()
        assert rows_of("2020-90") == [(before + 1, None)]
        Measure.objects.filter(code="2020-90").update(status="draft")
    assert rows_of("2020-90") == []
    assert list(Version.objects.of("measure", "2020-90").values_list("event", flat=True)) == [
        "withdrawn",
        "added",
    ]
    with transaction.atomic():
        Measure.objects.filter(code="2020-07").update(title_en="First")
        at_once()
        Measure.objects.filter(code="2020-07").update(title_en="Second")
    assert rows_of("2020-07") == [(1, before + 2), (before + 2, None)]
    assert SearchRow.objects.present().get(code="2020-07").version_number == 3


def test_a_measure_that_goes_and_comes_back_in_one_transaction_has_one_row_more():
    before = live()
    with transaction.atomic():
        Measure.objects.filter(code="2020-07").update(status="draft")
        at_once()
        Measure.objects.filter(code="2020-07").update(status="published")
    assert rows_of("2020-07") == [(1, before + 1), (before + 1, None)]


INSERT = """
    INSERT INTO measures_searchrow (version_id, code, measure_id, plan_year, number, version_number, edited_at, published_at,
        about_id, places_id, cites_id, title_key, text, lexemes, since, until)
    SELECT version_id, %s, measure_id, plan_year, number, version_number, edited_at, published_at,
        about_id, places_id, cites_id, title_key, text, lexemes, %s, %s
    FROM measures_searchrow WHERE code = '2020-07'
"""


@pytest.mark.parametrize(
    ("code", "since", "until"),
    [("2020-07", 1, 5), ("2020-07", 5, None), ("2020-99", 2, 3), ("2020-99", 0, 2), ("2020-99", 7, 7)],
)
def test_the_database_refuses_rows_that_overlap_or_hold_for_nothing(code, since, until):
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(INSERT, [code, since, until])


def test_rows_that_follow_one_another_are_not_refused():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE measures_searchrow SET until = 5 WHERE code = '2020-07'")
        cursor.execute(INSERT, ["2020-07", 5, None])


def test_names_that_overlap_are_refused():
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO measures_searchname (kind, slug, text, lexemes, since)"
            " SELECT kind, slug, text, lexemes, since + 1 FROM measures_searchname WHERE slug = 'futian'"
        )


def test_a_name_that_stays_the_same_keeps_its_row():
    Category.objects.filter(slug="well-being").update(intro_en="New")
    assert SearchName.objects.filter(slug="well-being").count() == 1
    Category.objects.filter(slug="well-being").update(name_en="New")
    number = live()
    spans = (
        SearchName.objects.filter(slug="well-being").order_by("since").values_list("since", "until", "text")
    )
    assert [(since, until) for since, until, _text in spans] == [(1, number), (number, None)]
    assert spans[1][2].endswith("new")


# --- Numbers of measures ---


def test_truncating_and_loading_again_in_one_transaction_changes_nothing(tmp_path):
    """Also where the measures get other ids than they had, of one another among them."""
    fixture = tmp_path / "measures.json"
    with fixture.open("w") as file:
        call_command(
            "dumpdata", "measures.measure", "measures.action", "measures.centrelink", "measures.districtrole",
            "measures.term",
            natural_foreign=True, natural_primary=True, stdout=file,
        )  # fmt: skip
    new_measure(90, "先来后到").delete()
    versions, index, number = Version.objects.count(), whole_index(), live()
    ids = dict(Measure.objects.values_list("code", "id"))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE measures_measure, measures_term RESTART IDENTITY CASCADE")
        new_measure(50, "占第一个号", status="draft").delete()
        call_command("loaddata", str(fixture), verbosity=0)
    now = dict(Measure.objects.values_list("code", "id"))
    assert now.keys() == ids.keys()
    assert all(now[code] != ids[code] for code in ids)
    assert (Version.objects.count(), live()) == (versions, number)
    assert whole_index() == index
    # Every edit afterwards meets rows whose numbers other measures have as ids now.
    Measure.objects.update(note_en="Afterwards")
    new_measure(91, "又来一条")
    for moment in data_versions():
        assert read_from_index(moment) == read_plainly(moment)
    keys = SearchRow.objects.values_list("code", "measure_id").distinct()
    assert len({code for code, _key in keys}) == len({key for _code, key in keys}) == len(keys)


def test_a_code_keeps_its_number_through_deletion_and_return():
    key = SearchRow.objects.get(code="2020-28").measure_id
    Measure.objects.get(code="2020-28").delete()
    measure = new_measure(28, "回来了")
    assert measure.pk != key
    assert set(SearchRow.objects.filter(code="2020-28").values_list("measure_id", flat=True)) == {key}


# --- What is learnt ---


def test_pairs_and_words_say_since_when_they_are_known():
    before = live()
    assert set(CharacterPair.objects.values_list("since", flat=True)) == {1}
    assert set(Word.objects.values_list("since", flat=True)) == {1}
    Action.objects.filter(measure__code="2020-07", position=1).update(text_zh="鸾凤", text_en="Phoenixes")
    pair = CharacterPair.objects.get(first="鸾", second="凤")
    assert (pair.since, pair.in_name, pair.name_since) == (before + 1, False, None)
    assert Word.objects.get(word="phoenixes").since == before + 1
    Measure.objects.filter(code="2020-08").update(title_zh="鸾凤")
    pair.refresh_from_db()
    assert (pair.since, pair.in_name, pair.name_since) == (before + 1, True, before + 2)
    Measure.objects.filter(code="2020-08").update(status="draft")
    pair.refresh_from_db()
    assert pair.name_since == before + 2
