"""Django settings. Everything that differs between machines comes from the environment."""

import os
import sys
from pathlib import Path

from backoffice.look import UNFOLD_OPERATOR, UNFOLD_TENANT  # noqa: F401
from config.logs import LOGGING  # noqa: F401
from runtime import by_hand, given, production

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("MARQUE_DATA_DIR", ROOT / "var"))

production.check(os.environ)
DEVELOPMENT = given.flag(os.environ, "MARQUE_DEBUG", default=True)
# Django's own pages of errors show settings and code to whoever meets them: customers get the
# brand's, in a demo as well. The log has the traceback.
DEBUG = False
SECRET_KEY = given.secret(os.environ, "MARQUE_SECRET_KEY", debug=DEVELOPMENT)
# Newest first; each a 32-byte url-safe base64 key. Older keys still decrypt.
MARQUE_ENCRYPTION_KEYS = given.encryption_keys(
    os.environ, "MARQUE_ENCRYPTION_KEYS", debug=DEVELOPMENT
)

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://marque@127.0.0.1:54320/marque")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:63790/0")
# The tablespace that archived partitions of postings move to; empty: they stay where they are.
COLD_TABLESPACE = os.environ.get("MARQUE_COLD_TABLESPACE", "")
ENGINE_DIR = Path(os.environ.get("MARQUE_ENGINE_DIR", DATA_DIR / "engine"))
ENGINE_SOCKET = os.environ.get("MARQUE_ENGINE_SOCKET", str(ENGINE_DIR / "engine.sock"))
# Segments of the engine journal that nobody needs any more go to the archive by this policy.
ENGINE_ARCHIVE_DIR = given.folder(os.environ, "MARQUE_ENGINE_ARCHIVE_DIR")
ENGINE_ARCHIVE_COMPRESSION = given.choice(
    os.environ, "MARQUE_ENGINE_ARCHIVE_COMPRESSION", ("zstd", "gzip", "none")
)
ENGINE_ARCHIVE_DAYS = given.whole(os.environ, "MARQUE_ENGINE_ARCHIVE_DAYS", 0)
ENGINE_SEGMENTS_KEPT = given.whole(os.environ, "MARQUE_ENGINE_SEGMENTS_KEPT", 4, least=1)

# Customers' documents, encrypted, a folder for each tenant; nothing serves them from here.
KYC_DIR = DATA_DIR / "kyc"
# Files that were made in the background, likewise.
JOBS_DIR = DATA_DIR / "jobs"
# In development a provider may be a program on this very machine.
KYC_LOCAL_PROVIDERS = DEVELOPMENT
# How fast the demo's market is played, times recorded speed.
REPLAY_SPEED = os.environ.get("MARQUE_REPLAY_SPEED", "1")
# Where the demo's provider of identity checks listens; 0: it does not run.
KYC_SIMULATOR_PORT = given.whole(os.environ, "MARQUE_KYC_SIMULATOR_PORT", 0)

# The tenant middleware decides which hosts exist; Django's own list would only repeat it.
ALLOWED_HOSTS = ["*"]
HTTPS = given.flag(os.environ, "MARQUE_HTTPS", default=False)
# Addresses are taken from X-Forwarded-For only behind so many proxies of our own.
TRUSTED_PROXIES = given.whole(os.environ, "MARQUE_TRUSTED_PROXIES", 0)

_database = given.database_parameters(DATABASE_URL)
DATABASES = {
    "default": {
        "ENGINE": "tenants.database",
        "NAME": _database.pop("dbname"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "CONN_MAX_AGE": 0,
        # What is left of the address is libpq's own: sslmode, sslrootcert, options and so on.
        "OPTIONS": given.database_options(
            _database, by_hand=by_hand.is_by_hand(sys.argv, os.environ)
        ),
    }
}
# Tables are made as their owner, where this process connects as a lesser role; and that role is let
# in to what it may do, wherever tables were made.
OWNER_DATABASE = given.login(os.environ.get("DATABASE_OWNER_URL", ""))
APP_DATABASE_ROLE = given.login(os.environ.get("DATABASE_APP_URL", "")).get("USER", "")
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)

