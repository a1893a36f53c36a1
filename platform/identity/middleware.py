from collections.abc import Callable

import structlog
from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from identity import sessions

GetResponse = Callable[[HttpRequest], HttpResponse]


class SessionGuardMiddleware:
    """Keeps the list of a user's sessions true, and ends a session that is not on it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if sessions.touch(request):
                structlog.contextvars.bind_contextvars(user_id=request.user.pk)
            else:
                auth.logout(request)
        return self.get_response(request)
