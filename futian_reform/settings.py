"""Settings of the site. The environment decides; `.env.example` lists every variable.

Whatever is missing or malformed raises `ImproperlyConfigured` with the remedy, which `manage.py` prints as a message.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from futian_reform import databases, environment
from futian_reform.environment import (
    env,
    env_choice,
    env_folder,
    env_number,
    hosts,
    http_url,
    improper,
    networks,
    origin,
)
from futian_reform.operations.embedded_postgres import EmbeddedPostgres

BASE_DIR = Path(__file__).resolve().parent.parent
environment.load()
MAX_PORT, MAX_DAYS = 65_535, 36_500
MIN_KEY = 32  # characters of a key that the site has made itself; they are 86


# --- Where things are kept ---

FUTIAN_DATA = env_folder("FUTIAN_DATA", BASE_DIR / ".data")


def generated_secret() -> str:
    """The secret key in the data directory, made on first use and readable by its owner alone."""
    path = FUTIAN_DATA / "secret_key"
    try:
        FUTIAN_DATA.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with NamedTemporaryFile("w", dir=FUTIAN_DATA) as draft, suppress(FileExistsError):
                draft.write(secrets.token_urlsafe(64))
                draft.flush()
                os.fsync(draft.fileno())
                os.link(draft.name, path)  # unlike a rename, fails where another process was first
        key = path.read_text(errors="replace").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data directory {FUTIAN_DATA} cannot be used ({error.strerror}). Make it writable for this user, "
            "free some space, or name another directory in FUTIAN_DATA."
        ) from error
    if len(key) < MIN_KEY or not (key.isascii() and key.isprintable()):  # as a crash may leave a file
        raise ImproperlyConfigured(
            f"{path} holds no key. Remove it: another one is made, and staff sign in again."
        )
    return key


SECRET_KEY = env("SECRET_KEY") or generated_secret()
DEBUG = False

# --- The address of the site ---


# Every absolute address starts with it; the Host header never does.
_port = env_number("PORT", 8000, least=1, most=MAX_PORT)
_origin = (
    origin("SITE_ORIGIN", env("SITE_ORIGIN"))
    if env("SITE_ORIGIN")
    else origin("HOST", http_url(env("HOST", "127.0.0.1").strip("[]"), _port))
)
SITE_ORIGIN = _origin.geturl()
_own_host = f"[{_origin.hostname}]" if ":" in _origin.hostname else _origin.hostname
ALLOWED_HOSTS = [_own_host, "127.0.0.1", "localhost", "[::1]", *hosts("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN]

# --- Applications ---

INSTALLED_APPS = [
    "measures",
    "futian_reform.apps.FutianReformConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django_filters",
    "futian_reform.apps.SignInLogConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
]

MIDDLEWARE = [
    "futian_reform.requests.logs.identified",
    "futian_reform.requests.middleware.own_origin",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "futian_reform.requests.middleware.language_from_path",
    "futian_reform.requests.middleware.open_data",
    "django.middleware.common.CommonMiddleware",
    "futian_reform.requests.middleware.within_limits",
    "futian_reform.requests.middleware.canonical_address",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "futian_reform.requests.middleware.staff_or_public",
    "futian_reform.requests.second_factor.second_factor",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "futian_reform.urls"
WSGI_APPLICATION = "futian_reform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "measures.pages.template_tags",
            ],
            "libraries": {"desk": "measures.admin.waiting"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database ---


# Seconds that `serve` waits for a server that does not answer yet.
DATABASE_WAIT = env_number("DATABASE_WAIT", 0)
EMBEDDED_POSTGRES = None if env("DATABASE_URL") else EmbeddedPostgres(FUTIAN_DATA)
# The role that public pages read with. It can SELECT the content tables and nothing else.
READER_ROLE = os.environ.get("DATABASE_READER_ROLE", "futian_reader").strip()
if READER_ROLE and not READER_ROLE.isidentifier():
    raise ImproperlyConfigured("DATABASE_READER_ROLE must be a plain name, such as futian_reader, or empty.")
if EMBEDDED_POSTGRES:
    # The embedded server lets the role in by itself, so that nothing leads from it to more.
    _reader_url = EMBEDDED_POSTGRES.url(user=READER_ROLE or "postgres")
    DATABASES = {
        "default": databases.writer(EMBEDDED_POSTGRES.url()),
        "reader": databases.reader("DATABASE_URL", _reader_url, role=""),
    }
else:
    DATABASES = databases.databases(env("DATABASE_URL"), env("DATABASE_READER_URL").split(), READER_ROLE)
DATABASE_ROUTERS = ["measures.snapshots.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Backups ---

BACKUP_FOLDER = env_folder("BACKUP_FOLDER", FUTIAN_DATA / "backups")
BACKUP_DAYS = env_number("BACKUP_DAYS", 30, most=MAX_DAYS)
BACKUP_COPY_WITH = env("BACKUP_COPY_WITH")  # a program that takes the paths of a dump and its manifest

# `serve` and a reload write a backup before they migrate, and migrate nothing where that fails.
BACKUP_BEFORE_MIGRATIONS = bool(env_number("BACKUP_BEFORE_MIGRATIONS", 0, most=1))

# --- Page cache ---

PAGE_CACHE_BYTES = env_number("PAGE_CACHE_MB", 12) * 2**20  # in every web process

# --- Metrics for Prometheus: a port of their own, which no proxy passes on; 0 serves none ---

METRICS_HOST = env("METRICS_HOST", "127.0.0.1")
METRICS_PORT = env_number("METRICS_PORT", 0, most=MAX_PORT)

# --- Languages ---

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "packages"]  # our texts, those of packages
FORMAT_MODULE_PATH = "futian_reform.formats"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ---

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = FUTIAN_DATA / "static"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Security ---

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"
CSRF_COOKIE_HTTPONLY = True
if _origin.scheme == "https":
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked by the machine next door, without a proxy
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Browsers keep this promise for as long. Before giving up https, send a short one until the old one has run out.
    SECURE_HSTS_SECONDS = env_number("HSTS_SECONDS", 365 * 24 * 60 * 60)
    # Lists that browsers ship take only what is promised for a year and for all names below.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS >= 365 * 24 * 60 * 60
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

MAX_BODY_LENGTH = 10 * 2**20  # bytes; the largest is a spreadsheet that staff import
# What is within it is read, so that a form that cannot be saved can be given back whatever its size.
DATA_UPLOAD_MAX_MEMORY_SIZE, DATA_UPLOAD_MAX_NUMBER_FIELDS = MAX_BODY_LENGTH, 10_000
CSRF_FAILURE_VIEW = "futian_reform.requests.errors.csrf_failed"

# Failed sign-ins of one user, whatever the address, or from one address, whatever the user.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the time left that is shown is true
AXES_LOCKOUT_CALLABLE = "futian_reform.requests.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "futian_reform.requests.sign_in.client_address"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ENABLE_ADMIN = True
AXES_VERBOSE = False
# Publishers and administrators need a second factor, unless the network is closed to others: SECOND_FACTOR=optional.
SECOND_FACTOR_REQUIRED = env_choice("SECOND_FACTOR", "required", "optional") == "required"
OTP_TOTP_ISSUER = OTP_WEBAUTHN_RP_NAME = "Futian Reform Database"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
# Browsers let passkeys be used over https:// alone, and on this machine.
_has_passkeys = _origin.scheme == "https"
OTP_WEBAUTHN_RP_ID = _origin.hostname if _has_passkeys else "localhost"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [
    SITE_ORIGIN if _has_passkeys else origin("PORT", f"http://localhost:{_origin.port or 80}").geturl()
]
# `manage.py prune` removes what is older.
SIGN_IN_LOG_DAYS = env_number("SIGN_IN_LOG_DAYS", 180, least=1, most=MAX_DAYS)
# Addresses and networks of the proxies in front of the site: see requests/client.py. A site with https:// needs one; unless
# it is named, it runs on this machine.
PROXIES = networks("PROXIES", "127.0.0.0/8 ::1" if _origin.scheme == "https" else "")

# --- Mail, only for resetting passwords: without a server the sign-in page does not offer it ---

EMAIL_HOST = env("MAIL_HOST")
EMAIL_PORT = env_number("MAIL_PORT", 587, least=1, most=MAX_PORT)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env("MAIL_USER"), env("MAIL_PASSWORD")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env("MAIL_FROM", EMAIL_HOST_USER)

# --- Identity elements of Chinese sites, printed only when filled, and the address for error reports ---

SITE_ID_CODE = env("SITE_ID_CODE")
ICP_NUMBER = env("ICP_NUMBER")
PUBLIC_SECURITY_NUMBER = env("PUBLIC_SECURITY_NUMBER")
ORGANISER = env("ORGANISER")
REPORT_ERRORS_TO = env("REPORT_ERRORS_TO")
if REPORT_ERRORS_TO and not REPORT_ERRORS_TO.startswith("https://") and "@" not in REPORT_ERRORS_TO:
    raise improper("REPORT_ERRORS_TO", "give it an e-mail address or the https:// address of a tracker")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "futian_reform.requests.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["stderr"],
        "level": env_choice("LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"),
    },
    "loggers": {
        # Django's own handlers write plain text; who failed to sign in, and from where, stands in the database alone.
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "axes": {"level": "CRITICAL"},
    },
}
