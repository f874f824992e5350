"""Applications: work of the site as a deployment, done once Django is set up, and packages under names of the desk."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FutianReformConfig(AppConfig):
    name = "futian_reform"

    def ready(self):
        from .requests import sign_in_log  # noqa: F401  its receivers need the application of accounts


class SignInLogConfig(AxesConfig):
    verbose_name = _("Log of sign-ins")
