"""Every setting with a wrong value is refused by its name, with the remedy; what people write in other ways is understood."""

import json
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from futian_reform.operations.prepare import collect_static_files
from tests.test_commands import ROOT

SETTINGS = str(ROOT / "futian_reform" / "settings.py")
HTTPS = {"SITE_ORIGIN": "https://example.org"}

WRONG = {
    "HOST": ("福田..cn", "a_b", "http://127.0.0.1"),
    "PORT": ("abc", "0", "65536", "-1", "80.0"),
    "SITE_ORIGIN": (
        *("example.org", "ftp://example.org", "https://", "https://[::1", "https://example.org:abc"),
        *("https://example.org:0", "https://example.org:70000", "https://example.org/desk"),
        *("https://u:p@example.org", "https://example.org?x=1", "https://example.org#x"),
        *("https://example .org", "https://a_b.org", "https://福田..cn", "https://a..b"),
    ),
    "HSTS_SECONDS": ("1e5", "-1", "a year"),
    "PROXIES": ("1", "unix:", "10.0.0.0/99"),
    "ALLOWED_HOSTS": ("https://example.org", "example.org:8000", "福田..cn", "a_b"),
    "FUTIAN_DATA": ("~nosuchaccount/data", "/dev/null/data"),
    "DATABASE_URL": (
        *("host=localhost", "sqlite:///x", "postgresql://h/d?nope=1", "postgresql://h/d?connect_timeout=x"),
        *("postgresql://h/d?pool=maybe", "postgresql://h/d?isolation_level=serializable"),
        *("postgresql://h/d?isolation_level=9", "postgresql://h:99999/d"),
    ),
    "DATABASE_WAIT": ("a minute", "-1"),
    "DATABASE_READER_URL": ("localhost",),
    "DATABASE_READER_ROLE": ("a b", "1"),
    "BACKUP_FOLDER": ("~nosuchaccount/backups",),
    "BACKUP_DAYS": ("x", "-1", "99999999999"),
    "BACKUP_BEFORE_MIGRATIONS": ("yes",),
    "REPORT_ERRORS_TO": ("http://example.org",),
    "PAGE_CACHE_MB": ("12 MB", "1.5"),
    "LOG_LEVEL": ("verbose", "10"),
    "SIGN_IN_LOG_DAYS": ("0", "x", "99999999999"),
    "SECOND_FACTOR": ("no",),
    "MAIL_PORT": ("smtp", "0", "70000"),
    "METRICS_PORT": ("x", "99999"),
}
# Any text may be right, or it is used only later, by what says so itself.
ANY = {"ENVIRONMENT_FILE", "SECRET_KEY", "BACKUP_COPY_WITH", "PG_BIN", "METRICS_HOST"} | {
    *("SITE_ID_CODE", "ICP_NUMBER", "PUBLIC_SECURITY_NUMBER", "ORGANISER"),
    *("MAIL_HOST", "MAIL_USER", "MAIL_PASSWORD", "MAIL_FROM"),
}
NEEDS = {"HSTS_SECONDS": HTTPS, "DATABASE_READER_URL": {"DATABASE_URL": "postgresql://h/d"}}


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """The settings that come of an environment with these variables alone."""

    def made(**variables):
        for name in (*WRONG, *ANY):
            monkeypatch.delenv(name, raising=False)
        usual = {"ENVIRONMENT_FILE": "", "FUTIAN_DATA": str(tmp_path)}
        for name, value in (usual | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(SETTINGS)

    return made


def test_every_setting_is_tried():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line[2:].partition("=")[0] for line in lines if "=" in line and line[2:3].isupper()}
    named = {name for name in named if name.replace("_", "").isupper() and " " not in name}
    assert named == WRONG.keys() | ANY


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_value_is_told_by_its_name(settings_with, name, value):
    with pytest.raises(ImproperlyConfigured) as caught:
        settings_with(**NEEDS.get(name, {}), **{name: value})
    said = str(caught.value)
    assert name in said or (name == "FUTIAN_DATA" and value in said)
    assert "\n" not in said
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("variables", "name", "expected"),
    [
        ({"LOG_LEVEL": "debug"}, "LOGGING", "DEBUG"),
        ({"SECOND_FACTOR": "Optional"}, "SECOND_FACTOR_REQUIRED", False),
        (
            {"ALLOWED_HOSTS": "a.org, .B.org 福田.cn *"},
            "ALLOWED_HOSTS",
            ["a.org", ".b.org", "xn--rny36g.cn", "*"],
        ),
        ({"SITE_ORIGIN": "https://Example.org:443/"}, "SITE_ORIGIN", "https://example.org"),
        ({"SITE_ORIGIN": "https://Example.org:443"}, "OTP_WEBAUTHN_ALLOWED_ORIGINS", ["https://example.org"]),
        ({"SITE_ORIGIN": "http://[2001:DB8::1]:80"}, "SITE_ORIGIN", "http://[2001:db8::1]"),
        ({"SITE_ORIGIN": "http://福田.cn:8080"}, "SITE_ORIGIN", "http://xn--rny36g.cn:8080"),
        ({"HOST": "::", "PORT": "80"}, "SITE_ORIGIN", "http://[::1]"),
        ({"PORT": "80"}, "OTP_WEBAUTHN_ALLOWED_ORIGINS", ["http://localhost"]),
        ({"BACKUP_FOLDER": "~/backups"}, "BACKUP_FOLDER", Path.home() / "backups"),
    ],
)
def test_other_ways_of_writing_are_understood(settings_with, variables, name, expected):
    found = settings_with(**variables)[name]
    if name == "LOGGING":
        found = found["root"]["level"]
    assert (found[-4:] if name == "ALLOWED_HOSTS" else found) == expected


