"""What must hold in every world of the engine after every command, seen from outside."""

from typing import Any

from tests.trading.engine.worlds import TENANT, World
from trading.engine import events as e
from trading.engine import queries
from trading.engine.enums import (
    InstrumentState,
    OrderListType,
    OrderStatus,
    OrderType,
    Side,
)

OUTSIDE_THE_BOOK = (OrderStatus.WAITING, OrderStatus.PENDING)
Level = tuple[int, int, int]  # instrument, side, ticks


class BooksOfEvents:
    """The depth of every book, made of nothing but the events, as readers of them make it."""

    def __init__(self) -> None:
        self.lots: dict[Level, int] = {}

    def add(self, level: Level, lots: int) -> None:
        rest = self.lots.pop(level, 0) + lots
        assert rest >= 0, level
        if rest:
            self.lots[level] = rest

    def follow(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, e.OrderRested):
                self.add(level_of(event), event.lots - event.reserve_lots)
            elif isinstance(event, e.OrderRefreshed):
                self.add(level_of(event), event.lots)
            elif isinstance(event, e.OrderUncrossed):
                self.add((event.instrument_id, event.side, event.ticks), -event.lots)
                if event.to_ticks:
                    self.add((event.instrument_id, event.side, event.to_ticks), event.lots)
            elif isinstance(event, e.Traded):
                maker_side = Side.SELL if event.taker_side == Side.BUY else Side.BUY
                self.add((event.instrument_id, maker_side, event.ticks), -event.lots)
            elif isinstance(event, e.OrderReplaced):
                shown = event.old_lots - event.old_reserve_lots
                self.add((event.instrument_id, event.side, event.old_ticks), -shown)
            elif isinstance(event, e.OrderReduced) and event.rested:
                self.add(level_of(event), event.reserve_lots - event.lots)
            elif isinstance(event, e.OrderClosed) and event.rested:
                self.add(level_of(event), event.reserve_lots - event.leaves_lots)


def level_of(event: Any) -> Level:
    """The level that an event of an order is about."""
    return event.instrument_id, event.side, event.ticks


