"""Accounts and groups of the staff desk."""

from axes.admin import AccessAttemptAdmin
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from .deleting import SaysWhatGoes
from .sign_in.factors import forget_factors
from .sign_in.sessions import end_sessions

admin.site.site_title = admin.site.site_header = gettext_lazy("Futian Reform Database: staff desk")
admin.site.index_title = gettext_lazy("What would you like to do?")
admin.site.unregister((User, Group))
# django-axes' own action looks for a sign-in in the request of its button, and fails; expired attempts go by themselves.
AccessAttemptAdmin.actions = ()
# Devices hold secrets: whoever owns one keeps it on a page of its own, and administrators can only remove them.
admin.site.unregister((TOTPDevice, StaticDevice))


@admin.register(User)
class AccountAdmin(SaysWhatGoes, UserAdmin):
    """Administrators keep accounts by group. What makes a superuser only a superuser may give or touch."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    nameless = ("otp_totp", "otp_static", "django_otp_webauthn")  # an account's devices go with it
    restricted = ("is_superuser", "user_permissions")
    actions = ("remove_second_factor",)

    @admin.action(
        description=gettext_lazy("Remove the second factor and end all sessions (a lost device)"),
        permissions=["change"],
    )
    def remove_second_factor(self, request, queryset):
        for user in queryset:
            forget_factors(user)
            end_sessions(user)
            self.log_change(request, user, "second factor removed")
            said = _("%(name)s sets up another second factor at the next sign-in.")
            messages.success(request, said % {"name": user.get_username()})

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        shown = []
        for name, options in fieldsets:
            fields = [field for field in options["fields"] if field not in self.restricted]
            shown.append((name, {**options, "fields": fields}))
        return shown

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.within_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.within_reach(request, obj)

    def get_queryset(self, request):
        accounts = super().get_queryset(request)
        return accounts if request.user.is_superuser else accounts.filter(is_superuser=False)

    @staticmethod
    def within_reach(request, account) -> bool:
        return request.user.is_superuser or not (account and account.is_superuser)


# What a permission allows, by the first word of its name in the code.
RIGHTS = {
    "view": gettext_lazy("see"),
    "add": gettext_lazy("enter"),
    "change": gettext_lazy("change"),
    "delete": gettext_lazy("delete"),
    "publish": gettext_lazy("publish and withdraw"),
}


@admin.register(Group)
class RoleAdmin(SaysWhatGoes, GroupAdmin):
    """The three groups come with the site; they are shown, not edited, except by a superuser."""

    def get_fields(self, request, obj=None):
        return super().get_fields(request, obj) if request.user.is_superuser else ("name", "rights")

    def get_readonly_fields(self, request, obj=None):
        return () if request.user.is_superuser else ("rights",)

    @admin.display(description=gettext_lazy("What its accounts may do"))
    def rights(self, group) -> str:
        """The permissions in words; Django keeps their names in English."""
        of_kinds: dict[str, list[str]] = {}
        for permission in group.permissions.select_related("content_type"):
            right = str(RIGHTS.get(permission.codename.partition("_")[0], permission.name))
            of_kinds.setdefault(permission.content_type.name, []).append(right)
        return "\n".join(f"{kind}: {_(', ').join(rights)}" for kind, rights in of_kinds.items())
