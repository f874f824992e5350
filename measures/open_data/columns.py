"""The columns of CSV, XLSX, the data dictionary, the table schema and the staff import, as `columns.toml` declares them."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measures.addresses import absolute, measure_path, version_path
from measures.models import Measure

from .column import Column, of_each
from .fields import options

#: In cells. Not true and false, which a spreadsheet program would make values of its own of.
YES, NO = "yes", "no"
CHOICES = {"basis": Measure.Basis}
#: Name of a column -> the function that gives its value, where that is no attribute.
VALUES: dict[str, Callable[[Any], Any]] = {
    "url": lambda measure: absolute(measure_path(measure.code)),
    "version_url": lambda measure: absolute(version_path(measure.code, measure.version_number)),
    "action_background": lambda measure: [YES if action.background else NO for action in measure.actions],
}


def column(name: str, declared: dict[str, Any]) -> Column:
    """The column of this name; `declared` is what the file says of it."""
    found = {"several": "group" in declared, "choices": CHOICES.get(name), **options(declared)}
    if "group" in declared and "read" in declared:
        found["value"] = of_each(declared["group"], declared["read"])
    if name in VALUES:
        found["value"] = VALUES[name]
    return Column(name, **found)


COLUMNS: list[Column] = [
    column(name, declared)
    for name, declared in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
]
BY_NAME = {column.name: column for column in COLUMNS}
