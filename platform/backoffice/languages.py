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

from identity import cookies
from tenants.middleware import language_of

View = Callable[..., HttpResponse]


def in_staff_language(view: View) -> View:
    """The view in the language of who asks, whatever the brand speaks to its customers."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_of(request, dict(settings.LANGUAGES))
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", language)
        return response

    return speaking


def choose(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the language that was asked for; one that nobody speaks changes nothing."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        cookies.remember_language(request, response, language)
