"""Numbers within a plan: the next free one is proposed for the plan that is chosen, never for another."""

from django.db.models import Max
from django.utils.translation import gettext_lazy

from measures.models import Plan

from .forms import OfPlanForm


def next_number(model, year: int) -> int:
    return (model.objects.filter(plan=year).aggregate(last=Max("number"))["last"] or 0) + 1


class NumberedForm(OfPlanForm):
    """The form of a record of a plan in which the number may be left empty: then it is the next one of the plan."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if number := self.fields.get("number"):
            number.required = False
            number.help_text = " ".join(
                filter(None, [str(number.help_text), str(gettext_lazy("Empty: the next one of the plan."))])
            )

    def clean(self):
        cleaned = super().clean()
        plan = self.plan_of(cleaned)
        if plan and "number" in cleaned and cleaned["number"] is None:
            cleaned["number"] = next_number(self._meta.model, plan.year)
        return cleaned


class Numbered:
    """Adds the proposal to an admin: with the plan that the address names, or the only one that there is."""

    def get_changeform_initial_data(self, request):
        given = super().get_changeform_initial_data(request)
        year = str(given.get("plan", ""))
        if not year and Plan.objects.count() == 1:
            year = str(Plan.objects.get().year)
        if year.isascii() and year.isdecimal() and len(year) < 6:
            given = {"plan": int(year), "number": next_number(self.model, int(year)), **given}
        return given
