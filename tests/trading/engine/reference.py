"""A second engine for the tests: slow, obvious, and sharing no code with the first.

It keeps only facts (what everybody booked, every order ever placed) and works everything else
out anew each time: the book is the open orders sorted, what is held is what the resting orders
need, and "what would happen" is found out by doing it to a copy. It takes and gives the message
objects that people see, never bytes.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.trading.engine.reference_auctions import ReferenceAuctions
from tests.trading.engine.reference_books import Refused
from tests.trading.engine.reference_lists import ReferenceLists
from tests.trading.engine.reference_orders import PRICED, RESTING_TIMES, Placed
from tests.trading.engine.reference_triggers import ReferenceTriggers
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import (
    CancelCause,
    InstrumentState,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from trading.engine.results import Result


@dataclass
class ReferenceVenue(ReferenceTriggers, ReferenceAuctions, ReferenceLists):
    """One tenant."""

    # By (account, instrument or 0 for all): when its orders are canceled.
    cancel_timers: dict[tuple[int, int], int] = field(default_factory=dict)

    def apply(self, command: Any, time_ns: int) -> tuple[Result, list[Any]]:
        """Result and events of a command; a refusal changes nothing but the seq."""
        before = self.copied()
        self.events = []
        self.seq += 1
        self.time_ns = time_ns
        try:
            result = getattr(self, f"on_{type(command).__name__}")(command) or Result.ACCEPTED
        except Refused as refused:
            self.go_back_to(before)
            if 100 <= refused.result < 200:
                return refused.result, []
            self.seq += 1
            return refused.result, []
        if result == Result.REPEATED:
            events = self.events
            self.go_back_to(before)
            return result, events
        return result, self.events

    def go_back_to(self, before: "ReferenceVenue") -> None:
        """Nothing happened, but for the time: who asks is told what holds now."""
        now = self.time_ns
        self.__dict__.update(before.__dict__)
        self.time_ns = now

    def run_timers(self, time_ns: int) -> list[tuple[Any, Result, list[Any]]]:
        """What a batch of that time begins with, by time: the end of every order whose time is
        over and of every halt, the awakening of those whose time has come, and at one time last the
        end of all orders of accounts whose cancel timer has run out.
        """
        due: list[tuple[int, tuple[int, ...], Any]] = []
        for order in self.open_orders():
            command = order.command
            if 0 < order.ends <= time_ns:
                due.append((order.ends, (0, order.order_id), c.ExpireOrder))
            if order.asleep and command.trigger_ns <= time_ns:
                due.append((command.trigger_ns, (0, order.order_id), c.TriggerOrder))
        for instrument_id, rules in self.instruments.items():
            if 0 < rules["reopens"] <= time_ns:
                due.append((rules["reopens"], (0, -instrument_id), c.ReopenInstrument))
        for scope, when in self.cancel_timers.items():
            if when <= time_ns:
                due.append((when, (1, *scope), c.CancelAllOrders))
        done: list[tuple[Any, Result, list[Any]]] = []
        for _, (_, number, *rest), kind in sorted(due, key=lambda timer: timer[:2]):
            if kind is c.CancelAllOrders:
                own = kind(account_id=number, instrument_id=rest[0], cause=CancelCause.TIMER)
            elif kind is c.ReopenInstrument:
                own = kind(instrument_id=-number)
            else:
                # One may have ended by what another did.
                order = self.orders[number - 1]
                if not order.is_open:
                    continue
                own = kind(order_id=number)
            done.append((own, *self.apply(own, time_ns)))
        return done

    # Orders that are there.

    def on_CancelOrder(self, command: c.CancelOrder) -> None:
        self.check_may_cancel(command.account_id)
        order = self.open_order(command)
        self.close(order, OrderStatus.CANCELED)

    def open_order(self, command: c.CancelOrder | c.ReduceOrder | c.ReplaceOrder) -> Placed:
        order = self.find(command.account_id, command.order_id, command.client_key)
        if order is None:
            raise Refused(Result.UNKNOWN_ORDER)
        if not order.is_open:
            raise Refused(Result.ORDER_ALREADY_CLOSED)
        if self.instruments[order.command.instrument_id]["state"] == InstrumentState.HALTED:
            raise Refused(Result.INSTRUMENT_HALTED)
        return order

    def on_ReduceOrder(self, command: c.ReduceOrder) -> None:
        self.check_may_cancel(command.account_id)
        if command.lots <= 0:
            raise Refused(Result.BAD_QUANTITY)
        order = self.open_order(command)
        if self.is_linked(order):
            raise Refused(Result.ORDER_IS_LINKED)
        if command.lots >= order.leaves:
            self.close(order, OrderStatus.CANCELED)
        else:
            self.reduce_as_asked(order, command.lots)

    def on_ExpireOrder(self, command: c.ExpireOrder) -> None:
        order = self.by_number(command.order_id)
        if order is None:
            raise Refused(Result.UNKNOWN_ORDER)
        if not order.is_open:
            raise Refused(Result.ORDER_ALREADY_CLOSED)
        if not 0 < order.ends <= self.time_ns:
            raise Refused(Result.BAD_EXPIRY)
        self.close(order, OrderStatus.EXPIRED)

    def on_ReplaceOrder(self, command: c.ReplaceOrder) -> None:
        self.check_may_trade(command.account_id)
        order = self.open_order(command)
        rules = self.instruments[order.command.instrument_id]
        self.check_takes_orders(rules)
        if self.is_linked(order):
            raise Refused(Result.ORDER_IS_LINKED)
        if order.waiting:
            raise Refused(Result.BAD_ORDER_TYPE)
        if command.lots < 0:
            raise Refused(Result.BAD_QUANTITY)
        old_lots, old_ticks = order.leaves, order.ticks
        lots, ticks = command.lots or old_lots, command.ticks or old_ticks
        if (lots, ticks) == (old_lots, old_ticks):
            raise Refused(Result.NOTHING_TO_CHANGE)
        if ticks == old_ticks and lots < old_lots:
            self.reduce_as_asked(order, old_lots - lots)
            return
        self.check_for_auction(order.command)
        # Out of the book first: then what it held is available, and it is one more newcomer.
        order.resting = False
        old_hidden, order.hidden = order.hidden, 0
        order.lots += lots - old_lots
        order.leaves, order.ticks = lots, ticks
        order.arrival = self.next_arrival()
        self.check_size(order.command, lots, ticks, order.priced)
        self.check_pieces(order.command, lots)
        kills = self.check_funds_for(order)
        self.check_post_only(order)
        self.event(
            e.OrderReplaced,
            order,
            lots=lots,
            ticks=ticks,
            old_lots=old_lots,
            old_ticks=old_ticks,
            old_reserve_lots=old_hidden,
        )
        order.status = OrderStatus.PARTIALLY_FILLED if order.traded_lots else OrderStatus.OPEN
        self.arrive(order, kills)
        self.fire(order.command.instrument_id)

    # New orders.

    def on_PlaceOrder(self, command: c.PlaceOrder) -> Result | None:
        if command.account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        if command.client_key:
            first = self.find(command.account_id, 0, command.client_key)
            if first is not None:
                self.events.append(self.row(first))
                return Result.REPEATED
        self.check_market(command)
        self.check_terms(command)
        order = Placed(
            len(self.orders) + 1,
            self.next_arrival(),
            command,
            self.seq,
            command.lots,
            command.lots,
            command.ticks,
            ends=self.end_of(command),
        )
        kills = False
        if not order.waits_first:
            kills = self.check_funds_for(order)
            self.check_post_only(order)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        fields["expire_ns"] = order.ends
        self.events.append(e.OrderAccepted(order_id=order.order_id, **fields))
        self.add_order(order)
        if order.waits_first:
            self.begin_to_wait(order)
        else:
            self.arrive(order, kills)
        self.fire(command.instrument_id)
        return None

    def check_market(self, command: c.PlaceOrder) -> None:
        """Whether its account may trade in its instrument now."""
        self.check_may_trade(command.account_id)
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        rules = self.instruments[command.instrument_id]
        self.check_takes_orders(rules)
        if not any(account["role"] == 1 for account in self.accounts.values()):
            raise Refused(Result.NO_FEE_ACCOUNT)

    def check_terms(self, command: c.PlaceOrder, pends: bool = False) -> None:
        """What the order says, by itself and in its instrument."""
        for name, enum, result in (
            ("side", Side, Result.BAD_SIDE),
            ("order_type", OrderType, Result.BAD_ORDER_TYPE),
            ("time_in_force", TimeInForce, Result.BAD_TIME_IN_FORCE),
            ("self_trade_prevention", SelfTradePrevention, Result.BAD_SELF_TRADE_PREVENTION),
        ):
            if getattr(command, name) not in list(enum):
                raise Refused(result)
        may_be_post_only = (
            command.order_type == OrderType.LIMIT and command.time_in_force in RESTING_TIMES
        )
        if command.flags not in (0, 1) or (command.flags and not may_be_post_only):
            raise Refused(Result.BAD_FLAGS)
        if not pends and command.trigger_ns == 0:
            self.check_for_auction(command)
        self.check_size(command, command.lots, command.ticks, command.order_type in PRICED)
        if command.client_key < 0 or (command.client_key == 0) != (command.client_order_id == ""):
            raise Refused(Result.BAD_CLIENT_ORDER_ID)
        self.check_trigger(command, pends)
        if command.time_in_force == TimeInForce.GTD:
            if command.expire_ns <= max(self.time_ns, command.trigger_ns):
                raise Refused(Result.BAD_EXPIRY)
        elif command.expire_ns != 0:
            raise Refused(Result.BAD_EXPIRY)
        self.end_of(command)
        if command.display_lots != 0:
            rests = command.order_type in PRICED and command.time_in_force in RESTING_TIMES
            least = max(self.instruments[command.instrument_id]["min_lots"], 1)
            if not rests or not least <= command.display_lots < command.lots:
                raise Refused(Result.BAD_DISPLAY_QUANTITY)
            self.check_pieces(command, command.lots)

    def check_size(self, command: c.PlaceOrder, lots: int, ticks: int, priced: bool) -> None:
        """The instrument's rules for quantity, price and notional, with these lots and ticks."""
        rules = self.instruments[command.instrument_id]
        by_quote_allowed = command.order_type == OrderType.MARKET and command.trigger_ns == 0
        self.check_quantity(rules, lots, command.quote_units, by_quote_allowed)
        self.check_price(rules, ticks, priced)
        price = ticks if priced else rules["last"] or rules["reference"]
        notional = lots * price * rules["factor"] if lots else command.quote_units
        if price or not lots:
            self.check_notional(rules, notional)

    def check_funds_for(self, order: Placed) -> bool:
        """Raise unless the account can pay for the order; whether it is a FOK that would fail."""
        command = order.command
        rules = self.instruments[command.instrument_id]
        attempt = self.copied()
        attempt.events = []
        outcome = attempt.run(order.copied())
        fills = [event for event in attempt.events if isinstance(event, e.Traded)]
        loses_to_itself = any(
            isinstance(event, e.OrderReduced) and event.order_id == order.order_id
            for event in attempt.events
        )
        kills = command.time_in_force == TimeInForce.FOK and (outcome != "done" or loses_to_itself)
        if kills:
            fills = []
        if command.side == Side.BUY:
            asset = rules["quote_asset_id"]
            if order.priced:
                needed = order.leaves * order.ticks * rules["factor"]
            elif order.by_quote:
                needed = command.quote_units
            else:
                needed = sum(fill.quote_units for fill in fills)
        else:
            asset = rules["base_asset_id"]
            needed = order.leaves * rules["lot_units"]
            if order.by_quote:
                needed = sum(fill.base_units for fill in fills)
        if self.available(command.account_id, asset) < needed:
            raise Refused(Result.INSUFFICIENT_FUNDS)
        return kills

    def arrive(self, order: Placed, kills: bool) -> None:
        """Trade an order that may, and let the rest of it rest or end."""
        if kills:
            self.close(order, OrderStatus.EXPIRED)
            return
        rests = order.priced and order.command.time_in_force in RESTING_TIMES
        instrument_id = order.command.instrument_id
        if self.instruments[instrument_id]["state"] == InstrumentState.AUCTION:
            outcome = self.join(order)
        else:
            self.enter_window(instrument_id)
            outcome = self.run(order)
            if outcome == "halted":
                self.halt(instrument_id)
                if rests:
                    outcome = self.join(order)
        if outcome == "done":
            order.leaves = 0
            self.close(order, OrderStatus.FILLED)
        elif outcome == "prevented":
            self.close(order, OrderStatus.EXPIRED_IN_MATCH)
        elif rests:
            order.resting = True
            order.status = OrderStatus.PARTIALLY_FILLED if order.traded_lots else OrderStatus.OPEN
            if order.command.display_lots:
                order.hidden = max(0, order.leaves - order.command.display_lots)
            self.event(
                e.OrderRested,
                order,
                lots=order.leaves,
                ticks=order.ticks,
                reserve_lots=order.hidden,
            )
        else:
            self.close(order, OrderStatus.EXPIRED)

    # Releases.

    def release(self, order: Placed) -> None:
        """The lead was filled: an order that still pends is on its own."""
        if order.pending:
            trigger_ticks = order.command.trigger_ticks
            self.event(e.OrderReleased, order, lots=order.leaves, trigger_ticks=trigger_ticks)
            self.go_on(order)

    def go_on(self, order: Placed) -> None:
        """A pending order waits for its price or its time now, or arrives."""
        order.pending = False
        if not order.waits_first:
            self.let_arrive(order)
        elif self.is_still_allowed(order, arrives=False):
            self.begin_to_wait(order)
        else:
            self.close(order, OrderStatus.REJECTED)

    def is_still_allowed(self, order: Placed, arrives: bool = True) -> bool:
        try:
            self.check_size(order.command, order.leaves, order.ticks, order.priced)
            self.check_may_trade(order.command.account_id)
            if arrives:
                self.check_for_auction(order.command)
                self.check_when_closed(order)
        except Refused:
            return False
        return True

    def let_arrive(self, order: Placed) -> None:
        """An order that waited arrives, if it is still allowed and can be paid."""
        order.arrival = self.next_arrival()
        try:
            kills = self.check_funds_for(order)
            self.check_post_only(order)
        except Refused:
            is_allowed = False
        else:
            is_allowed = self.is_still_allowed(order)
        if is_allowed:
            self.arrive(order, kills)
        else:
            self.close(order, OrderStatus.REJECTED)
