"""The statement, as a page and as files, and the tax year."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from identity import actions as identity
from identity.errors import IdentityError
from portal.forms import StatementFilterForm, TimeZoneForm
from portal.guard import customer_page, limited, next_address
from portal.queries import query_with
from portal.views import errors
from trading.accounts import selectors as accounts
from trading.accounts.models import Account
from trading.instruments import selectors as instruments
from wallets.reports import periods, statements
from wallets.reports import tax_year as tax_years
from wallets.reports.files import downloads
from wallets.reports.periods import Period
from wallets.reports.words import kind_word

PAGE_ROWS = 50
FIRST_YEAR = 2000


@dataclass(frozen=True)
class _Asked:
    """What the filter came to; what did not fit is as if it had not been chosen."""

    account: Account
    period: Period
    zone: tzinfo
    asset_id: int | None


@require_safe
@customer_page
def statement(request: HttpRequest) -> HttpResponseBase:
    """Every movement of an account with the balance after it; opening and closing balances."""
    own = list(accounts.accounts_of(request.user).order_by("pk"))
    form = StatementFilterForm(request.GET or None, accounts=own)
    form.is_valid()  # what does not fit is left out of cleaned_data, and so out of the filter
    filters = getattr(form, "cleaned_data", {})
    if not own:
        return render(request, "portal/statement.html", {"form": form, "rows": []})
    asked = _asked(request, own, filters)
    kind = request.GET.get("file", "")
    if kind in downloads.KINDS:
        report = statements.report(
            asked.account, asked.period, request.user.email, asset_id=asked.asset_id
        )
        return downloads.response(report, kind)
    form = StatementFilterForm(initial=_initial(filters, asked), accounts=own)
    cursor = request.GET.get("cursor", "")
    rows, following, cursor = _page(asked, cursor)
    zone_name = periods.zone_name(asked.zone)
    values = {
        "form": form,
        "rows": [row_of(line, asked.zone) for line in rows],
        "balances": statements.period_balances(
            asked.account, asked.period, asset_id=asked.asset_id
        ),
        "has_period": bool(asked.period.begin or asked.period.end),
        "is_filtered": any(filters.get(name) for name in ("asset", "begin", "end")),
        "files": [(kind, query_with(request, file=kind, cursor="")) for kind in downloads.KINDS],
        "zone": zone_name,
        "keeps_zone": zone_name == request.user.timezone,
        "years": _years(asked),
        "page": {
            "has_previous": bool(cursor),
            "first_query": query_with(request, cursor=""),
            "next_query": query_with(request, cursor=following) if following else "",
        },
    }
    return render(request, "portal/statement.html", values)


@require_safe
@customer_page
def tax_year(request: HttpRequest) -> HttpResponseBase:
    """Every fact of a year of all the customer's accounts, as a file."""
    text, kind = request.GET.get("year", ""), request.GET.get("file", "csv")
    own = list(accounts.accounts_of(request.user).order_by("pk"))
    zone = periods.zone_of(request.user, request.GET.get("zone", "")[:64])
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    if kind not in downloads.KINDS or not FIRST_YEAR <= year <= datetime.now(zone).year or not own:
        return errors.not_found(request)
    report = tax_years.report(own, year, periods.year(year, zone), request.user.email)
    return downloads.response(report, kind)


@require_POST
@customer_page
@limited("zone", per_minute=20)
def keep_zone(request: HttpRequest) -> HttpResponseBase:
    """From now on the customer's days and times are of this time zone."""
    form = TimeZoneForm(request.POST)
    if form.is_valid():
        try:
            identity.set_timezone(user=request.user, timezone=form.cleaned_data["zone"])
        except IdentityError:
            return errors.not_found(request)
    return HttpResponseRedirect(next_address(request, "portal:statement"))


def _asked(request: HttpRequest, own: list[Account], filters: dict[str, Any]) -> _Asked:
    zone = periods.zone_of(request.user, filters.get("zone") or "")
    wanted = {str(account.pk): account for account in own}
    asset = instruments.catalogue().by_code.get(filters.get("asset") or "")
    return _Asked(
        account=wanted.get(filters.get("account") or "", accounts.access_account(request.user)),
        period=periods.period_of_days(filters.get("begin"), filters.get("end"), zone),
        zone=zone,
        asset_id=asset.id if asset else None,
    )


def _initial(filters: dict[str, Any], asked: _Asked) -> dict[str, Any]:
    zone = periods.zone_name(asked.zone)
    return {**filters, "account": str(asked.account.pk), "zone": zone}


def _page(asked: _Asked, cursor: str) -> tuple[list[statements.StatementLine], str, str]:
    """Lines, the next page's cursor, and the cursor as it was understood."""

    def read(text: str) -> tuple[list[statements.StatementLine], str]:
        return statements.page(
            asked.account, text, limit=PAGE_ROWS, asset_id=asked.asset_id, period=asked.period
        )

    try:
        return (*read(cursor), cursor)
    except statements.BadCursor:
        return (*read(""), "")


def row_of(line: statements.StatementLine, zone: tzinfo) -> dict[str, Any]:
    """A line of the statement for a page."""
    return {
        "at": line.time,
        "time": line.time.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        "kind": kind_word(line.kind),
        "reference_id": line.reference_id,
        "asset": line.asset,
        "units": line.amount_units,
        "balance_units": line.balance_units,
    }


def _years(asked: _Asked) -> list[tuple[int, list[tuple[str, str]]]]:
    """The years since the account was opened, and the addresses of their files."""
    first = asked.account.opened_at.astimezone(asked.zone).year
    last = datetime.now(asked.zone).year
    address, zone = reverse("portal:tax_year"), periods.zone_name(asked.zone)
    return [
        (
            year,
            [(kind, f"{address}?year={year}&file={kind}&zone={zone}") for kind in downloads.KINDS],
        )
        for year in range(last, max(first, last - 10) - 1, -1)
    ]
