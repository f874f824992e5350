"""The base of all public pages."""

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.catalogue import Catalogue
from measures.catalogue.records import Plan

from .wrapping import wrapping


class PublicPage(TemplateView):
    """A page made from the catalogue of the request's data version."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.catalogue = Catalogue.current()

    def get_context_data(self, plan: Plan | None = None, **kwargs):
        """`plan` is the one that the page speaks of: what it says of "the plan" is said of this one. Where there is only one
        plan, every page speaks of it; else a page of all of them has None."""
        plans = self.catalogue.plans
        if plan is None and len(plans) == 1:
            plan = plans[0]
        return super().get_context_data(
            plan=plan,
            plans=plans,
            several_plans=len(plans) > 1,
            # What an old version belongs to may have no page any more.
            plan_has_page=plan is not None and any(own.slug == plan.slug for own in plans),
            years=[own.year for own in ([plan] if plan else plans)],
            data_version=self.catalogue.version,
            not_stated=_("not stated"),
            wrapping=wrapping(self.catalogue),
            **kwargs,
        )
