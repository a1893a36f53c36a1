"""All instruments with what they did in 24 hours; favourites are kept with the login."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from identity import selectors as identity
from portal import markets as market_rows
from portal import selectors


@require_safe
@never_cache
@ensure_csrf_cookie
def markets(request: HttpRequest) -> HttpResponse:
    """Search, sorting and live prices are the page's script; without it the list stands there."""
    signed_in = request.user.is_authenticated and identity.is_fully_signed_in(request)
    favourites = selectors.favourites_of(request.user) if signed_in else []
    values = {
        "rows": market_rows.rows(favourites),
        "kept": {"signed_in": signed_in, "preferences": {"favourites": favourites}},
    }
    return render(request, "portal/markets.html", values)
