"""Publishing a plan in one step, and withdrawing it: a page says first what readers will see and what is not ready."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.models import Category, Measure, Plan, SourceParagraph

from .families import warnings_of_publishing
from .pages import desk_page
from .public import may_publish
from .readiness import missing_parts


@dataclass
class Review:
    """The state of a plan that would be published now."""

    missing: list[str]  # what the plan itself lacks
    public: list[Measure]  # already marked as published
    ready: list[Measure]  # drafts that may be published with it
    refused: list[tuple[Measure, list[str]]]  # drafts that may not, and what each lacks
    warnings: list[str]


def review(plan: Plan) -> Review:
    drafts = [
        (measure, missing_parts(measure))
        for measure in plan.measures.filter(status=Measure.Status.DRAFT).select_related("parent")
    ]
    public = list(plan.measures.filter(status=Measure.Status.PUBLISHED).select_related("parent"))
    ready = [measure for measure, missing in drafts if not missing]
    return Review(
        missing=[
            str(model._meta.verbose_name)
            for model in (SourceParagraph, Category)
            if not model.objects.filter(plan=plan).exists()
        ],
        public=public,
        ready=ready,
        refused=[(measure, missing) for measure, missing in drafts if missing],
        warnings=warnings_of_publishing([*public, *ready]),
    )


class PlanPublishing:
    """Adds the page to the admin of plans."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.publish_view)
        return [path("<int:object_id>/publish/", view, name="measures_plan_publish"), *super().get_urls()]

    def publish_view(self, request, object_id):
        if not may_publish(request):
            raise PermissionDenied
        plans = Plan.objects.select_for_update() if request.method == "POST" else Plan.objects.all()
        plan = plans.filter(pk=object_id).first()
        if not plan:
            raise Http404
        publishing = plan.status == Plan.Status.DRAFT
        found = review(plan)
        # The form says what it was to do: somebody else may have done it meanwhile.
        if request.method == "POST" and request.POST.get("status") == plan.status:
            messages.info(request, _("This was saved already; nothing was changed twice."))
            return self.to_plan(plan)
        if request.method == "POST" and not (publishing and found.missing):
            said = self.published(plan, found, request) if publishing else self.withdrawn(plan)
            messages.success(request, said)
            return self.to_plan(plan)
        return desk_page(
            self,
            request,
            "publish_plan",
            title=(_("Publish “%(plan)s”?") if publishing else _("Withdraw “%(plan)s”?")) % {"plan": plan},
            publishing=publishing,
            review=found,
            original=plan,
            status=Plan.Status.PUBLISHED if publishing else Plan.Status.DRAFT,
            possible=not (publishing and found.missing),
            form_class="publish-plan",
            button=_("Publish") if publishing else _("Unpublish"),
            back=reverse("admin:measures_plan_change", args=[plan.pk]),
        )

    @staticmethod
    def to_plan(plan: Plan) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:measures_plan_change", args=[plan.pk]))

    @staticmethod
    def published(plan: Plan, found: Review, request) -> str:
        if "with_measures" in request.POST:
            Measure.objects.filter(pk__in=[measure.pk for measure in found.ready]).update(
                status=Measure.Status.PUBLISHED
            )
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.PUBLISHED)
        count = plan.measures.filter(status=Measure.Status.PUBLISHED).count()
        return ngettext(
            "The plan is public now, with %(count)d measure.",
            "The plan is public now, with %(count)d measures.",
            count,
        ) % {"count": count}

    @staticmethod
    def withdrawn(plan: Plan) -> str:
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.DRAFT)
        return _("The plan is a draft now; nothing of it is public any more.")