def check_iceberg(row: e.OrderRow) -> int:
    """What an order shows is no more than it said, and something; returns in how many parts more
    it will be shown."""
    shown = row.leaves_lots - row.reserve_lots
    assert row.reserve_lots >= 0
    if row.reserve_lots == 0:
        return 0
    assert 0 < shown <= row.display_lots
    return -(-row.reserve_lots // row.display_lots)


def check_pending(row: e.OrderRow, orders: list[e.OrderRow]) -> None:
    """A leg that waits for the first of its list: that one is open, and it holds nothing."""
    assert row.order_id > row.list_id > 0
    assert [other for other in orders if other.order_id == row.list_id]
    assert (row.cumulative_lots, row.cumulative_quote_units) == (0, 0)
    trails = row.trailing_distance_bp > 0
    assert (row.trigger_ticks > 0) == (row.order_type > OrderType.MARKET and not trails)
    assert row.extreme_ticks == 0


def check_lists(orders: list[e.OrderRow]) -> None:
    """Of a pair at most one is in the book, and none has traded while both are open."""
    pairs: dict[int, list[e.OrderRow]] = {}
    for row in orders:
        leads = row.list_type == OrderListType.OTOCO and row.order_id == row.list_id
        if row.list_id and row.list_type != OrderListType.OTO and not leads:
            pairs.setdefault(row.list_id, []).append(row)
    for pair in pairs.values():
        if len(pair) == 2:
            assert [row.cumulative_lots for row in pair] == [0, 0]
            assert len({row.status == OrderStatus.PENDING for row in pair}) == 1
            assert any(row.status in OUTSIDE_THE_BOOK for row in pair)


def check_waiting(row: e.OrderRow) -> None:
    """An order that waits for its trigger: nothing of it was traded, and it says for what."""
    assert row.trigger_ns > 0 or row.order_type > OrderType.MARKET or row.trigger_ticks == 0
    if row.trailing_distance_bp == 0:
        assert (row.trigger_ticks > 0) == (row.order_type > OrderType.MARKET)
        assert row.extreme_ticks == 0
    else:
        # Never nearer to its extreme than its distance, and less than a tick farther.
        nearest = row.extreme_ticks * row.trailing_distance_bp
        distance = abs(row.trigger_ticks - row.extreme_ticks) * 10_000
        assert nearest <= distance < nearest + 10_000
        assert row.extreme_ticks == 0 or row.trigger_ns == 0
    assert (row.cumulative_lots, row.cumulative_quote_units) == (0, 0)
    assert row.reserve_lots == 0


def check_invariants(world: World, books: BooksOfEvents | None = None) -> None:
    """Conservation needs the reference; here: nobody owes, no book is crossed but in an auction,
    levels add up to their orders, what is held is what the resting orders need, and orders that
    wait for a trigger hold nothing and are in no book.
    """
    orders = world.must(queries.QueryOpenOrders())
    needed: dict[tuple[int, int], int] = {}
    levels: dict[Level, list[int]] = {}
    venue = world.shard.venues[TENANT]
    for instrument_id, instrument in venue.instruments.items():
        mine = [row for row in orders if row.instrument_id == instrument_id]
        assert instrument.open_orders == len(mine)
        assert instrument.open_lots == sum(row.leaves_lots for row in mine)
        assert instrument.refreshes == sum(check_iceberg(row) for row in mine)
    assert venue.open_orders == len(orders)
    check_lists(orders)
    for row in orders:
        instrument = venue.instruments[row.instrument_id]
        assert 0 < row.leaves_lots <= row.lots
        assert row.leaves_lots + row.cumulative_lots <= row.lots
        if row.status == OrderStatus.WAITING:
            check_waiting(row)
            continue
        if row.status == OrderStatus.PENDING:
            check_pending(row, orders)
            continue
        assert row.trigger_ticks == 0
        partly = OrderStatus.PARTIALLY_FILLED if row.cumulative_lots else OrderStatus.OPEN
        assert row.status == partly
        if row.side == Side.BUY:
            key = (row.account_id, int(instrument.quote.asset_id))
            units = row.leaves_lots * row.ticks * instrument.factor
        else:
            key = (row.account_id, int(instrument.base.asset_id))
            units = row.leaves_lots * instrument.lot_units
        needed[key] = needed.get(key, 0) + units
        level = levels.setdefault((row.instrument_id, row.side, row.ticks), [0, 0])
        level[0] += row.leaves_lots - row.reserve_lots
        level[1] += 1
    if books is not None:
        assert books.lots == {level: lots for level, (lots, _) in levels.items()}
    balances = world.balances()
    for key, (available, held) in balances.items():
        assert available >= 0, key
        assert held == needed.pop(key, 0), key
    assert not needed
    totals: dict[int, int] = {}
    for (_, asset_id), (available, held) in balances.items():
        totals[asset_id] = totals.get(asset_id, 0) + available + held
    for asset_id, asset in venue.assets.items():
        assert totals.get(asset_id, 0) == asset.supply_units
    for instrument_id in venue.instruments:
        rows = world.depth(instrument_id)
        bids = [row[1] for row in rows if row[0] == Side.BUY]
        asks = [row[1] for row in rows if row[0] == Side.SELL]
        assert bids == sorted(set(bids), reverse=True)
        assert asks == sorted(set(asks))
        is_crossed = bool(bids and asks and bids[0] >= asks[0])
        state = venue.instruments[instrument_id].state
        assert not is_crossed or state not in (InstrumentState.OPEN, InstrumentState.CLOSED)
        for side, ticks, lots, count in rows:
            assert levels.pop((instrument_id, side, ticks)) == [lots, count]
    assert not levels
