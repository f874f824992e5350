"""Log lines about sign-ins that failed. Who it was, and from where, stands in the desk's sign-in log alone."""

import logging

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver

logger = logging.getLogger(__name__)


@receiver(user_login_failed)
def log_failed_sign_in(sender, **_who):
    logger.warning("a sign-in failed")


@receiver(user_locked_out)
def log_lockout(sender, **_who):
    logger.warning("a name or an address was locked out after failed sign-ins")
