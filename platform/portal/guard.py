"""Who may see a page, how often a form may be sent, and proving again who one is."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from redis.exceptions import RedisError

from identity import selectors as identity
from identity import sessions
from identity.errors import IdentityError
from portal.views import errors

log = structlog.get_logger("marque.portal")

View = Callable[..., HttpResponse]
WINDOW_SECONDS = 60


def customer_page(view: View) -> View:
    """Only for a signed-in user who has shown all that is asked of him; never stored."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not identity.is_fully_signed_in(request):
            return redirect("/backoffice/" if request.user.is_staff else "portal:enrol")
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again. A form that was sent is not sent again by itself: back
    leads to the page it stands on, where the browser has kept what was typed."""
    is_read = request.method in ("GET", "HEAD")
    target = request.get_full_path() if is_read else errors.same_site_referer(request)
    query = f"?{urlencode({'next': target})}" if target else ""
    return redirect(reverse("portal:sign_in") + query)


def limited(name: str, per_minute: int) -> Callable[[View], View]:
    """At most so many posts a minute per user (else per network); more are answered with 429."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and _posts(request, name) > per_minute:
                return errors.too_many(request, retry_seconds=WINDOW_SECONDS)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _posts(request: HttpRequest, name: str) -> int:
    who = (
        f"user:{request.user.pk}" if request.user.is_authenticated else sessions.network_of(request)
    )
    key = f"portal:posts:{name}:{who}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return int(cache.incr(key))
    except ValueError:  # it expired between the two
        return 1
    except RedisError:
        # Identity counts what matters in the database; without Redis forms keep working.
        log.warning("form limit not counted: no cache", form=name)
        return 0


def stepping_up(view: View) -> View:
    """Sends the user to prove again who he is when the action says "step_up"."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except IdentityError as error:
            if error.code != "step_up":
                raise
            back = (
                request.get_full_path() if request.method == "GET" else reverse("portal:security")
            )
            return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': back})}")

    return guarded


def next_address(request: HttpRequest, otherwise: str) -> str:
    """Where to go on, from ``next``: an address of this host only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=settings.HTTPS
    )
    return wanted if safe else reverse(otherwise)
