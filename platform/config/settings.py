"""Django settings. Everything that differs between machines comes from the environment."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("MARQUE_DATA_DIR", ROOT / "var"))

DEBUG = os.environ.get("MARQUE_DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("MARQUE_SECRET_KEY", "development-only")

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://marque@127.0.0.1:54320/marque_lead")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:63790/0")
ENGINE_DIR = Path(os.environ.get("MARQUE_ENGINE_DIR", DATA_DIR / "engine"))
ENGINE_SOCKET = os.environ.get("MARQUE_ENGINE_SOCKET", str(ENGINE_DIR / "engine.sock"))

_url = urlsplit(DATABASE_URL)
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": _url.path.lstrip("/"),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _url.hostname or "",
        "PORT": str(_url.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 20}},
    }
}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)

SHARED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django_tenants",
    "tenants",
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
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "runtime",
    "portal",
    "backoffice",
    "api",
]
TENANT_APPS = [
    "identity",
    "audit",
    "messaging",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.admin",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "trading.commands",
    "trading.instruments",
    "trading.accounts",
    "trading.orders",
    "trading.market_data",
    "wallets.ledger",
    "wallets.adjustments",
    "clearing",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "identity.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
