"""What the publisher makes of the journal, against what the engine itself says."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

import market_flow
from money.units import parse_units
from trading.engine import columns, commands, enums, events, queries, wire
from trading.instruments.rules import AssetInfo
from trading.market_data.market import Output, TenantMarket
from trading.orders import shapes

LISTENED = frozenset(market_flow.ACCOUNTS)


def rows_of(data: bytes) -> dict[str, list[Any]]:
    return {
        name: columns.rows(name, blob) for (_, name), blob in columns.split_records(data).items()
    }


class Viewer:
    """A client that believes only what is published."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, dict[str, str]]] = {}
        self.seqs: dict[str, int] = {}
        self.keys: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self.auctions: dict[str, dict[str, Any]] = {}

    def see(self, outputs: list[Output]) -> None:
        for output in outputs:
            message = msgspec.json.decode(output.payload)
            if output.is_key:
                self.keys[output.name] = message
                continue
            self.messages.append(message)
            if message.get("channel", "").startswith("depth:"):
                self._on_depth(message)
            elif message.get("channel", "").startswith("auction:"):
                self.auctions[message["channel"].partition(":")[2]] = message

    def _on_depth(self, message: dict[str, Any]) -> None:
        channel = message["channel"]
        if message["type"] == "snapshot":
            self.books[channel] = {"bids": {}, "asks": {}}
        else:
            assert message["previous"] == self.seqs[channel]
            assert message["seq"] > message["previous"]
        self.seqs[channel] = message["seq"]
        for side in ("bids", "asks"):
            book = self.books[channel][side]
            for price, quantity in message[side]:
                if quantity == "0":
                    del book[price]
                else:
                    book[price] = quantity

    def of_type(self, kind: str) -> Iterator[dict[str, Any]]:
        return (m for m in self.messages if m.get("type") == kind and m["channel"] == "private")


def take_all(market: TenantMarket, viewer: Viewer, now_second: int) -> None:
    viewer.see(market.take_fast())
    viewer.see(market.take_depth())
    viewer.see(market.take_auctions())
    viewer.see(market.take_slow(now_second))


def check_phases(flow: market_flow.Flow, market: TenantMarket, viewer: Viewer) -> None:
    """What is told of auctions is what the engine answers."""
    for instrument_id, info in market.infos.items():
        _, (row,) = flow.rows(queries.QueryAuction(instrument_id=instrument_id))
        assert isinstance(row, events.AuctionRow)
        told = viewer.auctions[info.symbol]
        orders = flow.rows(queries.QueryOpenOrders(instrument_id=instrument_id))[1]
        if any(order.display_lots for order in orders if isinstance(order, events.OrderRow)):
            # What icebergs hide would be told by the price: it is made of what is shown.
            assert told["state"] == enums.InstrumentState(row.state).name.lower()
            continue
        surplus = info.quantity_text(abs(row.surplus_lots)) if row.ticks else None
        assert {name: told[name] for name in told if name not in ("channel", "type")} == {
            "state": enums.InstrumentState(row.state).name.lower(),
            "price": info.price_text(row.ticks) if row.ticks else None,
            "quantity": info.quantity_text(row.lots) if row.ticks else None,
            "surplus_side": {1: "buy", -1: "sell"}.get(
                (row.surplus_lots > 0) - (row.surplus_lots < 0)
            ),
            "surplus_quantity": surplus,
            "reopens_at": row.reopen_ns // 10**6 or None,
            "session_ends_at": row.session_ends_ns // 10**6 or None,
        }
        key = f"md:snapshot:{market_flow.TENANT}:auction:{info.symbol}"
        assert viewer.keys[key] == told | {"type": "snapshot"}