def test_public_pages_have_no_pool_which_keeps_no_connections(settings_with):
    """Django refuses a pool beside connections that stay: with one in the address the site did not start."""
    databases = settings_with(DATABASE_URL="postgresql://h/d?pool=true")["DATABASES"]
    assert databases["default"]["OPTIONS"]["pool"] is True
    assert (databases["reader"]["CONN_MAX_AGE"], "pool" in databases["reader"]["OPTIONS"]) == (None, False)


@pytest.mark.parametrize("left", [b"", b"\0" * 86, b"\n", b"short", b"\xff\xfe" * 50])
def test_a_key_that_a_crash_spoilt_is_not_used(settings_with, tmp_path, left):
    (tmp_path / "secret_key").write_bytes(left)
    with pytest.raises(ImproperlyConfigured, match="secret_key holds no key. Remove it: another one is made"):
        settings_with()


def test_the_key_that_is_made_is_used_again(settings_with):
    assert settings_with()["SECRET_KEY"] == settings_with()["SECRET_KEY"]


def test_a_file_of_settings_may_come_from_notepad(settings_with, tmp_path):
    file = tmp_path / "site.env"
    file.write_bytes("\ufeffORGANISER=福田区\r\nPORT=8080\r\n".encode())
    found = settings_with(ENVIRONMENT_FILE=str(file))
    assert (found["ORGANISER"], found["SITE_ORIGIN"]) == ("福田区", "http://127.0.0.1:8080")


def test_a_line_that_no_environment_takes_is_named(settings_with, tmp_path):
    file = tmp_path / "site.env"
    file.write_bytes(b"PORT=8080\nORGANISER=a\0b\n")
    with pytest.raises(ImproperlyConfigured, match="Line 2 of .* is no setting. Write it as NAME=value."):
        settings_with(ENVIRONMENT_FILE=str(file))


@pytest.mark.parametrize("workers", [0, -1])
def test_a_site_has_a_web_process(workers):
    """Without one it said that it served."""
    with pytest.raises(CommandError, match="--workers must be 1 or more."):
        call_command("serve", workers=workers)


@pytest.mark.parametrize("left", [b"", b"\0" * 500, b'{"paths": {"site.css": "si'])
def test_names_of_static_files_that_a_crash_spoilt_are_made_again(settings, tmp_path, left):
    """Every page was a 500."""
    settings.FUTIAN_DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "site.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [tmp_path / "own"]
    said: list[str] = []
    collect_static_files(said.append)
    manifest = tmp_path / "static" / "staticfiles.json"
    manifest.write_bytes(left)
    collect_static_files(said.append)
    collect_static_files(said.append)
    assert said == ["Collecting static files."] * 2
    assert list(json.loads(manifest.read_text())["paths"]) == ["site.css"]
