"""Pages of a customer's orders and fills: filters and cursors over the cleared tables.

A cursor is the id of the last row shown; the next page begins below it. Rows that come in
meanwhile never shift a page.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from trading.accounts.models import Account
from trading.engine.enums import OrderStatus, Side
from trading.instruments import selectors as instruments
from trading.orders import shapes
from trading.orders.models import OPEN_STATUSES, Order, Trade
from wallets.reports import periods

PAGE_ROWS = 50
EXPORT_ROWS = 2_000  # of an export that are read at once
_WHOLE = re.compile(r"[0-9]{1,18}")

_STATUSES = {
    "open": OPEN_STATUSES,
    "waiting": (OrderStatus.WAITING, OrderStatus.PENDING),
    "filled": (OrderStatus.FILLED,),
    "canceled": (OrderStatus.CANCELED,),
    "expired": (OrderStatus.EXPIRED, OrderStatus.EXPIRED_IN_MATCH),
    "rejected": (OrderStatus.REJECTED,),
}
_SIDES = {"buy": int(Side.BUY), "sell": int(Side.SELL)}

Filters = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and the cursor of the next page (empty: this is the last)."""

    rows: list[Row]
    next_cursor: str


def page_of(rows: QuerySet, shown: Callable[[Any], Row], cursor: str, limit: int) -> Page:
    """A page of rows by their ids, each as ``shown`` has it; any text may be a cursor."""
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        rows = rows.filter(pk__lt=int(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    following = str(found[limit - 1].pk) if len(found) > limit else ""
    return Page([shown(row) for row in found[:limit]], following)


def orders(account: Account, filters: Filters, *, cursor: str = "", limit: int = PAGE_ROWS) -> Page:
    """The account's orders as API bodies, newest first."""
    rows = Order.objects.filter(account_id=account.pk)
    rows = _common(rows, filters, time_field="placed_at")
    if filters.get("side"):
        rows = rows.filter(side=_SIDES[filters["side"]])
    if filters.get("status"):
        rows = rows.filter(status__in=_STATUSES[filters["status"]])
    if _WHOLE.fullmatch(cursor):
        rows = rows.filter(pk__lt=int(cursor))
    infos = instruments.catalogue().instruments
    found = list(rows.order_by("-pk")[: limit + 1])
    bodies = [
        shapes.order_json(shapes.state_of_row(row), infos[row.instrument_id])
        for row in found[:limit]
    ]
    return Page(bodies, str(found[limit - 1].pk) if len(found) > limit else "")


def fills(account: Account, filters: Filters, *, cursor: str = "", limit: int = PAGE_ROWS) -> Page:
    """The account's fills as API bodies, newest first. Maker and taker side are read one by one:
    each has its index."""
    found: list[tuple[int, bool, Trade]] = []
    for maker in (True, False):
        name = "maker_account_id" if maker else "taker_account_id"
        rows = _common(Trade.objects.filter(**{name: account.pk}), filters, time_field="time")
        if filters.get("side"):
            wanted = _SIDES[filters["side"]]
            rows = rows.filter(taker_side=Side.BUY + Side.SELL - wanted if maker else wanted)
        if _WHOLE.fullmatch(cursor):
            rows = rows.filter(pk__lt=int(cursor))
        found += [(row.pk, maker, row) for row in rows.order_by("-pk")[: limit + 1]]
    found.sort(key=lambda item: (-item[0], item[1]))
    # A trade with oneself gives two fills: a page's end must not part them.
    if len(found) > limit and found[limit][0] == found[limit - 1][0]:
        limit += 1
    infos = instruments.catalogue().instruments
    bodies = [
        shapes.fill_json(row, infos[row.instrument_id], maker=maker, time_ns=shapes.ns_of(row.time))
        for _, maker, row in found[:limit]
    ]
    return Page(bodies, str(found[limit - 1][0]) if len(found) > limit else "")


def _common(rows: QuerySet[Any], filters: Filters, *, time_field: str) -> QuerySet[Any]:
    if filters.get("instrument"):
        info = instruments.instrument_info(filters["instrument"])
        rows = rows.filter(instrument_id=info.id)
    return _between(rows, filters, time_field)


def _between(rows: QuerySet[Any], filters: Filters, time_field: str) -> QuerySet[Any]:
    """Days are days in the zone of the filters (UTC if they name none), both inclusive."""
    zone = filters.get("zone") or datetime.UTC
    period = periods.period_of_days(filters.get("begin"), filters.get("end"), zone)
    if period.begin:
        rows = rows.filter(**{f"{time_field}__gte": period.begin})
    if period.end:
        rows = rows.filter(**{f"{time_field}__lt": period.end})
    return rows
