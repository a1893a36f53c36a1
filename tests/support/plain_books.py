"""The books recomputed from the journal in the plainest Python there is: one event at a time.

Nothing here is shared with the product but the decoding of records. It keeps orders as
dictionaries, money as integers per (account, asset), and knows no batches, no SQL and no numpy.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trading.engine import events, journal, wire

BUY = 1
TRADE = 1  # the kind of its entry
# The house's own lines by their numbers in the chart of accounts.
LINES = {
    1: "custody",
    2: "adjustments",
    3: "bank",
    4: "hot_wallet",
    5: "warm_wallet",
    6: "cold_wallet",
    7: "prime_broker",
    20: "suspense",
    21: "withdrawals_in_transit",
    22: "own_transfers_in_transit",
    30: "capital",
    40: "spreads",
    41: "swaps",
    42: "interest",
    43: "liquidation_fees",
    44: "other_income",
    60: "network_fees",
    61: "bank_fees",
    62: "rebates",
    63: "bonuses",
    64: "fee_discounts",
    65: "insurance",
    66: "interest_paid",
    67: "write_offs",
}
# What a reason means: (kind of entry, house line) of a credit and of a debit.
CREDITED = {
    1: (2, 1),
    2: (10, 1),
    3: (4, 2),
    4: (6, 1),
    5: (8, 1),
    6: (12, 62),
    7: (14, 63),
    8: (16, 64),
    9: (18, 66),
    10: (20, 41),
    11: (22, 65),
    12: (24, 67),
    13: (26, 43),
}
DEBITED = {
    1: (11, 1),
    2: (3, 1),
    3: (5, 2),
    4: (7, 1),
    5: (9, 1),
    6: (13, 62),
    7: (15, 63),
    8: (17, 64),
    9: (19, 42),
    10: (21, 41),
    11: (23, 65),
    12: (25, 44),
    13: (27, 43),
}
# A transfer against this line is one between a customer's own accounts.
OWN_TRANSFERS = 22 << 16


@dataclass(frozen=True, slots=True)
class Leg:
    """A posting: on an engine account, or on a house line by the engine's number for it, which
    is the line's number above 16 bits that say which of several."""

    line: int  # of the entry, from 1
    account_id: int
    house: int
    asset_id: int
    units: int

    @property
    def owner(self) -> Any:
        return self.account_id or LINES[self.house >> 16]


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry with its postings that are not zero."""

    seq: int
    index: int
    time_ns: int
    kind: int
    reference_id: int
    value_ns: int
    reverses_id: int
    legs: list[Leg]


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
    facts: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # kind, reference
    receipts: dict[int, tuple[int, int]] = field(default_factory=dict)
    # order, seq, remaining lots and ticks from then on and before
    replacements: list[tuple[int, ...]] = field(default_factory=list)
    _hidden: dict[int, dict[str, Any]] = field(default_factory=dict)
    _uncrossed: set[tuple[int, int]] = field(default_factory=set)  # (seq, order)
    _lists: dict[int, tuple[int, int]] = field(default_factory=dict)  # order → (list, its type)
    _replaced: dict[int, tuple[int, int]] = field(default_factory=dict)  # order → (seq, open lots)
    # Called with each entry as it is made.
    on_entry: Callable[[Entry], None] | None = None
    last_seq: int = 0
    _now_ns: int = 0

    def read(self, engine_dir: Path) -> "PlainBooks":
        for record in journal.read_records(engine_dir):
            self.last_seq = record.seq
            if record.tenant_id != self.tenant_id:
                continue
            self._now_ns = record.time_ns
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
        elif isinstance(event, events.EntryRecorded):
            self._record(event, seq, index)

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
        fees = event.fee_account_id
        legs = [
            Leg(1, buyer, 0, quote, event.quote_units),
            Leg(2, seller, 0, quote, seller_fee - event.quote_units),
            Leg(3, fees, 0, quote, -seller_fee),
            Leg(4, seller, 0, base, event.base_units),
            Leg(5, buyer, 0, base, buyer_fee - event.base_units),
            Leg(6, fees, 0, base, -buyer_fee),
        ]
        self._post(seq, index, TRADE, event.trade_id, legs)

    def _move_funds(self, event: Any, seq: int, index: int, sign: int) -> None:
        units = sign * event.amount_units
        kind, line = (CREDITED if sign > 0 else DEBITED)[event.reason]
        if event.reason == 5 and event.against == OWN_TRANSFERS:
            kind = 29 if sign > 0 else 28
        legs = [
            Leg(1, 0, event.against or line << 16, event.asset_id, units),
            Leg(2, event.account_id, 0, event.asset_id, -units),
        ]
        self._post(seq, index, kind, event.reference_id, legs, 0, event.reverses_id)

    def _record(self, event: events.EntryRecorded, seq: int, index: int) -> None:
        legs = [
            Leg(
                number,
                0,
                getattr(event, f"line_{number}"),
                getattr(event, f"asset_id_{number}"),
                getattr(event, f"amount_units_{number}"),
            )
            for number in range(1, 9)
        ]
        self._post(
            seq,
            index,
            event.entry_kind,
            event.reference_id,
            legs,
            event.value_ns,
            event.reverses_id,
        )

    def _post(
        self,
        seq: int,
        index: int,
        kind: int,
        reference_id: int,
        legs: list[Leg],
        value_ns: int = 0,
        reverses_id: int = 0,
    ) -> None:
        legs = [leg for leg in legs if leg.units]
        sums: dict[tuple[Any, int], int] = defaultdict(int)
        for leg in legs:
            sums[leg.owner, leg.asset_id] += leg.units
            self.balances[leg.owner, leg.asset_id] += leg.units
        self.entries[seq, index] = dict(sums)
        self.facts[seq, index] = (kind, reference_id)
        if self.on_entry is not None:
            self.on_entry(
                Entry(seq, index, self._now_ns, kind, reference_id, value_ns, reverses_id, legs)
            )
