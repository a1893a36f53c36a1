"""Where the publisher starts from: open orders and balances out of the engine, the past out of SQL.

Each part is as of a journal seq of its own; `TenantMarket` passes over what a part already knows.
"""

from __future__ import annotations

import time

from django.db import connection, transaction
from django_tenants.utils import tenant_context

from tenants.models import Tenant
from trading.engine import events, queries
from trading.engine.client import EngineClient
from trading.instruments import selectors as instruments
from trading.market_data import candles, intervals, selectors, tape, tickers
from trading.market_data.market import TenantMarket
from trading.market_data.models import Candle
from trading.orders import shapes
from trading.orders.models import Order, Trade


def load_market(tenant: Tenant, client: EngineClient) -> TenantMarket:
    """One tenant's market as of now. Raises EngineUnavailable or EngineUnknown."""
    market = TenantMarket(tenant.id)
    with tenant_context(tenant):
        catalogue = instruments.catalogue(fresh=True)
        for asset in catalogue.assets.values():
            market.add_asset(asset)
        for info in catalogue.instruments.values():
            market.add_instrument(info)
        _load_orders(market, client)
        _load_balances(market, client)
        _load_phases(market, client)
        with transaction.atomic():
            # Candles, trades and how far they go must be of one moment.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            _load_history(market)
    return market


def _load_orders(market: TenantMarket, client: EngineClient) -> None:
    answer = client.send(market.tenant_id, queries.QueryOpenOrders())
    # Without such a venue the answer is empty: its whole life is still to come in the journal.
    market.start_orders(answer.seq)
    rows = [event for event in answer.events if isinstance(event, events.OrderRow)]
    cleared = {order.pk: order for order in Order.objects.filter(pk__in=[r.order_id for r in rows])}
    for row in rows:
        state = shapes.state_of_engine_row(row)
        known = cleared.get(row.order_id)
        if known is not None:
            shapes.remember_row(state, known)
        market.add_open_order(state, row.reserve_lots)


def _load_balances(market: TenantMarket, client: EngineClient) -> None:
    answer = client.send(market.tenant_id, queries.QueryBalances())
    market.balances_seq = answer.seq
    for row in answer.events:
        if isinstance(row, events.BalanceRow):
            market.private.set_balance(
                row.account_id, row.asset_id, row.available_units + row.held_units, row.held_units
            )


def _load_phases(market: TenantMarket, client: EngineClient) -> None:
    for instrument_id in market.infos:
        query = queries.QueryAuction(instrument_id=instrument_id)
        answer = client.send(market.tenant_id, query)
        for row in answer.events:
            if isinstance(row, events.AuctionRow):
                market.add_phase(row, answer.seq)


def _load_history(market: TenantMarket) -> None:
    market.trades_seq = selectors.cleared_seq()
    since = int(time.time()) - tickers.WINDOW_SECONDS
    for instrument_id in market.infos:
        minutes = Candle.objects.filter(
            instrument_id=instrument_id, interval_seconds=60, open_second__gt=since
        ).order_by("open_second")
        trades = Trade.objects.filter(instrument_id=instrument_id, seq__lte=market.trades_seq)
        market.load_history(
            instrument_id,
            [selectors.candle_of(row) for row in minutes],
            _open_candles(instrument_id),
            [
                (row.pk, row.ticks, row.lots, row.taker_side, shapes.ns_of(row.time))
                for row in reversed(list(trades.order_by("-id")[: tape.RECENT_TRADES]))
            ],
        )


def _open_candles(instrument_id: int) -> dict[str, candles.Candle]:
    """The newest candle of every interval."""
    newest = {}
    for name in intervals.INTERVALS:
        last = selectors.recent_candles(instrument_id, name, limit=1)
        if last:
            newest[name] = last[0]
    return newest