def check_against_engine(flow: market_flow.Flow, market: TenantMarket, viewer: Viewer) -> None:
    check_phases(flow, market, viewer)
    for instrument_id, info in market.infos.items():
        book = viewer.books[f"depth:{info.symbol}"]
        shown = {
            (side, info.ticks_of(price)): info.lots_of(quantity)
            for side, name in ((1, "bids"), (2, "asks"))
            for price, quantity in book[name].items()
        }
        assert shown == market_flow.depth_of(flow, instrument_id)
        snapshot = viewer.keys[f"md:snapshot:{market_flow.TENANT}:{info.symbol}"]
        assert dict(snapshot["bids"]) == book["bids"]
        assert dict(snapshot["asks"]) == book["asks"]
        assert snapshot["seq"] == viewer.seqs[f"depth:{info.symbol}"]
    _, rows = flow.rows(queries.QueryBalances())
    said = {
        (row.account_id, row.asset_id): (row.available_units + row.held_units, row.held_units)
        for row in rows
        if isinstance(row, events.BalanceRow)
    }
    kept = {
        key: (balance.booked_units, balance.held_units)
        for key, balance in market.private.balances.items()
        if balance.booked_units
    }
    assert kept == said
    _, rows = flow.rows(queries.QueryOpenOrders())
    open_rows = {row.order_id: row for row in rows if isinstance(row, events.OrderRow)}
    assert market.private.orders.keys() == open_rows.keys()
    for order_id, row in open_rows.items():
        state = market.private.orders[order_id]
        for name in (
            *("lots", "ticks", "leaves_lots", "cumulative_lots", "cumulative_quote_units"),
            "status",
            "list_id",
            "list_type",
            "display_lots",
        ):
            assert getattr(state, name) == getattr(row, name), name
        if row.status == enums.OrderStatus.PENDING or (
            row.status == enums.OrderStatus.WAITING and not row.trailing_distance_bp
        ):
            assert state.trigger_ticks == row.trigger_ticks
        elif row.status == enums.OrderStatus.WAITING:
            # No event a tick: it is known that it follows, and from where.
            assert (state.extreme_ticks > 0) == (row.extreme_ticks > 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_published_books_balances_and_orders_equal_the_engines(seed: int) -> None:
    flow = market_flow.Flow(seed)
    market = TenantMarket(market_flow.TENANT)
    market.private.listened = LISTENED
    viewer = Viewer()
    market.apply(rows_of(flow.take_journal()))
    viewer.see(market.take_everything(flow.time_ns // 10**9))
    for _ in range(40):
        flow.run(40)
        market.apply(rows_of(flow.take_journal()))
        take_all(market, viewer, flow.time_ns // 10**9)
        check_against_engine(flow, market, viewer)
    assert any(m["price"] for m in viewer.messages if m.get("channel") == "auction:BTC-USDT")
    told = {message["order"]["status"] for message in viewer.of_type("order")}
    assert told >= {"waiting", "pending", "rejected", "expired", "open", "partially_filled"}


def test_the_public_never_learns_of_a_reserve() -> None:
    """What is published is the same, whether an order is 70 lots or hides 69,230 behind them."""
    public = []
    for lots, display_lots in ((70, 0), (69_300, 70)):
        flow = market_flow.Flow(1)
        market = TenantMarket(market_flow.TENANT)
        market.private.listened = frozenset()
        market.apply(rows_of(flow.take_journal()))
        told = [*market.take_everything(0)]
        seller, buyer = market_flow.ACCOUNTS[:2]
        limit = {"instrument_id": 1, "order_type": 1, "ticks": 5_000}
        for command in (
            commands.PlaceOrder(
                account_id=seller, side=2, time_in_force=1, lots=lots,
                display_lots=display_lots, **limit,
            ),
            commands.PlaceOrder(account_id=buyer, side=1, time_in_force=2, lots=69, **limit),
            commands.CancelAllOrders(account_id=seller),
        ):  # fmt: skip
            flow.send(command)
            market.apply(rows_of(flow.take_journal()))
            told += [*market.take_fast(), *market.take_depth(), *market.take_slow(1)]
        public.append(told)
    assert public[0] == public[1]


def test_private_messages_tell_fills_orders_and_balances() -> None:
    flow = market_flow.Flow(4)
    market = TenantMarket(market_flow.TENANT)
    market.private.listened = LISTENED
    viewer = Viewer()
    market.apply(rows_of(flow.take_journal()))
    viewer.see(market.take_everything(0))
    traded = {}
    for _ in range(20):
        flow.run(25)
        data = flow.take_journal()
        for record in wire.iterate_records(data):
            for event in wire.answer_events(record):
                if isinstance(event, events.Traded):
                    traded[str(event.trade_id)] = event
        market.apply(rows_of(data))
        take_all(market, viewer, flow.time_ns // 10**9)
    assert len(traded) > 30
    fills = [message["fill"] for message in viewer.of_type("fill")]
    assert sorted(fill["trade_id"] for fill in fills) == sorted([*traded, *traded])
    for fill in fills:
        event = traded[fill["trade_id"]]
        maker = fill["liquidity"] == "maker"
        info = market.infos[event.instrument_id]
        assert fill["order_id"] == str(event.maker_order_id if maker else event.taker_order_id)
        assert info.lots_of(fill["quantity"]) == event.lots
        fee = event.maker_fee_units if maker else event.taker_fee_units
        assert parse_units(fill["fee"], 8) == fee
        assert fill["fee_asset"] == (info.base_code if fill["side"] == "buy" else "USDT")
    last_balance = {}
    for message in viewer.of_type("balance"):
        last_balance[message["balance"]["account"], message["balance"]["asset"]] = message
    for (account_id, code), message in last_balance.items():
        asset_id = {"BTC": 1, "ETH": 2, "USDT": 3}[code]
        kept = market.private.balances[account_id, asset_id]
        assert parse_units(message["balance"]["booked"], 8) == kept.booked_units
        assert parse_units(message["balance"]["held"], 8) == kept.held_units
    last_order = {m["order"]["order_id"]: m["order"] for m in viewer.of_type("order")}
    for order_id, state in market.private.orders.items():
        assert last_order[str(order_id)] == shapes.order_json(
            state, market.infos[state.instrument_id]
        )


def test_nothing_private_is_told_of_accounts_nobody_listens_to() -> None:
    flow = market_flow.Flow(5)
    market = TenantMarket(market_flow.TENANT)
    market.private.listened = frozenset({market_flow.ACCOUNTS[0]})
    flow.run(300)
    market.apply(rows_of(flow.take_journal()))
    outputs = market.take_fast()
    private = [output.name for output in outputs if ":private:" in output.name]
    assert set(private) == {f"md:{market_flow.TENANT}:private:{market_flow.ACCOUNTS[0]}"}


def loaded_market(flow: market_flow.Flow, between: int) -> TenantMarket:
    """A market begun from the engine's answers, which come ``between`` commands apart."""
    market = TenantMarket(market_flow.TENANT)
    for asset_id, code in ((1, "BTC"), (2, "ETH"), (3, "USDT")):
        market.add_asset(AssetInfo(asset_id, code, code, 8, 8))
    for info in known_infos(flow).values():
        market.add_instrument(info)
    seq, rows = flow.rows(queries.QueryOpenOrders())
    market.start_orders(seq)
    for row in rows:
        assert isinstance(row, events.OrderRow)
        market.add_open_order(shapes.state_of_engine_row(row), row.reserve_lots)
    flow.run(between)
    market.balances_seq, rows = flow.rows(queries.QueryBalances())
    for row in rows:
        assert isinstance(row, events.BalanceRow)
        booked = row.available_units + row.held_units
        market.private.set_balance(row.account_id, row.asset_id, booked, row.held_units)
    for instrument_id in market.infos:
        seq_of_phase, (row,) = flow.rows(queries.QueryAuction(instrument_id=instrument_id))
        assert isinstance(row, events.AuctionRow)
        market.add_phase(row, seq_of_phase)
    market.trades_seq = seq - 20
    return market


def known_infos(flow: market_flow.Flow) -> dict[int, Any]:
    scratch = TenantMarket(market_flow.TENANT)
    scratch.apply(rows_of(bytes(flow.journal)))
    return scratch.infos


@pytest.mark.parametrize("between", [0, 60])
def test_a_publisher_begun_in_the_middle_goes_on_without_a_difference(between: int) -> None:
    flow = market_flow.Flow(6)
    flow.run(400)
    market = loaded_market(flow, between)
    market.private.listened = LISTENED
    viewer = Viewer()
    whole = bytes(flow.journal)
    flow.journal.clear()
    missing = b"".join(
        record
        for record in split(whole)
        if wire.decode_record(record).seq >= market.first_missing_seq
    )
    market.apply(rows_of(missing))
    viewer.see(market.take_everything(flow.time_ns // 10**9))
    check_against_engine(flow, market, viewer)
    for _ in range(5):
        flow.run(50)
        market.apply(rows_of(flow.take_journal()))
        take_all(market, viewer, flow.time_ns // 10**9)
        check_against_engine(flow, market, viewer)


def split(data: bytes) -> list[bytes]:
    parts, offset = [], 0
    for record in wire.iterate_records(data):
        parts.append(data[offset : offset + record.size])
        offset += record.size
    return parts


def test_a_new_instrument_begins_with_a_snapshot() -> None:
    flow = market_flow.Flow(8)
    market = TenantMarket(market_flow.TENANT)
    viewer = Viewer()
    viewer.see(market.take_everything(0))
    flow.run(50)
    market.apply(rows_of(flow.take_journal()))
    take_all(market, viewer, flow.time_ns // 10**9)
    check_against_engine(flow, market, viewer)


def test_new_steps_of_an_instrument_are_used_from_their_record_on() -> None:
    flow = market_flow.Flow(7)
    market = TenantMarket(market_flow.TENANT)
    market.private.listened = LISTENED
    viewer = Viewer()
    viewer.see(market.take_everything(0))
    flow.run(100)
    for account_id in market_flow.ACCOUNTS:
        flow.send(commands.CancelAllOrders(account_id=account_id))
    changed = flow.send(
        commands.ChangeInstrument(
            instrument_id=1,
            base_asset_id=1,
            quote_asset_id=3,
            tick_units=10**7,
            lot_units=10**5,
            min_lots=1,
            max_lots=10**9,
            maker_ppm=1_000,
            taker_ppm=2_000,
            state=int(enums.InstrumentState.OPEN),
            symbol="BTC-USDT",
        )
    )
    assert changed.result == 0
    flow.run(100)
    # One batch holds what was before, the change, and what came after it.
    market.apply(rows_of(flow.take_journal()))
    viewer.see(market.take_everything(0))
    assert market.infos[1].tick_units == 10**7
    check_against_engine(flow, market, viewer)
