"""Columns that are read together, line by line, as the actions, links or places of a measure."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from measures.history.fields import ROWS
from measures.models import Centre, District, SourceParagraph
from measures.open_data.columns import NO, YES

from .cells import EDITABLE, GROUPS, lines

#: Column -> what is wrong in it.
Errors = dict[str, list[str]]


def record_named(model, **key):
    try:
        return model.objects.get(**key)
    except (model.DoesNotExist, ValueError):
        raise ValidationError(_("There is no “%(value)s”.") % {"value": list(key.values())[-1]}) from None


def parts_of(measure, group: str, cells: dict[str, str], saved, errors: Errors) -> list | None:
    """The rows of `group` as the cells have them, in order, unsaved; adds to `errors` what is wrong. None where lines are missing.

    `saved` is the typed record of the measure, None of a new one. A column that the file does not have says what is saved.
    """
    columns = GROUPS[group]
    kept = list(getattr(saved, group)) if saved else []
    # A column with nothing in it has an empty cell, however many lines stand beside it.
    before = {
        name: (lines(str(EDITABLE[name].cell(saved))) + [""] * len(kept))[: len(kept)] if saved else []
        for name in columns
    }
    given = {name: lines(cells[name]) if name in cells else list(before[name]) for name in columns}
    if not fitted(given, before, errors):
        return None
    naming = next(iter(columns))
    found: list = []
    for index in range(len(given[naming])):
        part = ROWS[group].model(measure=measure)
        if group == "actions":
            keep_number(part, kept, found)
        line = {name: values[index] for name, values in given.items()}
        fill(part, group, line, index + 1, errors)
        if index < len(kept):
            keep_text(part, columns, line, {name: before[name][index] for name in columns}, kept[index])
        found.append(part)
    return found


def fitted(given: dict[str, list[str]], before: dict[str, list[str]], errors: Errors) -> bool:
    """Gives the columns of a group the same number of lines, that of the first; says in `errors` which have another one.

    Empty lines at the end may be missing or too many, since programs add and drop them. They are added only where no text can
    come to stand beside another one by it: the cell is empty, or nothing stood there and the first column only grew at its end.
    """
    naming = next(iter(given))
    count = len(given[naming])
    grown_only = given[naming][: len(before[naming])] == before[naming]
    fits = True
    for name, values in given.items():
        while len(values) > count and not values[-1]:
            values.pop()
        missing = count - len(values)
        nothing_there = not any(before[name][len(values) :])
        if missing > 0 and (
            not any(values) or (nothing_there and (grown_only or count == len(before[naming])))
        ):
            values += [""] * missing
        elif missing:
            fits = False
            errors.setdefault(name, []).append(
                _("%(lines)s lines here, but %(others)s in “%(column)s”.")
                % {"lines": len(values), "others": count, "column": naming}
            )
    return fits


def keep_number(action, saved: list, before: list) -> None:
    """Gives an action its number: that of the saved action in its place, or the one after the last."""
    if len(before) < len(saved):
        action.position = saved[len(before)].position
    else:
        action.position = before[-1].position + 1 if before else 1


def keep_text(part, columns: dict[str, str], line: dict[str, str], before: dict[str, str], saved) -> None:
    """Where a line says what was exported, keeps the text that is saved: cells have no line breaks inside of a line."""
    for name, field in columns.items():
        if line[name] == before[name] and isinstance(getattr(saved, field, None), str):
            setattr(part, field, getattr(saved, field))


def fill(part, group: str, line: dict[str, str], number: int, errors: Errors) -> None:
    """Puts the cells of one line into `part`; `number` is what people count it by."""
    columns = GROUPS[group]

    def add(name: str, messages: list[str]) -> None:
        errors.setdefault(name, []).extend(
            _("Line %(line)s: %(message)s") % {"line": number, "message": message} for message in messages
        )

    for name, field in columns.items():
        try:
            setattr(part, field, value_of(part, field, line[name]))
        except ValidationError as error:
            add(name, error.messages[:1])
    column_of = {field: name for name, field in columns.items()}
    try:
        part.clean_fields(exclude={"id", "measure", *(f for f, name in column_of.items() if name in errors)})
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            add(column_of.get(field, next(iter(columns))), messages)


def value_of(part, field: str, cell: str):
    """The value of a field in a cell: the record that the cell names, or its text."""
    if field == "paragraph":
        return record_named(SourceParagraph, plan=part.measure.plan_id, number=cell)
    if field == "centre":
        return record_named(Centre, slug=cell)
    if field == "district":
        return record_named(District, slug=cell)
    if field == "background":
        return truth(cell)
    return cell


def truth(cell: str) -> bool:
    """The meaning of YES and NO, also as a spreadsheet program or a person writes them; an empty cell means no."""
    word = cell.strip().lower()
    if word in (YES, "true", "是"):
        return True
    if word in ("", NO, "false", "否"):
        return False
    raise ValidationError(
        _("“%(value)s” is neither “%(yes)s” nor “%(no)s”.") % {"value": cell, "yes": YES, "no": NO}
    )
