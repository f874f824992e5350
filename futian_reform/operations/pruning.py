"""Removing what is kept about people and processes for a time only."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from . import postgres_log


def prune(days: int) -> dict[str, int]:
    """Remove ended sessions, sign-ins older than so many days, and a long log of PostgreSQL: what -> how many."""
    now = timezone.now()
    old = now - timedelta(days=days)
    removed = {
        "Sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "Sign-ins": AccessLog.objects.filter(attempt_time__lt=old).delete()[0],
        "Failed sign-ins": AccessFailureLog.objects.filter(attempt_time__lt=old).delete()[0]
        + AccessAttempt.objects.filter(attempt_time__lt=old).delete()[0],
    }
    if settings.EMBEDDED_POSTGRES:
        removed["Logs of PostgreSQL"] = int(postgres_log.prune(settings.EMBEDDED_POSTGRES.log))
    return removed
