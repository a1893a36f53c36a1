"""Configuration: what is wrong in the environment fails at start, in one sentence."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

import people
from config.logs import LOGGING, RouteForPath, hide_personal_data
from config.middleware import policy_of
from tenants.models import Tenant
from whole_production import PRODUCTION


def settings_of(**variables: str) -> "subprocess.CompletedProcess[str]":
    """What the settings make of an environment: the database's, as JSON, or a refusal."""
    code = (
        "import json; from config import settings; print(json.dumps(settings.DATABASES['default']))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARQUE_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_parameters_of_the_database_address_reach_libpq() -> None:
    url = "postgresql://me:a%40b@db.example:6432/mine?sslmode=verify-full&sslrootcert=/ca.pem"
    database = json.loads(settings_of(DATABASE_URL=url).stdout)
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("mine", "me", "a@b")
    assert (database["HOST"], database["PORT"]) == ("db.example", "6432")
    assert database["OPTIONS"]["sslmode"] == "verify-full"
    assert database["OPTIONS"]["sslrootcert"] == "/ca.pem"
    assert "pool" in database["OPTIONS"]


@pytest.mark.django_db
def test_parameters_of_the_database_address_are_in_force() -> None:
    """Two of them, read back from the server and from libpq over a real connection."""
    own = {**connections["default"].settings_dict}
    own["OPTIONS"] = {"application_name": "asked-for", "sslmode": "disable"}
    connection = DatabaseWrapper(own, alias="parameters")
    try:
        connection.ensure_connection()
        told = connection.connection.info.get_parameters()
        assert (told["application_name"], told["sslmode"]) == ("asked-for", "disable")
    finally:
        connection.close()


def test_settings_refuse_half_a_production() -> None:
    done = settings_of(MARQUE_DEBUG="0", MARQUE_SECRET_KEY="k" * 40)
    assert done.returncode != 0
    said = done.stderr.splitlines()
    for name in ("MARQUE_ENCRYPTION_KEYS", "MARQUE_HTTPS", "MARQUE_SMTP_HOST"):
        assert any(line.strip().startswith(f"{name}:") for line in said), name
    assert not any(line.strip().startswith("MARQUE_SECRET_KEY:") for line in said)


@pytest.mark.slow
def test_production_settings_pass_djangos_own_check(tmp_path: object) -> None:
    environ = os.environ | {
        **PRODUCTION,
        "MARQUE_SECRET_KEY": "mJ3vXq8TzLw2RkYp6NsHcFb9GdAeUx4V7t5QyZoP1iWnKrEj0C",
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
        timeout=120,
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
