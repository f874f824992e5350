"""Refusals of the database, asked for while an answer can still be given, and said in the words of the desk."""

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Messages for rules that only the database can check, by the name of the constraint.
REFUSALS = {
    "action_position_unique": gettext_lazy("Two actions have the same number."),
    "paragraph_in_same_plan": gettext_lazy("A paragraph of another plan cannot be cited."),
    "permanent_key": gettext_lazy("Numbers and slugs of public addresses stay as they are."),
    "measures_district_no_cycle": gettext_lazy("A place cannot lie within itself, by way of others either."),
    "measures_measure_no_cycle": gettext_lazy("Two measures cannot be split from each other."),
}


def check_now() -> None:
    """Let the database check now what it checks at commit. Raises IntegrityError; afterwards the documents are written."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def reason_of(error: IntegrityError) -> str:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    known = REFUSALS.get(name)
    return str(known or _("The database refuses this: %(reason)s") % {"reason": str(error).splitlines()[0]})