SHARED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "tenants",  # before django_tenants: its create_tenant is the one meant
    "django_tenants",
    "identity",
    "audit",
    "messaging",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django_otp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "runtime",
    "backoffice",
    "billing",
    "api",
]
TENANT_APPS = [
    "identity",
    "audit",
    "messaging",
    "portal",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.admin",
    "django_otp",
    "jobs",
    "impersonation",
    "riskrules",
    "trading.commands",
    "trading.instruments",
    "trading.accounts",
    "kyc",
    "trading.calendars",
    "trading.fees",
    "trading.orders",
    "trading.market_data",
    "trading.replay",
    "wallets.ledger",
    "wallets.adjustments",
    "wallets.bookkeeping",
    "wallets.transfers",
    "wallets.payments",
    "wallets.reports",
    "wallets.exports",
    "wallets.reconciliation",
    "wallets.liabilities",
    "wallets.sealing",
    "wallets.campaigns",
    "care",
    "clearing",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
# A fresh schema gets its tables by a record of what all migrations say.
GET_EXECUTOR_FUNCTION = "tenants.structure.executor"
AUTH_USER_MODEL = "identity.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

# The search path is set when a connection changes to another schema, not before each statement.
TENANT_LIMIT_SET_CALLS = True
PUBLIC_SCHEMA_NAME = "public"
ROOT_URLCONF = "config.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "config.urls_operator"
ASGI_APPLICATION = "config.asgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "config.middleware.TraceMiddleware",
    "tenants.middleware.TenantMiddleware",
    "runtime.request_metrics.RequestMetricsMiddleware",
    "config.middleware.RequestLogMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "identity.middleware.SessionGuardMiddleware",
    "impersonation.middleware.ImpersonationMiddleware",
    "tenants.middleware.BrandLocaleMiddleware",
    "portal.display.DisplayMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.PlainAddressMiddleware",
    "config.middleware.SwitchMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context_processors.brand",
            ],
        },
    }
]

# Static files, uploads
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
MULTITENANT_RELATIVE_MEDIA_ROOT = "%s"
STORAGES = {
    "default": {"BACKEND": "django_tenants.files.storage.TenantFileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = False

# Sign-in
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/dashboard"
LOGOUT_REDIRECT_URL = "/"

# Cookies: no domain is ever set, so that each stays with the host that set it.
SESSION_ENGINE = "identity.session_store"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The staff pages' Alpine evaluates expressions; inline scripts stay forbidden there as well.
CONTENT_SECURITY_POLICY_PATHS = {
    "/backoffice/": {"script-src": "'self' 'unsafe-eval'"},
    "/operator/": {"script-src": "'self' 'unsafe-eval'"},
}

# Redis: caches, channel layer, Celery. Keys carry the schema.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "TIMEOUT": 300,
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "global_keyprefix": "celery:"}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

# Where the card gateway's interface is; empty: there is none. Firms hold their own keys for it.
CARD_GATEWAY_URL = os.environ.get("MARQUE_CARD_GATEWAY_URL", "").rstrip("/")

# Mail: without a server it stays in the development mailbox at /dev/mailbox/.
EMAIL_HOST = os.environ.get("MARQUE_SMTP_HOST", "")
EMAIL_PORT = given.port(os.environ, "MARQUE_SMTP_PORT", 587)
EMAIL_HOST_USER = os.environ.get("MARQUE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MARQUE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = given.flag(os.environ, "MARQUE_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 20
# Whether mail servers, webhooks and push services may stand at private addresses and speak HTTP.
PRIVATE_TARGETS = given.flag(os.environ, "MARQUE_PRIVATE_TARGETS", default=False)
DEFAULT_FROM_EMAIL = os.environ.get("MARQUE_MAIL_FROM", "no-reply@localhost")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.dummy.EmailBackend"
)

# API
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Exchange API",
    "DESCRIPTION": "Market data, accounts and orders. Numbers are decimal strings.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Fields called type and status mean one thing in an order and another in an order list.
    "ENUM_NAME_OVERRIDES": {
        "OrderTypeEnum": "api.serializers.ORDER_TYPES",
        "OrderListTypeEnum": "api.serializers.LIST_TYPES",
        "OrderStatusEnum": "api.serializers.ORDER_STATUSES",
        "OrderListStatusEnum": "api.serializers.LIST_STATUSES",
        "InstrumentState": "api.serializers.INSTRUMENT_STATES",
        "AccountState": "api.serializers.ACCOUNT_STATES",
        "TransferState": "api.account_serializers.TRANSFER_STATES",
        "Side": "api.serializers.SIDES",
    },
}
# Where the operator's page of processes comes from: rooms side by side do not import each other.
MARQUE_STATUS = "runtime.status.now"

# How old figures in the menu of the staff's web may be.
MENU_COUNTS_SECONDS = 3.0

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ru", "Русский")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True

# Each process keeps the tenants in memory and reads them anew when told so over Redis.
MARQUE_WATCH_TENANTS = given.flag(os.environ, "MARQUE_WATCH_TENANTS", default=True)
# Hosts at which the platform's own staff work, and the port that links carry (0: none).
# Where hosts of firms must point: a name of the platform's, its addresses, or both. Without either
# it is the first of the operator's hosts. Their DNS is asked at these servers (ADDRESS or
# ADDRESS:PORT); without any at those of the machine.
DOMAIN_TARGET = os.environ.get("MARQUE_DOMAIN_TARGET", "").strip().lower().rstrip(".")
DOMAIN_ADDRESSES = [a for a in os.environ.get("MARQUE_DOMAIN_ADDRESSES", "").split(",") if a]
DNS_SERVERS = [a for a in os.environ.get("MARQUE_DNS_SERVERS", "").split(",") if a]
OPERATOR_HOSTS = os.environ.get("MARQUE_OPERATOR_HOSTS", "localhost,operator.localhost").split(",")
PUBLIC_PORT = given.port(
    os.environ, "MARQUE_PUBLIC_PORT", given.port(os.environ, "MARQUE_PORT", 8000), least=0
)
