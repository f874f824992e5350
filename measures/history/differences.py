"""Two documents of one record compared, field by field in an editor's order."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from measures.models import Version

from .documents import entries, row_name
from .fields import ROWS, fields_of
from .kinds import MODELS
from .names import Names
from .texts import Parts, compared_texts

Row = dict
Pair = tuple[Row | None, Row | None]

# Two actions whose texts are as similar as this (1 is equal) are one action that was reworded.
SIMILAR = 0.4


@dataclass(frozen=True)
class Change:
    label: str
    parts: Parts
    lang: str = ""


def changes(kind: str, before: dict | None, after: dict | None, names: Names) -> list[Change]:
    """The fields that differ between two documents of a record."""
    own = [name for name in fields_of(kind) if name not in ROWS]
    old, new = (entries(MODELS[kind], document, own, names) for document in (before, after))
    found: list[Change] = []
    for name in fields_of(kind):
        if name in ROWS:
            found += changes_in_rows(name, (before or {}).get(name, []), (after or {}).get(name, []), names)
        elif old[name].text != new[name].text:
            entry = new[name]
            found.append(
                Change(entry.label, compared_texts(old[name].text, entry.text, entry.lang), entry.lang)
            )
    return found


def changes_since_before(version: Version, names: Names) -> list[Change]:
    """The differences from `version.previous_document`; none where the record was not there before, or is no longer."""
    if not version.previous_document or not version.document:
        return []
    return changes(version.kind, version.previous_document, version.document, names)


def changes_in_rows(rows: str, before: list[Row], after: list[Row], names: Names) -> list[Change]:
    return [
        change
        for old, new in paired_rows(rows, before, after)
        for change in changes_in_row(rows, old, new, names)
    ]


def changes_in_row(rows: str, old: Row | None, new: Row | None, names: Names) -> list[Change]:
    """The fields that differ in one row; `old` is None where it was put in, `new` where it was taken out."""
    title = row_name(rows, new or old, names)
    found = []
    if old and new and (old_title := row_name(rows, old, names)) != title:
        found.append(Change(title, [("del", old_title), ("ins", title)]))
    fields = ROWS[rows].fields
    old_entries, new_entries = (entries(ROWS[rows].model, row or {}, fields, names) for row in (old, new))
    for name, entry in new_entries.items():
        old_text = old_entries[name].text
        if old_text != entry.text:
            label = _("%(row)s: %(field)s") % {"row": title, "field": entry.label}
            found.append(Change(label, compared_texts(old_text, entry.text, entry.lang), entry.lang))
    if not found and (old is None or new is None):  # a row that says nothing but its name
        found.append(Change(title, [("del" if new is None else "ins", title)]))
    return found


def paired_rows(rows: str, before: list[Row], after: list[Row]) -> list[Pair]:
    """Rows of two documents that are the same row, or (row, None) for one taken out, (None, row) for one put in."""
    if rows == "actions":
        return paired_actions(before, after)
    keys = ROWS[rows].named_by
    old, new = ({tuple(row[key] for key in keys): row for row in side} for side in (before, after))
    return [(old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])]


def paired_actions(before: list[Row], after: list[Row]) -> list[Pair]:
    """The same for actions, which are known by their text alone.

    Equal ones are paired first, so that an action put in at the top does not make all of them look changed.
    """
    pairs: list[Pair] = []
    texts = [[row["text_zh"] for row in side] for side in (before, after)]
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        old, new = before[i1:i2], after[j1:j2]
        if operation == "equal":
            pairs += zip(old, new, strict=True)
        else:
            pairs += paired_by_likeness(old, new)
    return pairs


def paired_by_likeness(before: list[Row], after: list[Row]) -> list[Pair]:
    """Each action of `after` with the one of `before` that it most resembles, or that stood in its place."""
    pairs: list[Pair] = []
    left = list(before)
    for row in after:
        ratios = [SequenceMatcher(None, other["text_zh"], row["text_zh"]).ratio() for other in left]
        best = max(ratios, default=0)
        index = ratios.index(best) if ratios else None
        if index is not None and (best > SIMILAR or left[index]["position"] == row["position"]):
            pairs.append((left.pop(index), row))
        else:
            pairs.append((None, row))
    return pairs + [(row, None) for row in left]
