"""Requests of a browser that sees as somebody else: as that user, read-only, with a banner."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from impersonation import actions, cookies, doors, selectors
from impersonation.database import is_refused_write, read_only
from impersonation.models import Impersonation

log = structlog.get_logger("marque.impersonation")

GetResponse = Callable[[HttpRequest], HttpResponse]
# A value in quotes may hold what looks like the tag's end: scripts of the backoffice's body do.
_BODY = re.compile(rb"""<body(?:[^>"']|"[^"]*"|'[^']*')*>""")
READ_ONLY = "You see this as somebody else: nothing can be changed that way."
CLOSED = "Secrets, documents and sign-in are shown to nobody but the person himself."


class ImpersonationMiddleware:
    """Behind those that know the session: the signed-in user of the request becomes the one who
    is seen, and every method that could change something is refused."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = request.COOKIES.get(cookies.NAME, "")
        tenant: Any = request.tenant  # type: ignore[attr-defined]
        if not secret or tenant.is_platform:
            return self.get_response(request)
        row = selectors.by_cookie(secret)
        if row is None:
            response = self.get_response(request)
            cookies.forget(response)
            return response
        if not doors.applies(request.path, to_staff=row.user.is_staff):
            return self.get_response(request)
        response = self._answer(request, row)
        response["X-MARQUE-SEEN-AS"] = str(row.pk)
        add_never_cache_headers(response)
        return _with_banner(request, response, row)

    def _answer(self, request: HttpRequest, row: Impersonation) -> HttpResponse:
        if request.method not in doors.SAFE_METHODS:
            return refused(request, READ_ONLY)
        if doors.is_closed(request.path):
            return refused(request, CLOSED)
        structlog.contextvars.bind_contextvars(impersonation=row.pk, user_id=row.user_id)
        actions.note_page(row, request.path[:60])
        user: Any = row.user
        user.is_verified = lambda: True
        user.otp_device = None
        request.user = user
        request.impersonation = row  # type: ignore[attr-defined]
        with read_only():
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page that writes when it is read cannot be shown; everything else is not ours."""
        if hasattr(request, "impersonation") and is_refused_write(error):
            return refused(request, READ_ONLY)
        return None


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    """403, in the form that the caller reads."""
    log.info("refused: seen as somebody else", method=request.method)
    if request.path.startswith("/api/"):
        error = {
            "code": "SEEN_AS_SOMEBODY_ELSE",
            "number": 1111,
            "message": sentence,
            "help": "End it with the button on top of the page.",
        }
        return JsonResponse({"error": error}, status=403)
    page = render_to_string("impersonation/refused.html", {"sentence": sentence}, request)
    return HttpResponse(page, status=403)


def _with_banner(request: HttpRequest, response: HttpResponse, row: Impersonation) -> HttpResponse:
    """The page with the banner on top, whatever made the page."""
    kind = response.get("Content-Type", "")
    if response.streaming or not kind.startswith("text/html"):
        return response
    banner = render_to_string(
        "impersonation/banner.html",
        {
            "row": row,
            "minutes_end": row.expires_at,
            "end_path": doors.END_PATH,
            "csrf": get_token(request),
        },
    ).encode()
    response.content = _BODY.sub(lambda found: found[0] + banner, response.content, count=1)
    if "Content-Length" in response:
        response["Content-Length"] = str(len(response.content))
    return response
