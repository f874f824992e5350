"""Answers for what went wrong: each says what happened and what to do next. They need no database."""

import sys

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.shortcuts import render
from django.urls import Resolver404
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout

RETRY_AFTER = 2  # seconds


def bad_request(request, exception=None):
    # Only our own explanations are for readers; Django's name internals.
    explanation = str(exception) if isinstance(exception, BadRequest) else ""
    return render(
        request,
        "error.html",
        {
            "status": 400,
            "title": _("This address cannot be read"),
            "explanation": explanation
            or _("Something in the address or the request is not as it should be."),
        },
        status=400,
    )


def not_found(request, exception=None):
    own = isinstance(exception, Http404) and not isinstance(exception, Resolver404)
    explanation = str(exception) if own else ""
    return render(
        request,
        "error.html",
        {
            "status": 404,
            "title": _("There is no such page"),
            "explanation": explanation
            or _("Perhaps the address was mistyped, or what it showed is not published."),
        },
        status=404,
    )


def server_error(request):
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError, PoolTimeout)):
        return unavailable(request)
    return render(
        request,
        "error.html",
        {
            "status": 500,
            "title": _("Something went wrong on our side"),
            "explanation": _("The fault has been recorded. Please try again in a few minutes."),
        },
        status=500,
    )


def unavailable(request):
    took_too_long = isinstance(getattr(sys.exc_info()[1], "__cause__", None), QueryCanceled)
    response = render(
        request,
        "error.html",
        {
            "status": 503,
            "title": _("This question takes too long to answer")
            if took_too_long
            else _("The database does not answer at the moment"),
            "explanation": _("Please search for fewer or longer words, or choose fewer options.")
            if took_too_long
            else _("Nothing is lost. Please try again in a few seconds."),
        },
        status=503,
    )
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
