"""Publishing and unpublishing many measures at once."""

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.models import Measure

from .families import warnings_of_publishing, warnings_of_withdrawing
from .pages import desk_page
from .public import is_public, may_publish
from .readiness import missing_parts


class PublishingActions:
    """Adds the two actions to the admin of measures."""

    actions = ("publish", "unpublish")

    def has_publish_permission(self, request):
        return may_publish(request)

    @admin.action(description=gettext_lazy("Publish the selected measures"), permissions=["publish"])
    def publish(self, request, queryset):
        return self.set_status(request, queryset, Measure.Status.PUBLISHED)

    @admin.action(description=gettext_lazy("Unpublish the selected measures"), permissions=["publish"])
    def unpublish(self, request, queryset):
        return self.set_status(request, queryset, Measure.Status.DRAFT)

    def set_status(self, request, queryset, status):
        """Ask first, naming the measures and what some of them lack for publication; then change those that lack nothing."""
        publishing = status == Measure.Status.PUBLISHED
        chosen = Measure.objects.filter(pk__in=queryset.values("pk")).exclude(status=status)
        ready, refused = [], []
        for measure in chosen.select_for_update().order_by("pk"):
            missing = missing_parts(measure) if publishing else []
            if missing:
                refused.append((measure, missing))
            else:
                ready.append(measure)
        if "confirmed" in request.POST:
            count = Measure.objects.filter(pk__in=[measure.pk for measure in ready]).update(status=status)
            say_what_was_done(request, publishing, count, sum(not is_public(measure) for measure in ready))
            return None
        return desk_page(
            self,
            request,
            "set_status",
            title=_("Publish these measures?") if publishing else _("Unpublish these measures?"),
            publishing=publishing,
            ready=ready,
            warnings=(warnings_of_publishing if publishing else warnings_of_withdrawing)(ready),
            refused=refused,
            action="publish" if publishing else "unpublish",
            checkbox_name=helpers.ACTION_CHECKBOX_NAME,
            possible=bool(ready),
            button=_("Publish") if publishing else _("Unpublish"),
            back=reverse("admin:measures_measure_changelist"),
        )


def say_what_was_done(request, publishing: bool, count: int, waiting: int) -> None:
    """Tell how many measures were published or withdrawn; `waiting` of them wait for their plan."""
    if not publishing:
        done = ngettext("%(count)d measure is now a draft.", "%(count)d measures are now drafts.", count)
        messages.success(request, done % {"count": count})
        return
    if count - waiting or not waiting:
        done = ngettext(
            "%(count)d measure is now public.", "%(count)d measures are now public.", count - waiting
        )
        messages.success(request, done % {"count": count - waiting})
    if waiting:
        done = ngettext(
            "%(count)d measure becomes public with its plan, which is still a draft.",
            "%(count)d measures become public with their plan, which is still a draft.",
            waiting,
        )
        messages.success(request, done % {"count": waiting})
