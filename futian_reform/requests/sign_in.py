"""Signing in at the staff desk: whose address it is, and what a locked-out person is told."""

from datetime import timedelta
from math import ceil

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from django.conf import settings
from django.db.models import Max, Sum
from django.shortcuts import render
from django.utils import timezone

from . import client


def client_address(request) -> str:
    return client.client_address(request.META)


def time_left(request, credentials) -> timedelta:
    """The time until the last failure that locked this user or this address no longer counts."""
    latest = []
    for attempts in AxesDatabaseHandler().get_user_attempts(request, credentials):
        found = attempts.aggregate(
            latest=Max("attempt_time"), failures=Sum("failures_since_start", default=0)
        )
        if found["failures"] >= settings.AXES_FAILURE_LIMIT:
            latest.append(found["latest"])
    return max(latest, default=timezone.now()) + get_cool_off(request) - timezone.now()


def locked_out(request, response=None, credentials=None):
    """The page of a locked-out person, the same for every name, so that it does not tell which accounts exist."""
    seconds = max(time_left(request, credentials).total_seconds(), 1)
    answer = render(
        request,
        "admin/locked_out.html",
        {"minutes": ceil(seconds / 60)},
        status=settings.AXES_HTTP_RESPONSE_CODE,
    )
    answer.headers["Retry-After"] = str(ceil(seconds))
    answer.headers["Cache-Control"] = "no-store"
    return answer
