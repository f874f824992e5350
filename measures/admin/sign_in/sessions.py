"""Sessions: where an account is signed in, and ending that."""

from dataclasses import dataclass
from datetime import datetime

from axes.helpers import get_client_ip_address
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import salted_hmac

ABOUT = "signed_in"  # in a session: when, from where and with what it began


@dataclass
class SignedIn:
    name: str  # tells it from others in a form; its key is a secret
    at: datetime | None
    address: str
    program: str
    is_this: bool


def remember_where(sender, request, user, **_more) -> None:
    request.session[ABOUT] = {
        "at": timezone.now().isoformat(),
        "address": get_client_ip_address(request) or "",
        "program": request.headers.get("User-Agent", "")[:200],
    }


user_logged_in.connect(remember_where, dispatch_uid="remember_where")


def _sessions_of(user: User) -> list[tuple[Session, dict]]:
    live = Session.objects.filter(expire_date__gt=timezone.now())
    decoded = ((session, session.get_decoded()) for session in live)
    return [(session, data) for session, data in decoded if data.get(SESSION_KEY) == str(user.pk)]


def _name(session: Session) -> str:
    return salted_hmac("measures.sessions", session.session_key).hexdigest()[:16]


def sessions_of(user: User, own_key: str | None = None) -> list[SignedIn]:
    """The sessions of the account that have not ended, the newest first."""
    found = []
    for session, data in _sessions_of(user):
        about = data.get(ABOUT, {})
        at = datetime.fromisoformat(about["at"]) if about else None
        is_this = session.session_key == own_key
        found.append(
            SignedIn(_name(session), at, about.get("address", ""), about.get("program", ""), is_this)
        )
    return sorted(found, key=lambda one: (one.at is not None, one.at), reverse=True)


def end_sessions(user: User, name: str = "", but: str | None = None) -> int:
    """Ends the session of this name, or all of the account but the one with the key `but`. The result is how many."""
    keys = [
        session.session_key
        for session, _data in _sessions_of(user)
        if (_name(session) == name if name else session.session_key != but)
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]
