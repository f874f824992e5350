"""Columns that are read together, line by line, as the actions, links or places of a measure."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

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


def parts_of(measure, group: str, row: dict, errors: Errors) -> list:
    """The rows of `group` as the cells have them, in order, unsaved; adds to `errors` what is wrong."""
    relation, columns = GROUPS[group]
    saved = list(getattr(measure, relation).all())
    cells = {name: lines(row.get(name, str(EDITABLE[name].cell(measure.saved)))) for name in columns}
    naming = next(iter(columns))
    count = len(cells[naming])
    for name, values in cells.items():
        if len(values) > count:
            errors.setdefault(name, []).append(
                _("%(lines)s lines here, but %(others)s in “%(column)s”.")
                % {"lines": len(values), "others": count, "column": naming}
            )
            return saved
    found = []
    for index in range(count):
        part = getattr(measure, relation).model(measure=measure)
        if group == "actions":
            keep_number(part, saved, found)
        line = {name: values[index] if index < len(values) else "" for name, values in cells.items()}
        fill(part, group, line, index + 1, errors)
        found.append(part)
    return found


def keep_number(action, saved: list, before: list) -> None:
    """Gives an action its number: that of the saved action in its place, or the one after the last."""
    if len(before) < len(saved):
        action.position = saved[len(before)].position
    else:
        action.position = before[-1].position + 1 if before else 1


def fill(part, group: str, line: dict[str, str], number: int, errors: Errors) -> None:
    """Puts the cells of one line into `part`; `number` is what people count it by."""
    _relation, columns = GROUPS[group]

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
