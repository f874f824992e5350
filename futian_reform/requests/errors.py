"""Error answers: each says what happened and what to do next, in the form that was asked for.

A page answers with a page, JSON with a problem document (RFC 9457), a file with plain text. Pages speak the language of
their address; machine addresses have none, so what they say is said in Chinese and English. None needs a database.
"""

import sys

from django.core.exceptions import BadRequest, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template.loader import render_to_string
from django.urls import Resolver404, reverse
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DiskFull, QueryCanceled, ReadOnlySqlTransaction
from psycopg_pool import PoolTimeout

from measures.addresses import JSON, PAGE, form_of_answer
from measures.history.fields import label_of_posted
from measures.snapshots import public_version

UNKEPT = {"Cache-Control": "no-store"}
SOON = {"Retry-After": "2", **UNKEPT}  # seconds
READING = "GET, HEAD, OPTIONS"


def bad_request(request, exception=None):
    # Only explanations of our own are for readers; those of Django name internals.
    explanation = exception.args[0] if isinstance(exception, BadRequest) and exception.args else None
    return answer(
        request,
        400,
        _("This address cannot be read"),
        explanation or _("Something in the address or the request is not as it should be."),
        errors=getattr(exception, "errors", None),
    )


def not_found(request, exception=None):
    explanation = _("Perhaps the address was mistyped, or what it showed is not published.")
    if isinstance(exception, Http404) and not isinstance(exception, Resolver404) and exception.args:
        explanation, *versions = exception.args
        return answer(request, 404, _("There is no such page"), explanation, versions=versions)
    return answer(request, 404, _("There is no such page"), explanation)


def method_not_allowed(request):
    return answer(
        request,
        405,
        _("This address can only be read"),
        _("Data are read here, never written. Please use GET, HEAD or OPTIONS."),
        headers={"Allow": READING},
    )


def server_error(request):
    error = sys.exc_info()[1]
    # A database that has become a replica, or was set read-only, refuses what staff save and may soon take it again.
    read_only = isinstance(error.__cause__, ReadOnlySqlTransaction) and public_version.get() is None
    if read_only or isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return unavailable(request)
    return answer(
        request,
        500,
        _("Something went wrong on our side"),
        _("The fault has been recorded. Please try again in a few minutes."),
    )


def unavailable(request):
    cause = getattr(sys.exc_info()[1], "__cause__", None)
    if isinstance(cause, QueryCanceled):
        return answer(
            request,
            503,
            _("This question takes too long to answer"),
            _("Please search for fewer or longer words, or choose fewer options."),
            headers=SOON,
        )
    if isinstance(cause, DiskFull):
        said = (
            _("The disk of the server is full"),
            _("Whoever runs this site has to free some space there; until then nothing can be saved."),
        )
    else:
        said = (
            _("The database does not answer at the moment"),
            _("Nothing is lost. Please try again in a few seconds."),
        )
    return answer(request, 503, *said, headers=SOON, typed=typed(request), again=True)


def busy(request):
    """For what was not made in time because too much else was asked for."""
    said = (
        _("This site is busy at the moment"),
        _("More is asked of it than it can answer right now. Please try again in a few seconds."),
    )
    return answer(request, 503, *said, headers=SOON, typed=typed(request), again=True)


def too_large(request):
    said = (
        _("This is larger than the site accepts"),
        _(
            "Nothing was saved. Go back: the desk still has what you typed in that tab. Save it in smaller parts."
        ),
    )
    return answer(request, 413, *said, headers=UNKEPT)


def late(request):
    said = (
        _("The request did not arrive in time"),
        _("Nothing was saved. Please send it once more."),
    )
    return answer(request, 408, *said, headers=UNKEPT | {"Connection": "close"})


def crowded(request):
    said = (
        _("Too many requests at once"),
        _("Please try again in a few seconds."),
    )
    return answer(request, 503, *said, headers=SOON | {"Connection": "close"}, again=True)


