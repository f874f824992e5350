"""Records that are public as soon as they are saved: vocabulary, and whatever belongs to a plan that is published.

Editors write measures. What they would add or change of these at one stroke on the public site only whoever may publish does.
"""

from django.db.models import Model

from measures.models import Plan


def may_publish(request) -> bool:
    return request.user.has_perm("measures.publish_measure")


def is_public(record: Model) -> bool:
    """Whether readers see what is saved in this record: that of a plan when the plan is published, any other always."""
    plan = record if isinstance(record, Plan) else getattr(record, "plan", None)
    return plan is None or plan.status == Plan.Status.PUBLISHED


class PublicAtOnce:
    """Adds to the admin of such a kind who may add and change what."""

    @property
    def of_plan(self) -> bool:
        """Whether records of this kind belong to a plan: then there are some that are not public."""
        return any(field.name == "plan" for field in self.model._meta.fields)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and (self.of_plan or may_publish(request))

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not is_public(obj) or may_publish(request))

    def may_enter_again(self, request, document: dict) -> bool:
        published = Plan.objects.filter(year=document.get("plan_year"), status=Plan.Status.PUBLISHED)
        allowed = super().may_enter_again(request, document)
        return allowed and (may_publish(request) or not published.exists())

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "plan" and not may_publish(request):
            kwargs["queryset"] = Plan.objects.filter(status=Plan.Status.DRAFT)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_view_on_site_url(self, obj=None):
        return super().get_view_on_site_url(obj) if obj and is_public(obj) else None


class ReadOnly:
    """Makes the admin of a kind one that nobody writes by."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
