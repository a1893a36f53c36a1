"""Orders and fills: pages with filters, and the same as CSV."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from django_tenants.utils import tenant_context

from portal import history
from portal.forms import FilterForm, OrderFilterForm
from portal.guard import customer_page
from portal.queries import query_with
from tenants.models import Tenant
from tenants.selectors import current_tenant
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from wallets.reports import periods
from wallets.reports.files.cells import harmless

Reader = Callable[..., history.Page]

ORDER_COLUMNS = (
    "order_id", "client_order_id", "instrument", "side", "type", "time_in_force", "price",
    "trigger_price", "trigger_source", "trailing_distance_bp", "activation_price", "limit_offset",
    "trigger_time", "expires_at",
    "quantity", "display_quantity", "quote_amount", "filled_quantity", "filled_quote_amount",
    "average_price",
    "status", "created_at", "updated_at",
)  # fmt: skip
FILL_COLUMNS = (
    "trade_id", "order_id", "instrument", "side", "liquidity", "price", "quantity",
    "quote_amount", "fee", "fee_asset", "time",
)  # fmt: skip


@require_safe
@customer_page
def orders(request: HttpRequest) -> HttpResponseBase:
    return _list_page(request, "orders", OrderFilterForm, history.orders, ORDER_COLUMNS)


@require_safe
@customer_page
def fills(request: HttpRequest) -> HttpResponseBase:
    return _list_page(request, "fills", FilterForm, history.fills, FILL_COLUMNS)


def _list_page(
    request: HttpRequest, name: str, form_class: Any, read: Reader, columns: tuple[str, ...]
) -> HttpResponseBase:
    form = form_class(request.GET or None)
    form.is_valid()  # what does not fit is left out of cleaned_data, and so out of the filter
    chosen = getattr(form, "cleaned_data", {})
    filters = {**chosen, "zone": periods.zone_of(request.user)}
    try:
        account = accounts.access_account(request.user)
    except NoAccount:
        return render(request, f"portal/{name}.html", {"form": form, "rows": []})
    if request.GET.get("format") == "csv":
        pages = partial(read, account, filters, limit=history.EXPORT_ROWS)
        return csv_response(f"{name}-{datetime.now(UTC):%Y-%m-%d}.csv", columns, pages)
    cursor = request.GET.get("cursor", "")
    page = read(account, filters, cursor=cursor)
    values = {
        "form": form,
        "rows": page.rows,
        "is_filtered": any(chosen.values()),
        "csv_query": query_with(request, format="csv", cursor=""),
        "page": {
            "has_previous": bool(cursor),
            "first_query": query_with(request, cursor=""),
            "next_query": query_with(request, cursor=page.next_cursor) if page.next_cursor else "",
        },
    }
    return render(request, f"portal/{name}.html", values)


def csv_response(
    name: str, columns: Sequence[str], read: Callable[..., history.Page]
) -> StreamingHttpResponse:
    """Every row there is, page by page of ``read(cursor=…)``, so that none is held in memory.

    Plain numbers and ISO times in UTC; the header row has the API's field names.
    """
    response = StreamingHttpResponse(
        _csv_parts(columns, read, current_tenant(), translation.get_language()),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _csv_parts(
    columns: Sequence[str],
    read: Callable[..., history.Page],
    tenant: Tenant,
    language: str | None,
) -> AsyncIterator[str]:
    """The file's parts. They are made after the view and its middleware are done, so the schema
    and the language are set anew for each."""

    def part(cursor: str) -> tuple[str, str]:
        with tenant_context(tenant), translation.override(language):
            page = read(cursor=cursor)
            rows = ([_cell(column, row[column]) for column in columns] for row in page.rows)
            return _csv_text(rows), page.next_cursor

    yield "\ufeff" + _csv_text([list(columns)])
    cursor = ""
    while True:
        text, cursor = await sync_to_async(part)(cursor)
        yield text
        if not cursor:
            return


def _csv_text(rows: Iterable[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column in ("time", "created_at", "updated_at"):
        if isinstance(value, int):
            value = datetime.fromtimestamp(value / 1000, tz=UTC)
        return str(value.isoformat(timespec="milliseconds"))
    return harmless(str(getattr(value, "code", value)))