def signed_out(request, sign_in: str):
    """The answer to a form posted to the desk after its session had ended; `sign_in` is the address of the sign-in page."""
    return kept_text(
        request,
        _("You are no longer signed in"),
        _(
            "Your session ended before this was saved. Please sign in, come back to this page, and send it again."
        ),
        sign_in=sign_in,
    )


def forbidden(request, exception=None):
    return kept_text(
        request,
        _("Your account may not do this"),
        _("Ask an administrator for the right to do it, or sign in with another account."),
        again=False,
    )


def csrf_failed(request, reason=""):
    """The answer to a form whose token is not that of the cookie: mostly because of signing in again in another tab."""
    # Browsers name the page that a form came from. Only one of our own may be sent again with a token that holds.
    ours = "HTTP_ORIGIN" in request.META and reason.startswith((REASON_NO_CSRF_COOKIE, "CSRF token"))
    user = getattr(request, "user", None)
    sign_in = "" if user is None or user.is_authenticated else reverse("admin:login")
    return kept_text(
        request,
        _("This form is older than your session"),
        _(
            "You signed in or out after you opened it, so nothing was saved yet. Please look at it once more and send it again."
        ),
        sign_in=sign_in,
        again=ours,
    )


def kept_text(request, title, explanation, again=True, **more):
    """A refusal that gives back what was typed; with `again`, in a form that sends it once more."""
    more |= {"typed": typed(request), "again": again}
    return answer(request, 403, title, explanation, headers=UNKEPT, **more)


def typed(request) -> list[tuple[str, str]]:
    """The texts typed into the form that was posted: (label of the field, text). No form with a password is repeated."""
    fields = dict(request.POST.lists())
    if form_of_answer(request.path_info) != PAGE or any("password" in name for name in fields):
        return []
    ours = ("initial-", "_", "csrf", "record_version", "action", "select_across", "index")
    return [
        (label_of_posted(name), text)
        for name, texts in fields.items()
        for text in texts
        if text.strip() and texts != fields.get(f"initial-{name}")
        if not name.startswith(ours) and not name.endswith(("_FORMS", "-id", "-measure"))
    ]


def answer(request, status, title, explanation, errors=None, headers=None, **more):
    """The error in the form of the address; texts are lazy, so that each can be said in the language it needs.

    `more` is for pages alone: what was typed, and what to do with it.
    """
    form = form_of_answer(request.path_info)
    if form == PAGE:
        context = {"status": status, "title": str(title), "explanation": str(explanation), **more}
        page = render_to_string("error.html", context, request)
        return HttpResponse(page, status=status, headers=headers)
    if form == JSON:
        problem = {"type": "about:blank", "status": status, **_in_both("title", title)}
        problem |= _in_both("detail", explanation)
        if errors:
            problem["errors"] = [
                {"parameter": name, **_in_both("detail", error)}
                for name, found in errors.items()
                for error in found
            ]
        return JsonResponse(
            problem,
            status=status,
            headers=headers,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    spoken = {}
    own_language = get_language_from_path(request.path_info.lower())  # feeds have one
    for language in [own_language] if own_language else ["zh-hans", "en"]:
        with override(language):
            details = [f"{name}: {_said(error)}" for name, found in (errors or {}).items() for error in found]
            spoken["\n".join([f"{title}: {_said(explanation)}", *details])] = None
    text = "\n\n".join(spoken) + "\n"
    return HttpResponse(text, status=status, headers=headers, content_type="text/plain; charset=utf-8")


def _said(text) -> str:
    return " ".join(text.messages) if isinstance(text, ValidationError) else str(text)


def _in_both(key: str, text) -> dict[str, str]:
    spoken = {}
    for language, name in (("en", key), ("zh-hans", f"{key}_zh")):
        with override(language):
            spoken[name] = _said(text)
    return spoken
