"""Work of the site as a deployment, done once Django is set up."""

from django.apps import AppConfig


class FutianReformConfig(AppConfig):
    name = "futian_reform"

    def ready(self):
        from .requests.sign_in_log import log_failed_sign_ins  # needs the application of accounts

        log_failed_sign_ins()
