"""Balances."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.guard import customer_page
from portal.portfolio import portfolio_of
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount


@require_safe
@customer_page
def balances(request: HttpRequest) -> HttpResponse:
    """Booked, held and available of every asset, with its value."""
    try:
        account = accounts.access_account(request.user)
    except NoAccount:
        return render(request, "portal/balances.html", {"portfolio": None})
    currency = request.tenant.reporting_currency  # type: ignore[attr-defined]
    values = {"portfolio": portfolio_of(account, currency), "account": account}
    return render(request, "portal/balances.html", values)
