"""The dashboard: what is next, what one has, what is open, what happened last."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity import selectors as identity
from portal import history
from portal.guard import customer_page
from portal.portfolio import Portfolio, portfolio_of
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from trading.accounts.models import Account

ROWS_SHOWN = 6


@dataclass
class Step:
    """One line of the checklist."""

    title: str
    text: str
    done: bool
    address: str = ""
    action: str = ""
    is_next: bool = False


@require_safe
@customer_page
def dashboard(request: HttpRequest) -> HttpResponse:
    account = _account_of(request)
    portfolio = None
    values: dict[str, object] = {"account": account, "open_orders": [], "fills": []}
    if account is not None:
        currency = request.tenant.reporting_currency  # type: ignore[attr-defined]
        portfolio = portfolio_of(account, currency)
        values["open_orders"] = history.orders(account, {"status": "open"}, limit=ROWS_SHOWN).rows
        values["fills"] = history.fills(account, {}, limit=ROWS_SHOWN).rows
    steps = checklist(request, portfolio, has_traded=bool(values["fills"]))
    values |= {
        "portfolio": portfolio,
        "steps": steps,
        "steps_done": sum(step.done for step in steps),
        "is_ready": all(step.done for step in steps),
    }
    return render(request, "portal/dashboard.html", values)


def checklist(request: HttpRequest, portfolio: Portfolio | None, *, has_traded: bool) -> list[Step]:
    """From sign-up to the first trade; the first step not done is the next one."""
    user = request.user
    steps = [
        Step(
            _("Confirm your e-mail address"),
            _("It opens your trading account."),
            done=user.email_verified_at is not None,
        ),
        Step(
            _("Set up your second factor"),
            _("A code from your phone guards your funds and your keys."),
            done=identity.has_second_factor(user),
            address=reverse("portal:enrol"),
            action=_("Set up"),
        ),
        Step(
            _("Get funds"),
            _("Ask support to credit your account; they need your e-mail address and the amount."),
            done=has_traded or bool(portfolio and portfolio.holdings),
        ),
        Step(
            _("Make your first trade"),
            _("Cost and fee are shown before you send."),
            done=has_traded,
            address=reverse("portal:trade"),
            action=_("Open the terminal"),
        ),
    ]
    upcoming = next((step for step in steps if not step.done), None)
    if upcoming is not None:
        upcoming.is_next = True
    return steps


def _account_of(request: HttpRequest) -> Account | None:
    try:
        return accounts.access_account(request.user)
    except NoAccount:
        return None
