"""Accounts and groups of the staff desk."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy

admin.site.site_title = admin.site.site_header = gettext_lazy("Futian Reform Database: staff desk")
admin.site.index_title = gettext_lazy("What would you like to do?")
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Administrators keep accounts by group. What makes a superuser only a superuser may give or touch."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    restricted = ("is_superuser", "user_permissions")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (
                name,
                {**options, "fields": [field for field in options["fields"] if field not in self.restricted]},
            )
            for name, options in fieldsets
        ]

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


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """The three groups come with the site; they are shown, not edited, except by a superuser."""
