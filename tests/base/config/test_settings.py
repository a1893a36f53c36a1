"""Configuration: what is wrong in the environment fails at start, in one sentence."""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

import people
from config.environment import encryption_keys, flag, required_secret
from config.logs import LOGGING, RouteForPath, hide_personal_data
from config.middleware import policy_of
from tenants.models import Tenant

KEY = Fernet.generate_key().decode()


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), ("0", False), ("off", False)]
)
def test_flags(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("MARQUE_X", text)
    assert flag("MARQUE_X", default=not value) is value


def test_a_flag_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUE_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="MARQUE_X"):
        flag("MARQUE_X", default=True)


def test_secrets_have_no_default_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARQUE_X", raising=False)
    for read in (required_secret, encryption_keys):
        assert read("MARQUE_X", debug=True)
        with pytest.raises(ImproperlyConfigured, match="MARQUE_X"):
            read("MARQUE_X", debug=False)
    monkeypatch.setenv("MARQUE_X", "short")
    for read in (required_secret, encryption_keys):
        with pytest.raises(ImproperlyConfigured, match="MARQUE_X"):
            read("MARQUE_X", debug=False)
    monkeypatch.setenv("MARQUE_X", f"{KEY}, {KEY}")
    assert encryption_keys("MARQUE_X", debug=False) == [KEY, KEY]


@pytest.mark.slow
def test_production_settings_pass_djangos_own_check(tmp_path: object) -> None:
    environ = os.environ | {
        "MARQUE_DEBUG": "0",
        "MARQUE_HTTPS": "1",
        "MARQUE_TRUSTED_PROXIES": "1",
        "MARQUE_SECRET_KEY": "mJ3vXq8TzLw2RkYp6NsHcFb9GdAeUx4V7t5QyZoP1iWnKrEj0C",
        "MARQUE_ENCRYPTION_KEYS": KEY,
        "MARQUE_DATA_DIR": str(tmp_path),
    }
    result = subprocess.run(
        [
            sys.executable,
            str(settings.ROOT / "manage.py"),
            "check",
            "--deploy",
            "--tag",
            "security",
        ],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    # Redirecting to https is the proxy's work, preloading a decision of the domain's owner.
    warnings = {line.split(")")[0] for line in result.stderr.splitlines() if "security." in line}
    assert {w.rpartition(".")[2] for w in warnings} <= {"W008", "W021"}, result.stderr


def test_cookies_carry_no_domain() -> None:
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "LANGUAGE_COOKIE_DOMAIN"):
        assert getattr(settings, name) is None
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.parametrize("path", ["/", "/trade/BTC-USDT", "/backoffice/x", "/operator/"])
def test_no_page_may_run_inline_scripts(path: str) -> None:
    policy = dict(part.split(" ", 1) for part in policy_of(path).split("; "))
    assert "unsafe-inline" not in policy["script-src"]
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert ("unsafe-eval" in policy["script-src"]) is path.startswith(("/backoffice", "/operator"))


def test_log_lines_lose_what_must_not_be_there() -> None:
    event = hide_personal_data(
        None, "", {"event": "GET /reset/AbC-12_x for dora@north.example", "n": 1}
    )
    assert event == {"event": "GET /reset/*** for ***", "n": 1}


def test_a_failed_request_is_logged_by_its_route(
    tenant: Tenant,
    client_for: Callable[..., people.Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A path may hold a one-time secret, a cookie or a query a person's data."""

    def fail(**_: Any) -> None:
        raise RuntimeError("a part broke")

    monkeypatch.setattr("identity.actions.reset_password", fail)
    lines = io.StringIO()
    handler = _handler_to(lines)
    logging.getLogger().addHandler(handler)
    try:
        browser = client_for()
        browser.raise_request_exception = False
        for secret in ("secret-token-1", "sécret-token-2"):
            answer = browser.post(
                f"/reset/{secret}?mail=dora@north.example", {"password": people.PASSWORD}
            )
            assert answer.status_code == 500
        refusing = people.Browser(tenant, enforce_csrf_checks=True)
        assert refusing.post("/reset/secret-token-3").status_code == 403
    finally:
        logging.getLogger().removeHandler(handler)
    written = lines.getvalue()
    assert written.count('"event": "Internal Server Error: reset/<str:token>"') == 2
    assert "a part broke" in written
    assert "CSRF cookie not set.): reset/<str:token>" in written
    for secret in ("secret-token", "cret-token", "dora", people.PASSWORD):
        assert secret not in written


def _handler_to(stream: io.StringIO) -> logging.Handler:
    """The handler of the product's own log, writing elsewhere."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(RouteForPath())
    formatter = LOGGING["formatters"]["lines"]
    handler.setFormatter(
        formatter["()"](**{name: value for name, value in formatter.items() if name != "()"})
    )
    return handler
