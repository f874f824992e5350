"""What every answer carries, whatever it answers, and what is refused."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DataError
from django.test import Client

from futian_reform.requests.logs import JsonFormatter
from tests.admin.desk import signed_in

PUBLIC = [
    "/",
    "/en/measures/",
    "/zh-hant/measures/2020-01/",
    "/en/nowhere/",
    "/en/measures/?centre=mars",
    "/healthz",
    "/readyz",
]
STAFF = ["/en/admin/login/", "/en/admin/"]
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", [*PUBLIC, *STAFF])
def test_every_answer_has_the_security_headers(client, path):
    headers = client.get(path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_public_answers_set_no_cookie_and_may_be_shared(client):
    for path in PUBLIC:
        response = client.get(path)
        assert not response.cookies
        shared = (
            "no-store"
            if path in ("/healthz", "/readyz")
            else "public, max-age=0, must-revalidate, stale-if-error=86400"
        )
        assert response["Cache-Control"] == shared


def test_staff_answers_are_for_nobody_else(restored):
    User.objects.create_superuser("chief")
    client = signed_in("chief")
    response = client.get("/en/admin/auth/user/")
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert "style=" not in response.text
    assert "<style" not in response.text
    cookies = client.get("/en/admin/").wsgi_request.session
    assert cookies.get_expiry_age() <= 8 * 60 * 60


def test_cookies_of_staff_are_out_of_reach_of_scripts(client):
    cookie = client.get("/en/admin/login/").cookies["csrftoken"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "", "a b"]
)
def test_foreign_hosts_are_refused(databases, host):
    assert Client(headers={"host": host}).get("/en/measures/").status_code == 400


def test_what_is_too_large_is_refused(client):
    assert client.get("/en/measures/", query_params={"q": "x" * 5000}).status_code == 400
    for length, status in ((str(11 * 2**20), 413), ("-1", 400), ("1e3", 400), ("²", 400)):
        assert client.generic("POST", "/en/admin/login/", b"", CONTENT_LENGTH=length).status_code == status
    assert client.get("/en/measures/?q=%00").status_code == 400


def test_https_origin_brings_hsts_secure_cookies_and_the_redirect():
    program = """
import django, json
django.setup()
from django.test import Client
client = Client(headers={"host": "reform.example.org"})
plain, secure = client.get("/en/about/?a=1"), client.get("/en/admin/login/", headers={"x-forwarded-proto": "https"})
print(json.dumps([plain.status_code, plain["Location"], secure["Strict-Transport-Security"],
    [bool(cookie["secure"]) for cookie in secure.cookies.values()], client.get("/healthz").status_code]))
"""
    environment = os.environ | {
        "SITE_ORIGIN": "https://reform.example.org",
        "DJANGO_SETTINGS_MODULE": "futian_reform.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [
        301,
        "https://reform.example.org/en/about/?a=1",
        "max-age=31536000; includeSubDomains; preload",
        [True],
        200,
    ]


@pytest.mark.parametrize(
    ("seconds", "header"),
    [
        ("31536000", "max-age=31536000; includeSubDomains; preload"),
        ("300", "max-age=300"),
        ("0", None),
    ],
)
def test_hsts_can_be_turned_down(seconds, header):
    program = """
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "reform.example.org", "x-forwarded-proto": "https"})
print(client.get("/healthz").headers.get("Strict-Transport-Security"))
"""
    environment = os.environ | {
        "SITE_ORIGIN": "https://reform.example.org",
        "HSTS_SECONDS": seconds,
        "DJANGO_SETTINGS_MODULE": "futian_reform.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(header)


def test_deployment_checks_have_no_warning():
    environment = os.environ | {"SITE_ORIGIN": "https://reform.example.org"}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # what the browser tests of this process need
    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert (check.returncode, check.stderr) == (0, "")


def test_generated_secret_is_its_owners_alone(databases):
    assert (settings.FUTIAN_DATA / "secret_key").stat().st_mode & 0o777 == 0o600


def test_exceptions_are_logged_without_what_somebody_typed():
    try:
        try:
            int("typed by a reader")
        except ValueError as error:
            raise DataError("invalid input: typed by a reader") from error
    except DataError:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            __file__,
            1,
            "Internal Server Error: %s",
            ("/en/",),
            sys.exc_info(),
        )
    line = json.loads(JsonFormatter().format(record))
    assert [error["type"] for error in line["exception"]] == [
        "django.db.utils.DataError",
        "builtins.ValueError",
    ]
    assert line["message"] == "Internal Server Error: /en/"
    assert "typed by a reader" not in json.dumps(line)
