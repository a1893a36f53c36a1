"""Orders, fills and statement: pages with filters, and the same as CSV."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from money.units import format_units
from portal import history
from portal.forms import FilterForm, OrderFilterForm, StatementFilterForm
from portal.guard import customer_page
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from wallets.ledger.models import EntryKind

Reader = Callable[..., history.Page]

ORDER_COLUMNS = (
    "order_id", "client_order_id", "instrument", "side", "type", "time_in_force", "price",
    "quantity", "quote_amount", "filled_quantity", "filled_quote_amount", "average_price",
    "status", "created_at", "updated_at",
)  # fmt: skip
FILL_COLUMNS = (
    "trade_id", "order_id", "instrument", "side", "liquidity", "price", "quantity",
    "quote_amount", "fee", "fee_asset", "time",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "entry_id", "time", "kind", "reference_id", "asset", "amount", "booked_balance",
)  # fmt: skip


@require_safe
@customer_page
def orders(request: HttpRequest) -> HttpResponse:
    return _list_page(request, "orders", OrderFilterForm, history.orders, ORDER_COLUMNS)


@require_safe
@customer_page
def fills(request: HttpRequest) -> HttpResponse:
    return _list_page(request, "fills", FilterForm, history.fills, FILL_COLUMNS)


@require_safe
@customer_page
def statement(request: HttpRequest) -> HttpResponse:
    return _list_page(
        request, "statement", StatementFilterForm, _worded_statement, STATEMENT_COLUMNS
    )


def _list_page(
    request: HttpRequest, name: str, form_class: Any, read: Reader, columns: tuple[str, ...]
) -> HttpResponse:
    form = form_class(request.GET or None)
    form.is_valid()  # what does not fit is left out of cleaned_data, and so out of the filter
    filters = getattr(form, "cleaned_data", {})
    try:
        account = accounts.access_account(request.user)
    except NoAccount:
        return render(request, f"portal/{name}.html", {"form": form, "rows": []})
    if request.GET.get("format") == "csv":
        page = read(account, filters, limit=history.EXPORT_ROWS)
        return csv_response(f"{name}-{datetime.now(UTC):%Y-%m-%d}.csv", columns, page.rows)
    cursor = request.GET.get("cursor", "")
    page = read(account, filters, cursor=cursor)
    values = {
        "form": form,
        "rows": page.rows,
        "is_filtered": any(filters.values()),
        "csv_query": _query(request, format="csv", cursor=""),
        "page": {
            "has_previous": bool(cursor),
            "first_query": _query(request, cursor=""),
            "next_query": _query(request, cursor=page.next_cursor) if page.next_cursor else "",
        },
    }
    return render(request, f"portal/{name}.html", values)


def _worded_statement(*args: Any, **kwargs: Any) -> history.Page:
    page = history.statement(*args, **kwargs)
    words = kind_words()
    for row in page.rows:
        asset = row["asset"]
        row["kind"] = words.get(row["kind"], str(row["kind"]))
        row["amount"] = format_units(row["units"], asset.scale)
        row["booked_balance"] = format_units(row["balance_units"], asset.scale)
    return page


def kind_words() -> dict[int, str]:
    """Kinds of journal entries in the words of a customer."""
    return {
        EntryKind.SPOT_FILL: pgettext("statement", "Trade"),
        EntryKind.DEPOSIT: _("Deposit"),
        EntryKind.WITHDRAWAL: _("Withdrawal"),
        EntryKind.ADJUSTMENT_CREDIT: _("Credit by staff"),
        EntryKind.ADJUSTMENT_DEBIT: _("Debit by staff"),
        EntryKind.TRANSFER_CREDIT: _("Transfer in"),
        EntryKind.TRANSFER_DEBIT: _("Transfer out"),
    }


def csv_response(name: str, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> HttpResponse:
    """Plain numbers and ISO times in UTC; the header row has the API's field names."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = list(columns)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(column, row[column]) for column in columns])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column in ("time", "created_at", "updated_at"):
        if isinstance(value, int):
            value = datetime.fromtimestamp(value / 1000, tz=UTC)
        return value.isoformat(timespec="milliseconds")
    text = str(getattr(value, "code", value))
    # A spreadsheet runs what begins like a formula; a client order id is whatever a sender wrote.
    return f"'{text}" if column == "client_order_id" and text[:1] in "=+-@\t\r" and text else text


def _query(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()
