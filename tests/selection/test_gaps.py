"""What a plan does not say, held against a plain reading of the shipped files."""

import json
import re

import pytest
from django.conf import settings

from measures.catalogue import Catalogue
from measures.models import Action, District, DistrictRole, Measure
from measures.selection.gaps import STEPS, Found, Gaps, gaps, step_of
from measures.snapshots import editing_as


def counted() -> Gaps:
    catalogue = Catalogue.current()
    keys = list(catalogue.register.keys_of(catalogue.register.everything, catalogue.register.in_plan_order))
    return gaps(catalogue.measures(keys), catalogue.vocabulary)


def told(found: Found) -> dict[int, list[int]]:
    """Number of the measure -> positions of the actions."""
    return {measure.number: [action.position for action in actions] for measure, actions in found.measures}


def planned() -> list[tuple[int, int, str]]:
    """Measure, position and Chinese text of every action that is not background, as the shipped file has them."""
    records = json.loads((settings.BASE_DIR / "fixtures/measures.json").read_text(encoding="utf-8"))
    return [
        (own["measure"][1], own["position"], own["text_zh"])
        for own in (record["fields"] for record in records if record["model"] == "measures.action")
        if not own.get("background")
    ]


def grouped(pairs) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, position in pairs:
        found.setdefault(number, []).append(position)
    return found


def test_no_measure_names_a_responsible_unit_or_a_deadline(databases):
    found = counted()
    assert (found.measures, found.actions) == (28, 144) == (28, len(planned()))
    assert found.units.measures == found.deadlines.measures == []


def test_two_measures_give_a_quantity(databases):
    assert told(counted().quantities) == {21: [5], 24: [3]}
    figures = {(number, at) for number, at, text in planned() if re.search(r"\d+(至\d+)?个", text)}
    assert figures == {(21, 5), (24, 3)}


def test_one_of_ten_streets_is_named(databases):
    found = counted()
    assert len(found.streets) == 10
    assert [(street.slug, told(own)) for street, own in found.named_streets] == [("xiangmihu", {15: []})]
    assert len(found.unnamed_streets) == 9


def test_every_action_stands_at_one_step(databases):
    found = counted()
    texts = {(number, at): text for number, at, text in planned()}
    expected = {}
    for key, text in texts.items():
        for no_verb in ("研究院", "研究机构", "人才培育"):
            text = text.replace(no_verb, "")
        own = [at for at, step in enumerate(STEPS) if any(word in text for word in step.words)]
        expected[key] = min(own, default=len(STEPS))
    for at, (_step, own) in enumerate([*found.steps, (None, found.other)]):
        assert told(own) == grouped(key for key, step in expected.items() if step == at)
    assert [own.actions for _step, own in found.steps] + [found.other.actions] == [17, 24, 40, 44, 8, 11]
    assert told(found.steps[0][1]) == {
        1: [4], 2: [1], 4: [1], 5: [3, 4], 6: [3], 14: [1, 4], 16: [4], 21: [2, 5], 22: [1, 2], 25: [1, 2], 26: [1], 27: [1],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("探索建立市场化运作的政府物业管理公司", 0),
        ("推动深港合作探索新机制", 0),
        ("吸引研究机构入驻", 1),
        ("加快建设5G网络", 2),
        ("打造100个示范点", 3),
        ("修订办法", 4),
        ("与大数据研究院对接", None),
    ],
)
def test_an_action_stands_at_its_weakest_word(text, step):
    assert step_of(text) == (None if step is None else STEPS[step])


def test_an_edit_changes_the_numbers(restored):
    with editing_as("chen"):
        Action.objects.filter(measure__number=10, position=1).update(
            text_zh="由区财政局牵头，2020年底前完成3项改革"
        )
        Action.objects.filter(measure__number=24).update(background=True)
        DistrictRole.objects.create(
            measure=Measure.objects.get(number=3), district=District.objects.get(slug="shatou"), role="pilot"
        )
    found = counted()
    assert told(found.units) == told(found.deadlines) == {10: [1]}
    assert told(found.quantities) == {10: [1], 21: [5]}
    assert [(street.slug, told(own)) for street, own in found.named_streets] == [
        ("shatou", {3: []}),
        ("xiangmihu", {15: []}),
    ]
