"""The columns of CSV, XLSX, the data dictionary, the table schema and the staff import, as `columns.toml` declares them."""

import tomllib
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

from measures.addresses import CODE_PATTERN, absolute, measure_path, version_path
from measures.language.bilingual import in_either
from measures.models import Measure

from .column import SLUG, Column, of_each

#: In cells. Not true and false, which a spreadsheet program would make values of its own of.
YES, NO = "yes", "no"
PATTERNS = {"code": CODE_PATTERN, "slug": SLUG["pattern"]}
CHOICES = {"basis": Measure.Basis}
#: Name of a column -> the function that gives its value, where that is no attribute.
VALUES: dict[str, Callable[[Any], Any]] = {
    "url": lambda measure: absolute(measure_path(measure.code)),
    "version_url": lambda measure: absolute(version_path(measure.code, measure.version_number)),
    "action_background": lambda measure: [YES if action.background else NO for action in measure.actions],
}


def column(name: str, declared: dict[str, Any]) -> Column:
    """The column of this name; `declared` is what the file says of it."""
    label, description = (
        in_either(declared.pop(f"{text}_zh"), declared.pop(f"{text}_en")) for text in ("label", "description")
    )
    group, constraints = declared.get("group", ""), declared.pop("constraints", {})
    if "pattern" in constraints:
        constraints["pattern"] = PATTERNS[constraints["pattern"]]
    value = VALUES.get(name)
    if read := declared.pop("read", ""):
        value = of_each(group, read) if group else attrgetter(read)
    options = {"several": bool(group)} | declared
    return Column(
        name, label, description, value, choices=CHOICES.get(name), constraints=constraints, **options
    )


COLUMNS: list[Column] = [
    column(name, declared)
    for name, declared in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
]
BY_NAME = {column.name: column for column in COLUMNS}
