"""The gaps of a plan: what it does not say, counted in the fields of its measures and in the Chinese texts of their actions. No database here.

The words that are looked for stand in `gaps.toml`, and the page shows them beside the numbers. What the plan reports from before it
(background) is no action of the plan and is passed over.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise

from measures.catalogue import Vocabulary
from measures.catalogue.records import Action, District, Measure
from measures.language.bilingual import in_either

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
UNITS, DEADLINES, COUNTED = _WORDS["units"], _WORDS["deadlines"], _WORDS["counted"]
YEAR = r"\d{4}年"
QUANTITY = rf"\d+(?:至\d+)?(?:{'|'.join(COUNTED)})"


@dataclass(frozen=True)
class Step:
    """A step of commitment: its words, and longer words that contain one of them but mean something else."""

    label: str | Promise
    words: tuple[str, ...]
    not_in: tuple[str, ...] = ()

    def stands_in(self, text: str) -> bool:
        for longer in self.not_in:
            text = text.replace(longer, "")
        return any(word in text for word in self.words)


#: From the weakest to the strongest. An action stands at the weakest step that it has a word of: it promises no more.
STEPS = [
    Step(in_either(step["label_zh"], step["label_en"]), tuple(step["words"]), tuple(step.get("not_in", ())))
    for step in _WORDS["steps"]
]


@dataclass
class Found:
    """The measures in which something was found, each with the actions that say it, if it is actions that do."""

    measures: list[tuple[Measure, list[Action]]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.measures)

    @property
    def actions(self) -> int:
        return sum(len(actions) for _measure, actions in self.measures)

    def add(self, measure: Measure, actions: Sequence[Action]) -> None:
        if actions:
            self.measures.append((measure, list(actions)))


@dataclass
class Gaps:
    """The numbers of a plan: how many of its measures say what one would like to know."""

    #: How many measures and actions were looked at.
    measures: int = 0
    actions: int = 0
    units: Found = field(default_factory=Found)
    quantities: Found = field(default_factory=Found)
    deadlines: Found = field(default_factory=Found)
    #: Every sub-district with the measures that name it.
    streets: list[tuple[District, Found]] = field(default_factory=list)
    #: Each step with the measures that have an action at it.
    steps: list[tuple[Step, Found]] = field(default_factory=list)
    #: The measures that have an action with none of the words of the steps.
    other: Found = field(default_factory=Found)

    @property
    def named_streets(self) -> list[tuple[District, Found]]:
        return [(street, found) for street, found in self.streets if found.count]

    @property
    def unnamed_streets(self) -> list[District]:
        return [street for street, found in self.streets if not found.count]


def step_of(text: str) -> Step | None:
    return next((step for step in STEPS if step.stands_in(text)), None)


def gaps(measures: Iterable[Measure], vocabulary: Vocabulary) -> Gaps:
    found = Gaps(
        streets=[(place, Found()) for place in vocabulary.district.values() if place.kind == "subdistrict"],
        steps=[(step, Found()) for step in STEPS],
    )
    for measure in measures:
        actions = measure.planned
        found.measures += 1
        found.actions += len(actions)
        for own, pattern in (
            (found.units, "|".join(UNITS)),
            (found.quantities, QUANTITY),
            (found.deadlines, "|".join((*DEADLINES, YEAR))),
        ):
            own.add(measure, [action for action in actions if re.search(pattern, action.text_zh)])
        at = [(step_of(action.text_zh), action) for action in actions]
        for step, own in (*found.steps, (None, found.other)):
            own.add(measure, [action for stands, action in at if stands is step])
        named = {role.district.slug for role in measure.districts}
        for street, own in found.streets:
            if street.slug in named:
                own.measures.append((measure, []))
    return found
