"""What single accounts may know: their orders, fills and balances, kept from the journal.

Everything is tracked, but JSON is written only for accounts somebody listens to. Handlers add
and subtract, so that rows may come kind by kind (see `market`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from trading.engine.enums import OrderStatus, Side
from trading.instruments.rules import AssetInfo, InstrumentInfo
from trading.orders import shapes

# Sent to who listens when a publisher begins: what happened before it did was told to nobody.
INTERRUPTED = '{"channel":"private","type":"interrupted"}'
# Who begins to listen puts the channel into this set of Redis and is answered on it: what happens
# from now on is told.
ASKED_KEY = "publisher:asked"
LISTENED = '{"channel":"private","type":"listened"}'

_encode = msgspec.json.Encoder().encode


class TradeSide(NamedTuple):
    """One side of a trade, with what `shapes.fill_json` and the sums need."""

    pk: int  # trade id
    taker_side: int
    lots: int
    ticks: int
    base_units: int
    quote_units: int
    maker_order_id: int
    taker_order_id: int
    maker_account_id: int
    taker_account_id: int
    maker_fee_units: int
    taker_fee_units: int


class _Balance:
    __slots__ = ("booked_units", "held_units", "seq")

    def __init__(self, booked_units: int, held_units: int) -> None:
        self.booked_units = booked_units
        self.held_units = held_units
        self.seq = 0


class PrivateState:
    """Open orders and balances of every account of one tenant, and what is to be told."""

    def __init__(self) -> None:
        self.orders: dict[int, shapes.OrderState] = {}
        self.balances: dict[tuple[int, int], _Balance] = {}
        self.listened: frozenset[int] = frozenset()
        self._changed_orders: dict[int, tuple[int, shapes.OrderState]] = {}
        self._changed_balances: dict[tuple[int, int], _Balance] = {}
        self._fills: list[tuple[int, int, dict[str, Any]]] = []
        self._closed: list[int] = []

    # Balances

    def set_balance(
        self, account_id: int, asset_id: int, booked_units: int, held_units: int
    ) -> None:
        """Where the engine says a balance stands at the start."""
        self.balances[account_id, asset_id] = _Balance(booked_units, held_units)

    def move(
        self, seq: int, account_id: int, asset_id: int, booked_units: int, held_units: int = 0
    ) -> None:
        """Change a balance by so much."""
        key = (account_id, asset_id)
        balance = self.balances.get(key)
        if balance is None:
            balance = self.balances[key] = _Balance(0, 0)
        balance.booked_units += booked_units
        balance.held_units += held_units
        if seq > balance.seq:
            balance.seq = seq
        if account_id in self.listened:
            self._changed_balances[key] = balance

    def hold(
        self, seq: int, account_id: int, info: InstrumentInfo, side: int, lots: int, ticks: int
    ) -> None:
        """Hold what ``lots`` resting in the book need; negative lots release it."""
        asset_id, held_units = shapes.hold_units(side, lots, ticks, info)
        self.move(seq, account_id, asset_id, 0, held_units)

    def settle(
        self, seq: int, time_ns: int, info: InstrumentInfo, trade: TradeSide, fee_account_id: int
    ) -> None:
        """The money of both sides of a trade and of the fee account, and the two fills.

        A maker's funds were held since its order came to rest; a taker's never were.
        """
        taker_buys = trade.taker_side == Side.BUY
        for is_maker in (True, False):
            account_id = trade.maker_account_id if is_maker else trade.taker_account_id
            fee_units = trade.maker_fee_units if is_maker else trade.taker_fee_units
            if taker_buys != is_maker:  # this side buys
                got_id, got_units, paid_id, paid_units = (
                    info.base_id,
                    trade.base_units,
                    info.quote_id,
                    trade.quote_units,
                )
            else:
                got_id, got_units, paid_id, paid_units = (
                    info.quote_id,
                    trade.quote_units,
                    info.base_id,
                    trade.base_units,
                )
            self.move(seq, account_id, got_id, got_units - fee_units)
            self.move(seq, account_id, paid_id, -paid_units, -paid_units if is_maker else 0)
            if fee_units:
                self.move(seq, fee_account_id, got_id, fee_units)
            if account_id in self.listened:
                fill = shapes.fill_json(trade, info, maker=is_maker, time_ns=time_ns)
                self._fills.append((seq, trade.pk, fill))

    # Orders

    def on_accepted(self, seq: int, state: shapes.OrderState) -> None:
        self.orders[state.order_id] = state
        self._touch(seq, state)

    def on_traded(self, seq: int, time_ns: int, order_id: int, lots: int, quote_units: int) -> None:
        state = self.orders.get(order_id)
        if state is None:
            return
        state.cumulative_lots += lots
        state.cumulative_quote_units += quote_units
        if state.lots:
            state.leaves_lots -= lots
        state.status = int(OrderStatus.PARTIALLY_FILLED)
        state.updated_ns = time_ns
        self._touch(seq, state)

    def on_pending(self, seq: int, order_id: int) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.on_pending()
            self._touch(seq, state)

    def on_released(self, seq: int, time_ns: int, order_id: int) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.on_released()
            state.updated_ns = time_ns
            self._touch(seq, state)

    def on_waiting(self, seq: int, order_id: int) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.on_waiting()
            self._touch(seq, state)

    def on_activated(
        self, seq: int, time_ns: int, order_id: int, extreme_ticks: int, trigger_ticks: int
    ) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.on_activated(extreme_ticks, trigger_ticks)
            state.updated_ns = time_ns
            self._touch(seq, state)

    def on_triggered(
        self, seq: int, time_ns: int, order_id: int, trigger_ticks: int, ticks: int
    ) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.on_triggered(trigger_ticks, ticks)
            state.updated_ns = time_ns
            self._touch(seq, state)

    def on_replaced(
        self, seq: int, time_ns: int, order_id: int, lots: int, ticks: int, old_lots: int
    ) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.on_replaced(lots, ticks, old_lots)
            state.updated_ns = time_ns
            self._touch(seq, state)

    def on_reduced(self, seq: int, time_ns: int, order_id: int, lots: int) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.leaves_lots -= lots
            state.updated_ns = time_ns
            self._touch(seq, state)

    def on_closed(
        self,
        seq: int,
        time_ns: int,
        order_id: int,
        leaves_lots: int,
        status: int,
        ended_by_order_id: int,
    ) -> None:
        state = self.orders.get(order_id)
        if state is not None:
            state.leaves_lots = leaves_lots
            state.status = status
            state.ended_by_order_id = ended_by_order_id
            state.updated_ns = time_ns
            self._touch(seq, state)
            self._closed.append(order_id)

    def _touch(self, seq: int, state: shapes.OrderState) -> None:
        if state.account_id in self.listened:
            known = self._changed_orders.get(state.order_id)
            self._changed_orders[state.order_id] = (max(seq, known[0] if known else 0), state)

    def forget_closed(self) -> None:
        """Let go of orders that ended; called when a batch is complete."""
        for order_id in self._closed:
            self.orders.pop(order_id, None)
        self._closed.clear()

    # What is to be told

    def take_messages(
        self, assets: Mapping[int, AssetInfo], infos: Mapping[int, InstrumentInfo]
    ) -> list[tuple[int, bytes]]:
        """(account id, JSON) of all that changed since the last call: fills, orders, balances."""
        messages: list[tuple[int, bytes]] = []
        for seq, _, fill in sorted(self._fills, key=lambda item: item[:2]):
            messages.append((fill["account"], _message("fill", seq, fill)))
        for seq, state in self._changed_orders.values():
            body = shapes.order_json(state, infos[state.instrument_id])
            messages.append((state.account_id, _message("order", seq, body)))
        for (account_id, asset_id), balance in self._changed_balances.items():
            body = shapes.balance_json(
                account_id,
                assets[asset_id],
                available_units=balance.booked_units - balance.held_units,
                held_units=balance.held_units,
            )
            messages.append((account_id, _message("balance", balance.seq, body)))
        self._fills.clear()
        self._changed_orders.clear()
        self._changed_balances.clear()
        return messages


def _message(kind: str, seq: int, body: dict[str, Any]) -> bytes:
    return _encode({"channel": "private", "type": kind, "seq": seq, kind: body})
