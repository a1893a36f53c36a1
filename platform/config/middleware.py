"""Response headers and the request log."""

import re
import time
from collections.abc import Callable
from urllib.parse import unquote

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from api.errors import ApiError, Refusal
from audit import traces
from portal.views.errors import bad_request, not_offered
from tenants import switches

log = structlog.get_logger("marque.web")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
GetResponse = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Adds the Content-Security-Policy, and a Permissions-Policy that asks for nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = policy_of(request.path)
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        return response


def policy_of(path: str) -> str:
    """The policy text for a path of the site."""
    directives = dict(settings.CONTENT_SECURITY_POLICY)
    for prefix, changes in settings.CONTENT_SECURITY_POLICY_PATHS.items():
        if path.startswith(prefix):
            directives.update(changes)
    return "; ".join(f"{name} {value}" for name, value in directives.items())


class PlainAddressMiddleware:
    """Refuses control characters in an address: PostgreSQL takes no NUL, and nobody types one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if _CONTROL.search(request.path) or _CONTROL.search(unquote(query)):
            return _bad_address(request)
        return self.get_response(request)


def _bad_address(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        error = ApiError(Refusal.BAD_REQUEST, "The address holds control characters.")
        return JsonResponse(error.as_body(), status=error.status)
    return bad_request(request)


class SwitchMiddleware:
    """Closes the addresses of features that a firm does not have. The backoffice shows its own page
    for them, to those who are signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = request.tenant  # type: ignore[attr-defined]
        path = request.path
        if tenant.is_platform or path.startswith("/backoffice/"):
            return self.get_response(request)
        if switches.closing(path, tenant) is None:
            return self.get_response(request)
        if path.startswith("/api/"):
            error = ApiError(Refusal.FEATURE_OFF)
            return JsonResponse(error.as_body(), status=error.status)
        return not_offered(request)


class TraceMiddleware:
    """Gives each request a trace id, told in a header: what it changes carries it on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace_id = traces.begin()
        with traces.tracing(trace_id):
            response = self.get_response(request)
        response["X-MARQUE-TRACE"] = traces.text_of(trace_id)
        return response


class RequestLogMiddleware:
    """One line per request: method, route (never the path, which can hold secrets), result."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin_ns = time.perf_counter_ns()
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else "",
            status=response.status_code,
            trace=traces.text_of(traces.current()),
            duration_ms=round((time.perf_counter_ns() - begin_ns) / 1e6, 1),
        )
        return response
