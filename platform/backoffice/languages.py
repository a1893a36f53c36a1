"""In which language staff work: each as he chose, of all that the product speaks.

Which languages a brand speaks to its customers is another matter: a firm that speaks only Chinese
may have a Russian bookkeeper. Who has not chosen gets the brand's own.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from identity import actions, cookies
from tenants import brands

View = Callable[..., HttpResponse]


def language_of(request: HttpRequest) -> str:
    """Chosen in this browser, else by this user, else the brand's."""
    known = dict(settings.LANGUAGES)
    for wanted in (
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
        getattr(request.user, "language", ""),
        brands.view_of(request.tenant).default_language,  # type: ignore[attr-defined]
    ):
        if wanted in known:
            return wanted
    return settings.LANGUAGE_CODE


def in_staff_language(view: View) -> View:
    """The view in the language of who asks, whatever the brand speaks to its customers."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", language)
        return response

    return speaking


def choose(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the language that was asked for in this browser, and with who is signed in for his
    mail and his other devices."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return
    cookies.remember_language(response, language)
    if request.user.is_authenticated:
        actions.set_language(user=request.user, language=language)
