"""The dashboard: what is next, what one has and how it grew, what is open, what happened last."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from messaging import selectors as messaging
from portal import checklist, growth, history
from portal.guard import customer_page
from portal.portfolio import portfolio_of
from portal.views.statements import row_of
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from trading.accounts.models import Account
from wallets.reports import periods, statements

ROWS_SHOWN = 6
NOTICES_SHOWN = 4


@require_safe
@customer_page
def dashboard(request: HttpRequest) -> HttpResponse:
    account = _account_of(request)
    steps = checklist.lines(request.user)
    values: dict[str, object] = {
        "account": account,
        "steps": steps,
        "steps_done": sum(line.done for line in steps),
        "is_ready": all(line.done for line in steps),
        "notices": messaging.notices_of(request.user)[:NOTICES_SHOWN],
    }
    if account is not None:
        values |= _of_account(request, account)
    return render(request, "portal/dashboard.html", values)


def _of_account(request: HttpRequest, account: Account) -> dict[str, object]:
    currency = request.tenant.reporting_currency  # type: ignore[attr-defined]
    zone = periods.zone_of(request.user)
    span = request.GET.get("span", "")
    span = span if span in growth.SPANS else "day"
    rows, _cursor = statements.page(
        account, "", limit=ROWS_SHOWN, asset_id=None, period=periods.Period(None, None, zone)
    )
    return {
        "portfolio": portfolio_of(account, currency),
        "growth": growth.growth_of([account], span, currency, zone),
        "spans": [
            (f"?span={each}", words, each == span)
            for each, words in (
                ("day", _("24 hours")),
                ("month", _("30 days")),
                ("quarter", _("90 days")),
            )
        ],
        "open_orders": history.orders(account, {"status": "open"}, limit=ROWS_SHOWN).rows,
        "fills": history.fills(account, {}, limit=ROWS_SHOWN).rows,
        "movements": [row_of(line, zone) for line in rows],
    }


def _account_of(request: HttpRequest) -> Account | None:
    try:
        return accounts.access_account(request.user)
    except NoAccount:
        return None
