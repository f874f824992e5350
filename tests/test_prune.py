"""`manage.py prune`: what is kept about people for a time, and then no longer."""

from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

pytestmark = pytest.mark.usefixtures("restored")


def signed_in(model, age: timedelta, **more):
    entry = model.objects.create(username="lin", ip_address="192.0.2.1", **more)
    model.objects.filter(pk=entry.pk).update(attempt_time=timezone.now() - age)
    return entry


def test_the_old_goes_and_the_young_stays():
    now = timezone.now()
    for name, left in (("ended", timedelta(seconds=-1)), ("open", timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=now + left)
    for age in (timedelta(days=179), timedelta(days=181)):
        signed_in(AccessLog, age)
        signed_in(AccessFailureLog, age)
        signed_in(AccessAttempt, age, user_agent=str(age), get_data="", post_data="", failures_since_start=1)
    said = StringIO()
    call_command("prune", stdout=said)
    assert [session.session_key for session in Session.objects.all()] == ["open"]
    for model in (AccessLog, AccessFailureLog, AccessAttempt):
        kept = model.objects.values_list("attempt_time", flat=True)
        assert [now - at < timedelta(days=180) for at in kept] == [True], model
    lines = said.getvalue().splitlines()
    assert lines[:3] == ["Sessions: 1 removed.", "Sign-ins: 1 removed.", "Failed sign-ins: 2 removed."]
    call_command("prune", days=1, stdout=said)
    assert AccessLog.objects.count() == AccessFailureLog.objects.count() == 0


def test_nothing_is_removed_by_a_slip():
    with pytest.raises(CommandError, match="must be 1 or more"):
        call_command("prune", days=0)
