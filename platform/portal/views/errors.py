"""Branded pages for what went wrong: 400, 403, 404, 429, 500 and 503."""

import sys
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import redis.exceptions
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from audit import traces
from tenants import brands


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        HTTPStatus.BAD_REQUEST,
        _("This address cannot be understood"),
        _("It holds characters that no address has. Go back and try again without them."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        _("This page is not here"),
        _("The address may be wrong, or what it showed is gone or belongs to someone else."),
        steps=[
            _("Look at the address for a slip of the pen."),
            _("If it should be yours, look whether you are signed in with the right e-mail."),
        ],
    )


def not_offered(request: HttpRequest) -> HttpResponse:
    """What the firm does not have."""
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        _("This is not offered here"),
        _("This firm does not offer what this address was for. Everything else works as always."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("You may not do this"),
        _("Your account has no right to this page. If you think it should, write to support."),
        trace=_trace(),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("The form was too old"),
        _("It was not sent. Go back, load the page again and send the form once more."),
        retry=same_site_referer(request),
    )


def too_many(request: HttpRequest, *, retry_seconds: int) -> HttpResponse:
    response = _page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        _("A little slower, please"),
        _("Too many requests came from here. Nothing was done. Try again in a minute."),
        steps=[
            _("Wait a minute, then try again once."),
            _("Programs read the header Retry-After and wait as long as it says."),
        ],
        retry=request.get_full_path() if request.method == "GET" else same_site_referer(request),
    )
    response["Retry-After"] = str(retry_seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when what failed is a server this one needs."""
    if isinstance(sys.exc_info()[1], DatabaseError | redis.exceptions.ConnectionError):
        return unavailable(request)
    return _page(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Something broke on our side"),
        _("It was written down and will be looked into. Your funds and orders are untouched."),
        steps=[
            _("Try again in a moment."),
            _("If you had sent something, look in your lists before you send it again."),
        ],
        retry=request.get_full_path() if request.method == "GET" else "",
        trace=_trace(),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Back in a moment"),
        _("A part of the exchange is not answering. Nothing is lost; try again in a minute."),
        steps=[
            _("Orders that rest in the book stay there."),
            _("If you had sent something, look in your lists before you send it again."),
        ],
        retry=request.get_full_path() if request.method == "GET" else "",
        trace=_trace(),
    )
    response["Retry-After"] = "30"
    return response


def _page(
    request: HttpRequest,
    status: HTTPStatus,
    title: str,
    text: str,
    *,
    steps: Sequence[str] = (),
    retry: str = "",
    trace: str = "",
) -> HttpResponse:
    values: dict[str, Any] = {
        "status": int(status),
        "title": title,
        "text": text,
        "steps": steps,
        "retry": retry,
        "trace": trace,
        "theme": theme_of(request),
        "brand": brands.view_of(request.tenant),  # type: ignore[attr-defined]
    }
    # No request context: what failed may be the session or the user.
    response = HttpResponse(render_to_string("portal/error.html", values), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _trace() -> str:
    """By what support finds the request in logs and the audit trail."""
    return traces.text_of(traces.current())


def same_site_referer(request: HttpRequest) -> str:
    """The page a form was sent from, if it is one of this host."""
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def theme_of(request: HttpRequest) -> str:
    """light, dark or auto, as the visitor chose."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in ("light", "dark") else "auto"
