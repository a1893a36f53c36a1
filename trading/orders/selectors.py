"""Reads of orders and trades as clearing wrote them (the checkpoint says as of when)."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from trading.accounts.models import Account
from trading.engine.enums import Side
from trading.instruments.fields import UnitsField
from trading.instruments.info import catalogue
from trading.orders.models import OPEN_STATUSES, RESTING_STATUSES, Order, OrderList, Trade


class Fill(NamedTuple):
    """A trade seen from one side."""

    trade: Trade
    is_maker: bool


def orders(account: Account) -> QuerySet[Order]:
    """All orders of an account, newest first."""
    return Order.objects.filter(account_id=account.pk).order_by("-id")


def open_orders(account: Account) -> QuerySet[Order]:
    """Orders that rest in a book or wait for their price, newest first."""
    return orders(account).filter(status__in=OPEN_STATUSES)


def order_by_id(account: Account, order_id: int) -> Order | None:
    return orders(account).filter(pk=order_id).first()


def order_by_client_order_id(account: Account, client_order_id: str) -> Order | None:
    """The latest order with this client order id."""
    return orders(account).filter(client_order_id=client_order_id).first()


def order_lists(account: Account) -> QuerySet[OrderList]:
    """All order lists of an account, newest first."""
    return OrderList.objects.filter(account_id=account.pk).order_by("-id")


def orders_of_lists(list_ids: list[int]) -> dict[int, list[Order]]:
    """The orders of some lists, by list, in the order of the legs."""
    found: dict[int, list[Order]] = {list_id: [] for list_id in list_ids}
    for order in Order.objects.filter(list_id__in=list_ids, list_id__gt=0).order_by("id"):
        found[order.list_id].append(order)
    return found


def fills(account: Account, *, before_trade_id: int | None = None, limit: int = 50) -> list[Fill]:
    """Fills of an account, newest first, from behind a trade id on.

    A trade of the account with itself gives two fills, the taker's first.
    """
    as_maker = Trade.objects.filter(maker_account_id=account.pk).order_by("-id")
    as_taker = Trade.objects.filter(taker_account_id=account.pk).order_by("-id")
    if before_trade_id is not None:
        as_maker = as_maker.filter(pk__lt=before_trade_id)
        as_taker = as_taker.filter(pk__lt=before_trade_id)
    # Each side by its own index; one OR over both would scan.
    found = [Fill(trade, False) for trade in as_taker[:limit]]
    found += [Fill(trade, True) for trade in as_maker[:limit]]
    found.sort(key=lambda fill: (-fill.trade.pk, fill.is_maker))
    return found[:limit]


def fills_of_order(order: Order) -> list[Fill]:
    """Fills of one order, oldest first."""
    own = Trade.objects.filter(
        Q(maker_account_id=order.account_id, maker_order_id=order.pk)
        | Q(taker_account_id=order.account_id, taker_order_id=order.pk),
        seq__gte=order.placed_seq,
    ).order_by("id")
    return [Fill(trade, trade.maker_order_id == order.pk) for trade in own]


def trades(instrument_id: int, limit: int = 100) -> QuerySet[Trade]:
    """The latest trades of an instrument, newest first."""
    return Trade.objects.filter(instrument_id=instrument_id).order_by("-id")[:limit]


def held_units(account_id: int | None = None) -> dict[tuple[int, int], int]:
    """Units held by resting orders, by (account id, asset id); of one account or of all."""
    rows = Order.objects.filter(status__in=RESTING_STATUSES)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    held: dict[tuple[int, int], int] = defaultdict(int)
    instruments = catalogue().instruments
    sums = (
        rows.order_by()
        .values("account_id", "instrument_id", "side")
        .annotate(
            lots=Sum("leaves_lots"),
            notional=Sum(Cast("leaves_lots", UnitsField()) * F("ticks"), output_field=UnitsField()),
        )
    )
    for row in sums:
        info = instruments[row["instrument_id"]]
        if row["side"] == Side.BUY:
            held[row["account_id"], info.quote_id] += int(row["notional"]) * info.factor
        else:
            held[row["account_id"], info.base_id] += int(row["lots"]) * info.lot_units
    return dict(held)


def last_trade_at(account: Account) -> datetime | None:
    """When an account last had a fill; None: never."""
    newest = [
        Trade.objects.filter(**{f"{side}_account_id": account.pk}).order_by("-id").first()
        for side in ("taker", "maker")
    ]
    return max((trade.time for trade in newest if trade is not None), default=None)


def has_traded(account_ids: list[int]) -> bool:
    """Whether any of the accounts ever had a fill."""
    return any(
        Trade.objects.filter(**{f"{side}_account_id__in": account_ids}).exists()
        for side in ("taker", "maker")
    )
