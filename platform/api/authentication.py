"""Who calls a REST view: an API key by its signature, or a page by its session."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from api import access, guard, rates, signatures
from api.errors import ApiError, Refusal
from identity import selectors as identity
from identity.models import User
from identity.sessions import address_of
from tenants.selectors import current_tenant

_METHODS_WITHOUT_BODY = ("GET", "HEAD", "DELETE")


class ApiKeyAuthentication(BaseAuthentication):
    """The signature of the fast path, for every view; see `api.signatures`."""

    def authenticate(self, request: Request) -> tuple[User, access.Caller] | None:
        public_id = request.headers.get("X-MARQUE-KEY", "")
        if not public_id:
            return None
        access.check_features(current_tenant(), signed=True)
        credentials = signatures.Credentials(
            key=public_id,
            timestamp=request.headers.get("X-MARQUE-TIMESTAMP", ""),
            nonce=request.headers.get("X-MARQUE-NONCE", ""),
            signature=request.headers.get("X-MARQUE-SIGNATURE", ""),
            window=request.headers.get("X-MARQUE-RECV-WINDOW", ""),
        )
        signatures.check_form(credentials, int(time.time() * 1000))
        info = identity.api_key_by_public_id(public_id)
        if info is None:
            raise ApiError(Refusal.UNKNOWN_KEY)
        plain = request._request
        method = str(plain.method)
        if method in _METHODS_WITHOUT_BODY and plain.body:
            raise ApiError(Refusal.BAD_REQUEST, f"{method} takes its parameters in the query.")
        text = signatures.signed_text(credentials, method, target_of(plain), plain.body)
        signatures.check_signature(info.secret, credentials.signature, text)
        if not info.allows_address(address_of(plain) or ""):
            raise ApiError(Refusal.ADDRESS_NOT_ALLOWED)
        user = User.objects.get(pk=info.user_id)
        tenant = current_tenant()
        bucket = f"{tenant.id}:key:{public_id}"
        caller = access.caller_of(tenant, user, info.permissions, bucket)
        is_read = method in ("GET", "HEAD")
        plain.api_allowance = guard.check_now(
            redis_client(),
            f"{bucket}:reads" if is_read else f"{bucket}:orders",
            rates.READS if is_read else rates.ORDERS,
            nonce=credentials.nonce,
            nonce_ms=2 * credentials.window_ms,
        )
        return user, caller

    def authenticate_header(self, request: Request) -> str:
        return "X-MARQUE-KEY"


class PageAuthentication(SessionAuthentication):
    """The session of a customer's page, with CSRF; whoever owes a second factor is nobody yet."""

    def authenticate(self, request: Request) -> tuple[User, access.Caller] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user: Any = found[0]
        caller = access.page_caller(current_tenant(), user, second_factor=user.is_verified())
        seen_as = getattr(request._request, "impersonation", None)
        if caller is not None and seen_as is not None:
            caller = access.only_reading(caller, f"seen-as:{seen_as.pk}")
        return None if caller is None else (user, caller)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the documentation shows signed requests."""

    target_class = "api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-MARQUE-KEY",
            "description": (
                "The key's id. Sent along: X-MARQUE-TIMESTAMP (ms), X-MARQUE-NONCE (8 to 64 "
                "letters, digits, - or _; new for every request) and X-MARQUE-SIGNATURE, the hex "
                "HMAC-SHA256 under the key's secret of timestamp + nonce + METHOD + path?query + "
                "body. X-MARQUE-RECV-WINDOW (ms, at most 60000) widens the 5 seconds that a "
                "timestamp may be off; the timestamp is then signed with `:window:` behind it."
            ),
        }


class PageScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the documentation shows a signed-in page."""

    target_class = "api.authentication.PageAuthentication"
    name = "Session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def target_of(request: HttpRequest) -> str:
    """Path and query as they were sent."""
    scope = getattr(request, "scope", None)
    if scope is None or not scope.get("raw_path"):
        return request.get_full_path()
    query = scope.get("query_string", b"")
    whole = scope["raw_path"].partition(b"?")[0] + (b"?" + query if query else b"")
    return str(whole.decode("utf-8", "surrogateescape"))


@cache
def redis_client() -> redis.Redis:
    """The process's connections to Redis for REST views."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
