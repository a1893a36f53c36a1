"""The books recomputed from the journal in the plainest Python there is: one event at a time.

Nothing here is shared with the product but the decoding of records. It keeps orders as
dictionaries, money as integers per (account, asset), and knows no batches, no SQL and no numpy.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trading.engine import events, journal, wire

BUY = 1
LINE_OF_REASON = {1: "custody", 2: "custody", 3: "adjustments", 4: "custody", 5: "custody"}
# House lines that a credit may name; its number stands above the 16 bits for which of several.
LINE_AGAINST = {3: "bank", 4: "hot_wallet"}


@dataclass
class PlainBooks:
    """One tenant's tables as they must come out."""

    tenant_id: int
    quiet_ids: set[int]
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    trades: dict[int, dict[str, Any]] = field(default_factory=dict)
    # (line name or account id, asset id) → debits less credits
    balances: dict[tuple[Any, int], int] = field(default_factory=lambda: defaultdict(int))
    # (seq, event index) → {(line name or account id, asset id): units}
    entries: dict[tuple[int, int], dict[tuple[Any, int], int]] = field(default_factory=dict)
    receipts: dict[int, tuple[int, int]] = field(default_factory=dict)
    # order, seq, remaining lots and ticks from then on and before
    replacements: list[tuple[int, ...]] = field(default_factory=list)
    _hidden: dict[int, dict[str, Any]] = field(default_factory=dict)
    _uncrossed: set[tuple[int, int]] = field(default_factory=set)  # (seq, order)
    _lists: dict[int, tuple[int, int]] = field(default_factory=dict)  # order → (list, its type)
    _replaced: dict[int, tuple[int, int]] = field(default_factory=dict)  # order → (seq, open lots)

    def read(self, engine_dir: Path) -> "PlainBooks":
        for record in journal.read_records(engine_dir):
            if record.tenant_id != self.tenant_id:
                continue
            if record.source == 1:
                self.receipts.setdefault(record.source_no, (record.seq, record.result))
            for index, event in enumerate(wire.answer_events(record)):
                self._take(event, record.seq, index)
        return self

    @property
    def replaced_ids(self) -> set[int]:
        return set(self._replaced)

    def _take(self, event: Any, seq: int, index: int) -> None:
        if isinstance(event, events.OrderListPlaced):
            for number in range(event.legs):
                self._lists[event.list_id + number] = (event.list_id, event.list_type)
        elif isinstance(event, events.OrderAccepted):
            self._accept(event, seq)
        elif isinstance(event, events.OrderPending):
            self._order(event.order_id).update(status=9, updated=seq)
        elif isinstance(event, events.OrderReleased):
            self._order(event.order_id).update(status=1, updated=seq)
        elif isinstance(event, events.Traded):
            self._trade(event, seq, index)
        elif isinstance(event, events.OrderRested):
            self._order(event.order_id).update(leaves=event.lots, updated=seq)
        elif isinstance(event, events.OrderWaiting):
            self._order(event.order_id).update(status=7, updated=seq, waiting_seq=seq)
        elif isinstance(event, events.OrderActivated):
            order = self._order(event.order_id)
            order.update(trigger=event.trigger_ticks, updated=seq, activated_seq=seq)
        elif isinstance(event, events.OrderTriggered):
            order = self._order(event.order_id)
            order.update(status=1, updated=seq, triggered_seq=seq)
            order["trigger"] = event.trigger_ticks or order["trigger"]
            order["ticks"] = event.ticks or order["ticks"]
        elif isinstance(event, events.OrderUncrossed):
            self._uncrossed.add((seq, event.order_id))
        elif isinstance(event, events.OrderReplaced):
            self._replace(event, seq)
        elif isinstance(event, events.OrderReduced):
            self._order(event.order_id).update(leaves=event.leaves_lots, updated=seq)
        elif isinstance(event, events.OrderClosed):
            self._order(event.order_id).update(
                leaves=event.leaves_lots,
                status=event.status,
                ended_by=event.by_order_id,
                updated=seq,
            )
        elif isinstance(event, events.FundsCredited):
            self._move_funds(event, seq, index, 1)
        elif isinstance(event, events.FundsDebited):
            self._move_funds(event, seq, index, -1)

    def _order(self, order_id: int) -> dict[str, Any]:
        return self.orders.get(order_id) or self._hidden[order_id]

    def _replace(self, event: events.OrderReplaced, seq: int) -> None:
        order = self._order(event.order_id)
        order["lots"] += event.lots - event.old_lots
        order.update(leaves=event.lots, ticks=event.ticks, updated=seq)
        self._replaced[event.order_id] = (seq, event.lots)
        self.replacements.append(
            (event.order_id, seq, event.lots, event.ticks, event.old_lots, event.old_ticks)
        )

    def _accept(self, event: events.OrderAccepted, seq: int) -> None:
        list_id, list_type = self._lists.get(event.order_id, (0, 0))
        order = {
            "list": list_id,
            "list_type": list_type,
            "ended_by": 0,
            "account": event.account_id,
            "instrument": event.instrument_id,
            "client": event.client_order_id,
            "side": event.side,
            "type": event.order_type,
            "tif": event.time_in_force,
            "stp": event.self_trade_prevention,
            "flags": event.flags,
            "lots": event.lots,
            "ticks": event.ticks,
            "trigger": event.trigger_ticks,
            "expire": event.expire_ns,
            "source": event.trigger_source,
            "distance": event.trailing_distance_bp,
            "activation": event.activation_ticks,
            "offset": event.limit_offset_ticks,
            "not_before": event.trigger_ns,
            "waiting_seq": 0,
            "activated_seq": 0,
            "triggered_seq": 0,
            "display": event.display_lots,
            "quote": event.quote_units,
            "leaves": event.lots,
            "cumulative": 0,
            "cumulative_quote": 0,
            "status": 1,
            "placed": seq,
            "updated": seq,
        }
        waits = event.order_type > 2 or event.trigger_ns or list_id
        hidden = event.account_id in self.quiet_ids and not waits
        (self._hidden if hidden else self.orders)[event.order_id] = order

    def _trade(self, event: events.Traded, seq: int, index: int) -> None:
        self.trades[event.trade_id] = {
            "seq": seq,
            "index": index,
            "instrument": event.instrument_id,
            "taker_side": event.taker_side,
            "lots": event.lots,
            "ticks": event.ticks,
            "base": event.base_units,
            "quote": event.quote_units,
            "maker_order": event.maker_order_id,
            "taker_order": event.taker_order_id,
            "maker": event.maker_account_id,
            "taker": event.taker_account_id,
            "maker_fee": event.maker_fee_units,
            "taker_fee": event.taker_fee_units,
        }
        for order_id, leaves in (
            (event.maker_order_id, event.maker_leaves_lots),
            (event.taker_order_id, event.taker_leaves_lots),
        ):
            if order_id in self._hidden:
                self._show(order_id, event, seq)
            order = self.orders[order_id]
            order["leaves"] = leaves
            order["cumulative"] += event.lots
            order["cumulative_quote"] += event.quote_units
            order["status"] = 2
            order["updated"] = seq
        self._post_trade(event, seq, index)

    def _show(self, order_id: int, event: events.Traded, seq: int) -> None:
        """A market maker's order gets its row now, from what this record says of it."""
        order = self._hidden.pop(order_id)
        if order_id == event.maker_order_id:
            order |= {"lots": event.lots + event.maker_leaves_lots, "tif": 1}
        elif (seq, order_id) in self._uncrossed:
            order |= {"lots": event.lots + event.taker_leaves_lots, "tif": 1}
        elif self._replaced.get(order_id, (0, 0))[0] == seq:
            order |= {"lots": self._replaced[order_id][1], "tif": 1}
        order |= {"client": "", "stp": 0, "flags": 0, "quote": 0, "expire": 0, "placed": seq}
        order["display"] = 0
        self.orders[order_id] = order

    def _post_trade(self, event: events.Traded, seq: int, index: int) -> None:
        buyer, seller = event.taker_account_id, event.maker_account_id
        buyer_fee, seller_fee = event.taker_fee_units, event.maker_fee_units
        if event.taker_side != BUY:
            buyer, seller, buyer_fee, seller_fee = seller, buyer, seller_fee, buyer_fee
        base, quote = event.base_asset_id, event.quote_asset_id
        self._post(
            seq,
            index,
            [
                (buyer, quote, event.quote_units),
                (seller, quote, seller_fee - event.quote_units),
                (event.fee_account_id, quote, -seller_fee),
                (seller, base, event.base_units),
                (buyer, base, buyer_fee - event.base_units),
                (event.fee_account_id, base, -buyer_fee),
            ],
        )

    def _move_funds(self, event: Any, seq: int, index: int, sign: int) -> None:
        units = sign * event.amount_units
        line = LINE_AGAINST[event.against >> 16] if event.against else LINE_OF_REASON[event.reason]
        self._post(
            seq,
            index,
            [(line, event.asset_id, units), (event.account_id, event.asset_id, -units)],
        )

    def _post(self, seq: int, index: int, postings: list[tuple[Any, int, int]]) -> None:
        entry: dict[tuple[Any, int], int] = defaultdict(int)
        for owner, asset_id, units in postings:
            entry[owner, asset_id] += units
            self.balances[owner, asset_id] += units
        self.entries[seq, index] = dict(entry)
