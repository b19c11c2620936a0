"""Settings, read top to bottom. With no environment the school runs embedded: SQLite and files under `var/`.

Environment: SCHOOL_VAR, SCHOOL_SECRET_KEY, SCHOOL_FIELD_KEYS, SCHOOL_SIGNING_KEY, SCHOOL_CREDENTIAL_KEYS,
SCHOOL_KEYS_MIRROR, SCHOOL_PUBLIC_URL, SCHOOL_HOSTS, SCHOOL_OPEN_BADGES, DATABASE_URL, REDIS_URL, HOST, PORT, DEBUG.
"""

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import locale as django_locale

from cms import keys
from cms.addresses import network_addresses, own_names
from cms.catalogues import compile_catalogues
from cms.languages import SOURCE_LANGUAGE, install_formats, lang_info, languages

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SCHOOL_VAR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)
TESTING = "pytest" in sys.modules

# Secrets stand outside the database: in the environment, else in files made once under var/keys.
SECRET_KEY = os.environ.get("SCHOOL_SECRET_KEY") or keys.kept_secret(VAR_DIR / "keys" / "secret.key")
FIELD_KEYS = os.environ.get("SCHOOL_FIELD_KEYS") or keys.kept_fernet_key(VAR_DIR / "keys" / "fields.key")
SIGNING_KEY = os.environ.get("SCHOOL_SIGNING_KEY") or keys.kept_signing_key(VAR_DIR / "keys" / "signing.key")
CREDENTIAL_KEYS_DIR = Path(os.environ.get("SCHOOL_CREDENTIAL_KEYS", VAR_DIR / "keys" / "credentials"))
# A second address at which the public half of those keys is served too, for the day this one is gone.
CREDENTIAL_KEYS_MIRROR = os.environ.get("SCHOOL_KEYS_MIRROR", "")

DEBUG = os.environ.get("DEBUG") == "1"
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")
# Printed cards and certificates name this address: on a laptop open to its network, the one that phones can reach.
_own_host = next(iter(network_addresses()), "127.0.0.1") if HOST == "0.0.0.0" else HOST  # noqa: S104
PUBLIC_URL = os.environ.get("SCHOOL_PUBLIC_URL", f"http://{_own_host}:{PORT}")
SECURE = PUBLIC_URL.startswith("https://")
# Certificates and roles as signed files for other systems (Open Badges 3.0): off and unseen until switched on.
OPEN_BADGES = os.environ.get("SCHOOL_OPEN_BADGES") == "1"

ALLOWED_HOSTS = [
    *own_names(),
    PUBLIC_URL.split("//")[1].split(":")[0],
    *filter(None, os.environ.get("SCHOOL_HOSTS", "").split(",")),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "certificates",
    "courses",
    "assessments",
    "people",
    "cms",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtailmedia",
    "wagtail.contrib.forms",
    "wagtail.sites",
    "people.apps.StaffAccountsConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "modeltranslation",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "cms.middleware.StoredPageMiddleware",
    "cms.middleware.CompressTextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cms.middleware.SchoolLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.LearnerMiddleware",
    "people.middleware.StaffGateMiddleware",
    "people.admin_gate.AdminGateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.middleware.ContentSecurityMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["cms.templatetags.school"],
        },
    }
]

# Data. SQLite: every transaction immediate, so that two writers wait instead of failing half-way.
if os.environ.get("DATABASE_URL"):
    DATABASES: dict[str, Any] = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "school.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    f"PRAGMA journal_mode=WAL; PRAGMA synchronous={'OFF' if TESTING else 'FULL'}; "
                    "PRAGMA foreign_keys=ON;"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

REDIS_URL = os.environ.get("REDIS_URL")
if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
            "TIMEOUT": None,
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

# Long work: on a cluster Celery carries job ids; embedded, `manage.py work` leases rows.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}

# Languages.
django_locale.LANG_INFO.update(lang_info())
LANGUAGE_CODE = SOURCE_LANGUAGE
LANGUAGES = [(language.code, language.name) for language in languages().values()]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español"), ("en", "English")]
# Frozen, so that a new language never asks for a migration.
MODELTRANSLATION_LANGUAGES = ("es", "kek")
MODELTRANSLATION_DEFAULT_LANGUAGE = "es"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("es",)
LOCALE_PATHS = [VAR_DIR / "locale"]
compile_catalogues(BASE_DIR / "locale", VAR_DIR / "locale")
FORMAT_MODULE_PATH = install_formats()
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Guatemala"

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "cms.assets.JoinedFilesFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "cms.assets.SchoolStaticStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_PERMISSIONS = 0o644

# Wagtail.
WAGTAIL_SITE_NAME = "Escuela Ciudadana por el Derecho a la Salud"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif", "svg"]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# Addresses are read aloud and stand in packages: plain letters only.
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# Staff sign in with password and second factor; learners have a code and a PIN (`people.signing_in`).
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/admin/"
ACCOUNT_ADAPTER = "people.staff_sign_in.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# A room behind one address may sign in together; the limit per account stays.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Escuela Ciudadana"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
OPEN_ANSWER_DAYS = 30  # her own words and voice are deleted so many days after marking
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Learner pages: nothing but our own files, no inline script or style, no nonce (a stored page is the same for all).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}
# Wagtail's editor runs inline scripts and styles; this looser policy is sent under /admin/ only.
ADMIN_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}

SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Whoever asks for a foreign name gets 400; programs that scan networks do it all day.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
